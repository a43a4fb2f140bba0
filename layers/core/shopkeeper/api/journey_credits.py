"""What led customers to the goal of a journey, as their memory tells it."""

from collections.abc import Iterable, Mapping
from typing import Any

from typing_extensions import TypedDict

from shopkeeper.api.calls import Call
from shopkeeper.customer.amounts import Amount, amounts
from shopkeeper.customer.orders import Key
from shopkeeper.journey import converting
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Run


class TouchView(TypedDict):
    """`kind` is clicked, opened or sent, of a mail; audience or slot, which was on `until` then, null for until the
    goal; task, done; or webhook. It is by a `node` of this journey, or by a step of that name of another `activity`.
    `name` is what was on, what came of the task, or the connector."""

    at: str
    kind: str
    node: str
    activity: str | None
    name: str | None
    until: str | None


class CreditView(TypedDict):
    """`by` is the node that has the credit by the last touch, `<activity>/<step>` of another activity, null for nobody.
    `worth` is what the order came to when it was told. `last_touch` and `trail`, the newest 30 touches, the oldest
    first, are null until the customer's memory has them, and once it has no more."""

    by: str | None
    order: str | None
    worth: dict[str, Amount] | None
    last_touch: TouchView | None
    trail: list[TouchView] | None


def credits_of(call: Call, rows: Iterable[Row]) -> dict[str, CreditView]:
    """Of those that have reached their goal, by the ids of the runs."""
    runs = [row.run for row in rows if row.run.goal_at]
    told = {row.key: row.said().get("properties", {}) for row in call.aws.interactions.rows(list(map(_key, runs)))}
    return {run.id: _credit(run, told.get(_key(run), {})) for run in runs}


def _key(run: Run) -> Key:
    return f"customer:{run.customer}", converting.told_as(run.id)


def _credit(run: Run, told: Mapping[str, Any]) -> CreditView:
    last = told.get("credit", {}).get("last_touch")
    return {
        "by": run.goal_by or None,
        "order": told.get("order"),
        "worth": amounts({run.worth.currency: run.worth.minor_units}) if run.worth else None,
        "last_touch": _touch(last) if last else None,
        "trail": [_touch(each) for each in told["trail"]] if "trail" in told else None,
    }


def _touch(told: Mapping[str, Any]) -> TouchView:
    return {
        "at": told["at"],
        "kind": told["kind"],
        "node": told["node"],
        "activity": told.get("activity"),
        "name": told.get("name"),
        "until": told.get("until"),
    }
