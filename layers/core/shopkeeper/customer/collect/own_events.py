"""What must be said with the events that we act on, beyond counting: without it they would be lost in silence."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from shopkeeper.customer import consents, known, lists, orders, retractions, subjects, wishes
from shopkeeper.customer.collect.strict_json import Flaw
from shopkeeper.customer.interaction import MAX_MESSAGE_ID_BYTES
from shopkeeper.customer.words import is_name

MOST_TOPIC_LETTERS = 100


def check(event: str, said: Mapping[str, Any], *, trusted: bool) -> None:
    """Raises Flaw naming the property. What a page says of an order counts in nothing, so it may say what it likes."""
    for name, check_value in _needed(event, said).items():
        told_as = next((each for each in (name, *_ALSO_CALLED.get(name, ())) if said.get(each) not in (None, "")), "")
        if not told_as:
            raise Flaw("missing", f"properties.{name}")
        _check(told_as, said, check_value)
    if event == consents.CHANGED:
        _check_wishes(said)
    if trusted and event in orders.NAMES:
        _check_order(event, said)


def _needed(event: str, said: Mapping[str, Any]) -> Mapping[str, Callable[[Any], str]]:
    """Who says how often they want mail need not speak of a topic as well."""
    wishes_alone = event == consents.CHANGED and wishes.NAMES & said.keys() and not {"topic", "is"} & said.keys()
    return {} if wishes_alone else NEEDED.get(event, {})


def _check_wishes(said: Mapping[str, Any]) -> None:
    for name in sorted(wishes.NAMES):
        if said.get(name) is not None and name not in wishes.said_in(said):
            raise Flaw("unknown_value", f"properties.{name}")


def _check_order(event: str, said: Mapping[str, Any]) -> None:
    """An amount that is there and cannot be read must not count as none: a refund without one is of everything."""
    if event != orders.COMPLETED and said.get("order_id") in (None, ""):
        raise Flaw("missing", "properties.order_id")
    may_be_negative = event == orders.REFUNDED
    checks = dict.fromkeys(orders.AMOUNTS, _amount if may_be_negative else _amount_of_an_order)
    for name, check_value in {"order_id": _order_id, "currency": _currency, **checks}.items():
        if said.get(name) is not None:
            _check(name, said, check_value)


def _check(name: str, said: Mapping[str, Any], check_value: Callable[[Any], str]) -> None:
    if code := check_value(said[name]):
        raise Flaw(code, f"properties.{name}")


def _text_up_to(most: int) -> Callable[[Any], str]:
    def check_value(value: Any) -> str:
        if not isinstance(value, str):
            return "wrong_type"
        return "too_long" if len(value.encode()) > most else ""

    return check_value


def _in_or_out(value: Any) -> str:
    return "" if value in ("in", "out") else "unknown_value"


def _id(value: Any) -> str:
    return "" if isinstance(value, str | int) and not isinstance(value, bool) else "wrong_type"


def _order_id(value: Any) -> str:
    """What programs write when they have none would make one order of many."""
    try:
        subjects.id_text(value)
    except subjects.NotAnId as flaw:
        return flaw.code
    return ""


def _thing(value: Any) -> str:
    """By what a ticket, a configuration, a form goes, as `known` reads it."""
    if code := _id(value):
        return code
    name = str(value).strip()
    return "" if is_name(name) else "too_long" if name else "missing"


def _currency(value: Any) -> str:
    return "" if orders.currency_in(value) else "unknown_value"


def _amount(value: Any) -> str:
    return "" if orders.amount_in(value) else "not_a_number"


def _amount_of_an_order(value: Any) -> str:
    return _amount(value) or ("negative" if Decimal(orders.amount_in(value)) < 0 else "")


_topic = _text_up_to(MOST_TOPIC_LETTERS)
_list = _text_up_to(lists.MOST_ID_LETTERS)
_ALSO_CALLED: Mapping[str, tuple[str, ...]] = {"form": ("form_id",)}
NEEDED: Mapping[str, Mapping[str, Callable[[Any], str]]] = {
    consents.CHANGED: {"topic": _topic, "is": _in_or_out},
    consents.UNSUBSCRIBED: {"topic": _topic},
    lists.ENTERED: {"list": _list},
    lists.LEFT: {"list": _list},
    retractions.NAME: {"message_id": _text_up_to(MAX_MESSAGE_ID_BYTES)},
    **{name: {"ticket_id": _thing} for name in known.ABOUT_TICKETS},
    **{name: {"config_id": _thing} for name in known.ABOUT_CONFIGURATIONS},
    **{name: {"form": _thing} for name in known.ABOUT_FORMS},
    known.FEEDBACK_GIVEN: {"about": _thing},
    known.CONCERN_NOTED: {"topic": _thing},
}
