"""The routes under /_local: what a person or a story needs, and no deployed bundle has."""

import json
from collections.abc import Callable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from local import names
from local.clock import ClockError
from local.emulator import calls, dispatch, tables
from local.faults import FAULTS, When
from local.gateway.messages import Request, Response
from local.look import asks_for_a_page, sorry
from local.outbox import routes as outbox
from local.post.fates import LATER
from local.post.scripts import SES_EVENTS
from local.warehouse import TAKES_S, Script
from local.wishes import WishError, Wishes, as_text, from_seconds

if TYPE_CHECKING:
    from local.stack import Stack

_PREFIX = "/_local/"
_LEDGER = "SendsTable"
_LONGEST_DELAY_S = 20
_WAIT_FOR_NOBODY = {"settle", "state"}


def is_for_us(request: Request) -> bool:
    return request.path.startswith(_PREFIX)


def answer(stack: "Stack", request: Request) -> Response:
    response = _answer(stack, request)
    if response.status >= 400 and asks_for_a_page(request):
        return sorry(response.status, json.loads(response.body)["message"])
    return response


def _answer(stack: "Stack", request: Request) -> Response:
    path = request.path.removeprefix(_PREFIX)
    try:
        with nullcontext() if path in _WAIT_FOR_NOBODY else stack.turn():
            if outbox.is_for_us(path):
                return outbox.answer(stack, request, path, _wishes(request))
            return _route(stack, request, path)
    except WishError as error:
        return Response.json(error.status, {"message": f"{error.field}: {error}", "field": error.field})


def _route(stack: "Stack", request: Request, path: str) -> Response:
    methods = ROUTES.get(path)
    if methods is None:
        return Response.message(404, f"/_local has outbox, {', '.join(ROUTES)}")
    route = methods.get(request.method)
    if route is None:
        return Response.message(405, f"use {' or '.join(methods)}", [("allow", ", ".join(methods))])
    return Response.json(200, route(stack, _wishes(request)))


def _wishes(request: Request) -> Wishes:
    """What the query and the body ask for; the body is a JSON object or nothing."""
    try:
        body = json.loads(request.body or b"{}")
    except ValueError as error:
        raise WishError("body", "is not JSON") from error
    if not isinstance(body, dict):
        raise WishError("body", "is not a JSON object")
    return Wishes({**dict(parse_qsl(request.query, keep_blank_values=True)), **body})


def _state(stack: "Stack", wishes: Wishes) -> dict[str, Any]:
    wishes.close()
    return stack.state()


def _read_clock(stack: "Stack", wishes: Wishes) -> dict[str, Any]:
    wishes.close()
    due = stack.next_due()
    return {"now": as_text(stack.clock.now()), "next": as_text(due) if due else None}


def _move_clock(stack: "Stack", wishes: Wishes) -> dict[str, Any]:
    field = "to" if wishes.has("to") else "advance"
    try:
        if field == "to":
            instant = wishes.instant("to", stack.clock.now())
            wishes.close()
            stack.clock.move_to(instant)
        elif wishes.asks_for_next("advance"):
            wishes.close()
            stack.advance_to_next()
        else:
            by = wishes.duration("advance")
            wishes.close()
            stack.clock.advance(by)
    except ClockError as error:
        raise WishError(field, str(error)) from error
    return _read_clock(stack, Wishes({}))


def _settle(stack: "Stack", wishes: Wishes) -> dict[str, Any]:
    """Takes no turn of its own, so that requests are answered between its steps."""
    wishes.close()
    return {"steps": stack.settle(), **stack.state()}


def _crash(stack: "Stack", wishes: Wishes) -> dict[str, Any]:
    function = wishes.one_of("function", sorted(stack.functions))
    when: When = "after" if wishes.has("after") else "before"
    call = wishes.text(when)
    wishes.close()
    said, _, operation = call.partition(".")
    service = names.service(said)
    if service not in dispatch.SERVICES or not operation:
        raise WishError(when, f"must name a call, such as sqs.SendMessage, of {', '.join(sorted(dispatch.SERVICES))}")
    if operation not in (known := calls.of(service)):
        raise WishError(when, f"{said} has no {operation}; there is {', '.join(known)}")
    FAULTS.crash(when, f"{service}.{operation}", function=function)
    return {"function": function, when: call}


def _fail(_stack: "Stack", wishes: Wishes) -> dict[str, Any]:
    service, times = names.service(wishes.text("service")), wishes.count("times")
    wishes.close()
    if service not in dispatch.SERVICES:
        raise WishError("service", f"{service!r} is not known; there is {', '.join(sorted(dispatch.SERVICES))}")
    FAULTS.refuse(service, times)
    return {"service": service, "times": times}


def _ses(stack: "Stack", wishes: Wishes) -> dict[str, Any]:
    event = wishes.one_of("event", sorted(SES_EVENTS))
    if wishes.has("send_id"):
        return _ses_for(stack, event, wishes)
    times = wishes.count("times") if wishes.has("times") else 1
    wishes.close()
    stack.post.scripts.add(event, times)
    return {"event": event, "times": times}


def _ses_for(stack: "Stack", event: str, wishes: Wishes) -> dict[str, Any]:
    """To a mail that was sent it happens now; to one that is still to come, when it comes."""
    send_id = wishes.text("send_id")
    wishes.close()
    mail = stack.post.of_send(send_id)
    if mail is None and _LEDGER in stack.tables and not tables.texts(_LEDGER, send_id=send_id):
        raise WishError("send_id", f"no send has the id {send_id!r}; /_local/outbox shows those of the mails", 404)
    if mail is None:
        stack.post.scripts.add_for(send_id, event)
    elif event in LATER:
        stack.post.happen(event, mail)
    else:
        raise WishError("send_id", f"was sent already; {event} can only happen while it is sent")
    return {"event": event, "send_id": send_id, "sent": mail is not None}


def _athena(stack: "Stack", wishes: Wishes) -> dict[str, Any]:
    words = wishes.text("query")
    if wishes.has("fail"):
        fail, retryable = wishes.text("fail"), wishes.flag("retryable") if wishes.has("retryable") else False
        script = Script(fail=fail, is_retryable=retryable, takes_s=_takes(wishes))
    else:
        columns = wishes.texts("columns") if wishes.has("columns") else []
        script = Script(rows=wishes.objects("rows"), columns=columns, takes_s=_takes(wishes))
    wishes.close()
    stack.warehouse.scripts[words] = script
    return {"query": words, "rows": len(script.rows)}


def _takes(wishes: Wishes) -> float:
    return wishes.duration("takes_s").total_seconds() if wishes.has("takes_s") else TAKES_S


def _token(stack: "Stack", wishes: Wishes) -> dict[str, Any]:
    group = wishes.one_of("group", stack.groups) if wishes.has("group") else "marketer"
    wishes.close()
    token, expires_at = stack.mint(group)
    return {"token": token, "expires_at": as_text(from_seconds(expires_at))}


def _calls(stack: "Stack", wishes: Wishes) -> dict[str, Any]:
    wishes.close()
    calls = stack.counterparts.calls()
    return {"items": calls, "total": len(calls)}


def _script_calls(stack: "Stack", wishes: Wishes) -> dict[str, Any]:
    host, statuses = wishes.text("host"), wishes.statuses("respond")
    delay = wishes.duration("delay_s").total_seconds() if wishes.has("delay_s") else 0.0
    wishes.close()
    if not 0 <= delay <= _LONGEST_DELAY_S:
        raise WishError("delay_s", f"is from 0 to {_LONGEST_DELAY_S} seconds, which are really waited for")
    stack.counterparts.script(host, statuses, delay)
    return {"host": host, "respond": statuses, "delay_s": delay}


def _planned(stack: "Stack", wishes: Wishes) -> dict[str, Any]:
    wishes.close()
    planned: dict[str, Any] = stack.state()["planned"]
    return planned


def _forget(stack: "Stack", wishes: Wishes) -> dict[str, Any]:
    stack.post.scripts.clear()
    stack.counterparts.forget()
    FAULTS.clear()
    return _planned(stack, wishes)


def _reset(stack: "Stack", wishes: Wishes) -> dict[str, Any]:
    wishes.close()
    stack.reset()
    return {**stack.state(), "write_keys": "those that were made stay valid; all else is gone"}


ROUTES: dict[str, dict[str, Callable[["Stack", Wishes], dict[str, Any]]]] = {
    "state": {"GET": _state},
    "token": {"GET": _token},
    "clock": {"GET": _read_clock, "POST": _move_clock},
    "settle": {"POST": _settle},
    "crash": {"POST": _crash},
    "fail": {"POST": _fail},
    "ses": {"POST": _ses},
    "athena": {"POST": _athena},
    "calls": {"GET": _calls, "POST": _script_calls},
    "planned": {"GET": _planned, "DELETE": _forget},
    "reset": {"POST": _reset},
}
