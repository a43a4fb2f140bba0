"""What must be said with the events that we act on, beyond counting: without it they would be lost in silence."""

from collections.abc import Callable, Mapping
from typing import Any

from shopkeeper.customer import consents, lists, retractions
from shopkeeper.customer.collect.strict_json import Flaw
from shopkeeper.customer.interaction import MAX_MESSAGE_ID_BYTES

MOST_TOPIC_LETTERS = 100


def check(event: str, said: Mapping[str, Any]) -> None:
    """Raises Flaw naming the property."""
    for name, check_value in _NEEDED.get(event, {}).items():
        value = said.get(name)
        if value is None or value == "":
            raise Flaw("missing", f"properties.{name}")
        if code := check_value(value):
            raise Flaw(code, f"properties.{name}")


def _text_up_to(most: int) -> Callable[[Any], str]:
    def check_value(value: Any) -> str:
        if not isinstance(value, str):
            return "wrong_type"
        return "too_long" if len(value.encode()) > most else ""

    return check_value


def _in_or_out(value: Any) -> str:
    return "" if value in ("in", "out") else "unknown_value"


_topic = _text_up_to(MOST_TOPIC_LETTERS)
_list = _text_up_to(lists.MOST_ID_LETTERS)
_NEEDED: Mapping[str, Mapping[str, Callable[[Any], str]]] = {
    consents.CHANGED: {"topic": _topic, "is": _in_or_out},
    consents.UNSUBSCRIBED: {"topic": _topic},
    lists.ENTERED: {"list": _list},
    lists.LEFT: {"list": _list},
    retractions.NAME: {"message_id": _text_up_to(MAX_MESSAGE_ID_BYTES)},
}
