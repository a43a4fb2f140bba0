"""What somebody sees who opens the address of the local stack in a browser."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import TYPE_CHECKING

from local import look
from local.gateway.messages import Response
from local.post.scripts import SES_EVENTS

if TYPE_CHECKING:
    from local.stack import Stack

_BODY = """<div class="top"><h1>Shopkeeper, locally</h1><span class="soft">{now} by its own clock</span></div>
<p>The whole bundle of <code>template.yaml</code> in one process. Nothing here reaches AWS, and nothing is kept when it
stops.</p>
<p class="ways"><a href="/_local/outbox">The outbox <b>{mails}</b></a> <a href="/_local/state">State</a>
<a href="/_local/clock">Clock</a> <a href="/_local/token?group=marketer">A marketer's token</a></p>
<h2>To look, and to make things happen</h2>
<div class="card wide"><dl class="routes">{doors}</dl></div>
<h2>What is in it</h2>
<div class="beside"><div class="card wide">{rows}</div><div class="card wide">{queues}</div></div>
<h2>What it answers</h2>
{apis}"""


def front(stack: "Stack") -> Response:
    state = stack.state()
    depths = state["queues"]
    body = _BODY.format(
        now=escape(state["now"][:19].replace("T", " ") + " UTC"),
        mails=f"{state['outbox']:,}",
        doors=_doors(stack),
        rows=_table(["Table", "rows"], ((name, [count]) for name, count in state["rows"].items())),
        queues=_table(
            ["Queue", "visible", "hidden", "dead"],
            ((name, [each["visible"], each["hidden"], each["dead"]]) for name, each in depths.items()),
        ),
        apis="".join(_api(name, routes) for name, routes in stack.routes.items()),
    )
    return look.page("Shopkeeper, locally", body)


def _doors(stack: "Stack") -> str:
    groups = ", ".join(group for group in stack.groups if group != "marketer")
    fates = ", ".join(sorted(SES_EVENTS - {"bounce"}))
    doors: Mapping[str, str] = {
        "GET /_local/outbox": "The mails that were sent, to read as their recipients do; as JSON for a program.",
        "GET /_local/state": "All that is counted here, executions of state machines, and what is planned.",
        "GET /_local/token?group=marketer": "A token for the marketer API, to be sent as "
        f"<code>Authorization: Bearer ...</code>. There is also {groups}.",
        "GET /_local/clock": "The time, and when the next thing is due.",
        "POST /_local/clock": 'Moves it: <code>{"advance": 3600}</code> seconds, <code>{"advance": "next"}</code> to '
        'what is due next, or <code>{"to": "2027-01-01T00:00:00Z"}</code>.',
        "POST /_local/settle": "Does all that can be done at this instant, and answers when it is done.",
        "POST /_local/ses": 'Lets the next mail bounce: <code>{"event": "bounce", "times": 1}</code>; with a '
        f"<code>send_id</code> in place of <code>times</code>, that one. Also {fates}.",
        "POST /_local/crash": 'Lets a function die at a call: <code>{"function": "IngestStoreFunction", "after": '
        '"dynamodb.PutItem"}</code>, or <code>before</code> it.',
        "POST /_local/fail": 'Lets a service refuse: <code>{"service": "sqs", "times": 2}</code>.',
        "GET /_local/calls": "What the bundle told other servers, newest first.",
        "POST /_local/calls": 'Says how such a server answers next: <code>{"host": "crm.example", '
        '"respond": [500]}</code>.',
        "GET /_local/planned": "What of these was asked for and has not happened yet. DELETE forgets it.",
        "POST /_local/athena": 'What a query of a source brings: <code>{"query": "FROM churn", "rows": [...]}</code>.',
        "POST /_local/reset": "An empty world at the real time. Write keys stay valid.",
    }
    return "".join(f"<dt>{_route(route)}</dt><dd>{what}</dd>" for route, what in doors.items())


def _route(route: str) -> str:
    """To be followed where looking is all it does."""
    method, _, path = route.partition(" ")
    is_link = method == "GET" and "{" not in path
    shown = f"<code>{escape(path)}</code>"
    return f'<b class="soft">{method}</b> ' + (f'<a href="{escape(path)}">{shown}</a>' if is_link else shown)


def _table(heads: list[str], rows: Iterable[tuple[str, list[int]]]) -> str:
    first, *others = heads
    head = "".join(f'<th class="n">{name}</th>' for name in others)
    lines = []
    for name, counts in rows:
        numbers = "".join(f'<td class="n">{count:,}</td>' for count in counts)
        lines.append(f"<tr><td>{escape(name)}</td>{numbers}</tr>")
    return f"<table><tr><th>{first}</th>{head}</tr>{''.join(lines)}</table>"


def _api(name: str, routes: Iterable[str]) -> str:
    """By path, as the methods of one thing belong together."""
    keys = sorted((path, method) for method, _, path in (route.partition(" ") for route in routes))
    lines = (f"<li>{_route(f'{method} {path}')}</li>" for path, method in keys)
    return f'<h3>{escape(name)}</h3><ul class="card keys">{"".join(lines)}</ul>'
