"""What somebody sees who opens the address of the local stack in a browser."""

from html import escape
from typing import TYPE_CHECKING

from local.gateway.messages import Response
from local.post.scripts import SES_EVENTS

if TYPE_CHECKING:
    from local.stack import Stack

_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Shopkeeper, locally</title>
<style>body{{font:16px/1.5 system-ui;max-width:48rem;margin:3rem auto;padding:0 1rem}}
table{{border-collapse:collapse;margin-bottom:1.5rem}}td,th{{padding:.2rem .8rem .2rem 0;text-align:left}}
code{{font-size:.95em;overflow-wrap:anywhere}}</style>
<h1>Shopkeeper, locally</h1>
<p>The whole bundle of <code>template.yaml</code> in one process, at <b>{now}</b> of its own clock. Nothing here
reaches AWS, and nothing is kept when it stops.</p>
<h2>What is in it</h2>
<table><tr><th>Table<th>Rows</tr>{rows}</table>
<table><tr><th>Queue<th>visible<th>hidden<th>dead</tr>{queues}</table>
<h2>Where to look</h2>
<ul>
<li><a href="/_local/outbox">/_local/outbox</a>: the mails that were sent, {mails} so far, to read as their
recipients do; as JSON for a program
<li><a href="/_local/state">/_local/state</a>: the same as JSON, and where each execution of a state machine is
<li><a href="/_local/token?group=marketer">/_local/token?group=marketer</a>: a token for the marketer API, to be sent as
<code>Authorization: Bearer ...</code>; also as {groups}
<li><a href="/_local/clock">/_local/clock</a>: the time, and when the next thing is due. It moves with
<code>curl -d '{{"advance": 3600}}' {base}/_local/clock</code>, with <code>{{"advance": "next"}}</code>, or with
<code>{{"to": "2027-01-01T00:00:00Z"}}</code>
<li><code>POST /_local/settle</code>: do all that can be done now; <code>POST /_local/reset</code>: an empty world
<li><code>POST /_local/crash {{"function": "IngestStoreFunction", "after": "dynamodb.PutItem"}}</code>: let a function
die there; <code>POST /_local/fail {{"service": "sqs", "times": 2}}</code>: let a service refuse
<li><code>POST /_local/ses {{"event": "bounce", "times": 1}}</code>: let the next mail bounce; also {fates}. With a
<code>send_id</code> in place of <code>times</code> it happens to that send
</ul>
<h2>What it answers</h2>
{apis}
</html>
"""


def front(stack: "Stack") -> Response:
    state = stack.state()
    rows = "".join(f"<tr><td>{escape(name)}<td>{count}</tr>" for name, count in state["rows"].items())
    queues = "".join(
        f"<tr><td>{escape(name)}<td>{depth['visible']}<td>{depth['hidden']}<td>{depth['dead']}</tr>"
        for name, depth in state["queues"].items()
    )
    apis = "".join(
        f"<h3>{escape(name)}</h3><ul>{''.join(f'<li><code>{escape(route)}</code>' for route in routes)}</ul>"
        for name, routes in stack.routes.items()
    )
    text = _PAGE.format(
        now=state["now"],
        rows=rows,
        queues=queues,
        apis=apis,
        base=stack.base_url,
        groups=", ".join(stack.groups),
        mails=state["outbox"],
        fates=", ".join(sorted(SES_EVENTS - {"bounce"})),
    )
    return Response(200, [("content-type", "text/html; charset=utf-8")], text.encode())
