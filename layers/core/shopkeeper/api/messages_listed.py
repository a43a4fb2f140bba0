"""Messages in lists: of one template, or to one customer."""

from collections.abc import Sequence

from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api import customers, pages
from shopkeeper.api.calls import Call, Parameter, found
from shopkeeper.api.messages import MessageView, room, shown
from shopkeeper.api.problems import Problem
from shopkeeper.api.roles import ADMIN, AGENT, MARKETER
from shopkeeper.customer import timeline, whose
from shopkeeper.customer.requests import BadRequest
from shopkeeper.customer.rows import Row
from shopkeeper.customer.timeline import Position
from shopkeeper.mail import listing
from shopkeeper.mail.ledger import MESSAGE
from shopkeeper.mail.listing import Place

__all__ = ["room"]
TO = Parameter("to", "query", "The customer, as a message names them.", {"type": "string"})
TEMPLATE = Parameter("template", "query", "The id of a template.", {"type": "string"})
_TOLD = ("Email Sent", "Not Sent")


class MessagePage(TypedDict):
    """A page may hold fewer than `limit`, or nobody, and not be the last: only `next` tells."""

    items: list[MessageView]
    next: str | None


@room.get(
    "/v1/messages",
    groups=(AGENT, MARKETER, ADMIN),
    parameters=(TEMPLATE, TO, *pages.PAGE),
    refusals={404: "There is no such template, or no such customer."},
)
def list_messages(call: Call) -> MessagePage:
    """List messages, newest first: those of a template as they were asked for, or those to a customer.

    Those to a customer are listed as soon as it is told of them that they went or will not go, and as long as that is
    remembered.
    """
    asked = [each for each in (TEMPLATE.name, TO.name) if call.query.get(each)]
    if len(asked) != 1:
        raise BadRequest([(TEMPLATE.name, "or `to` is to be named, and not both")])
    return _of_template(call) if asked == [TEMPLATE.name] else _to_customer(call)


def _of_template(call: Call) -> MessagePage:
    limit, parts = pages.limit(call), pages.after(call, len(Place._fields))
    template = call.query[TEMPLATE.name]
    since = clock.from_text(found(call.aws.definitions.stored("template", template, 1), "template").saved_at)
    after = Place(*parts) if parts else listing.start(call.now)
    try:
        rows, following = listing.of_template(call.aws.sends, template, since, after, limit)
    except ValueError:
        raise Problem(400, "The page cannot be given.", [("cursor", "is none that this list gave out")]) from None
    page: MessagePage = pages.page([shown(row, call) for row in rows], following or ())
    return page


def _to_customer(call: Call) -> MessagePage:
    limit, parts = pages.limit(call), pages.after(call, len(Position._fields))
    after = Position(*parts) if parts else None
    seen = customers.by_name(call, call.query[TO.name])
    subjects = [each for each in whose.subjects_of(seen) if each.startswith("customer:")]
    told = [call.aws.interactions.newest(each, after.at if after else "", limit + 1) for each in subjects]
    facts = timeline.page(lambda row: bool(_message(row)), told, after, limit)
    page: MessagePage = pages.page(_read(call, facts.rows), facts.next or ())
    return page


def _read(call: Call, facts: Sequence[Row]) -> list[MessageView]:
    """Each once, though it may have been given up before it went."""
    ids = list(dict.fromkeys(map(_message, facts)))
    rows = call.aws.sends.many(ids)
    return [shown(rows[each], call) for each in ids if each in rows]


def _message(fact: Row) -> str:
    """The message that it is about, "" if it is about none."""
    said = fact.said().get("properties", {}) if fact.name in _TOLD else {}
    return str(said.get("send_id", "")) if str(said.get("activity", "")).startswith(MESSAGE) else ""
