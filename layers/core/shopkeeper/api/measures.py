"""Measures of the business's own choosing: how often something happened of which certain things were said."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, NotRequired

from pydantic import Field, StringConstraints, ValidationInfo, field_validator
from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api.calls import Call
from shopkeeper.api.versions import Kind, Made
from shopkeeper.aws import measure_rules
from shopkeeper.aws.definitions import Version
from shopkeeper.customer import asked, backfilling, retractions, walks
from shopkeeper.customer.asked import Comparison, Path, Scalar
from shopkeeper.customer.instants import ms_of
from shopkeeper.customer.measures.registered import Registered, definition, registered
from shopkeeper.customer.requests import Strict
from shopkeeper.customer.walks import Slice
from shopkeeper.segment.leaves.amounts import Amount
from shopkeeper.segment.references import needs

MOST, MOST_TESTS, MOST_NAMED = 50, 8, 10
Name = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Phase = Literal["building", "ready", "replaced", "retired"]


class PropertyTest(Strict):
    """Compares a property, as a rule compares a trait; a dot in `prop` leads inwards."""

    prop: Path
    cmp: Comparison
    value: Annotated[Scalar | None, Field(validate_default=True)] = None
    values: Annotated[tuple[Scalar, ...] | None, Field(validate_default=True)] = None

    @field_validator("value", mode="before")
    @classmethod
    def _value(cls, value: Any, info: ValidationInfo) -> Scalar | None:
        cmp = info.data.get("cmp", "")
        return asked.value(value, cmp) if cmp else None

    @field_validator("values", mode="before")
    @classmethod
    def _values(cls, values: Any, info: ValidationInfo) -> tuple[Scalar, ...] | None:
        cmp = info.data.get("cmp", "")
        return asked.values(values, cmp) if cmp else None


class MeasureWanted(Strict):
    """Counts the interactions of this name of which all tests hold. `event` is a name as `measures` of a customer shows
    it: that of a track call, or `Page Viewed`.

    With `amount` it counts those of which a property came to so much in one currency; of an order, what is left of it.

    `sum` is a property that is added up by currency; what comes without a currency is under `XXX`. `tiles` keeps each
    of the newest 400 days apart. `last` is a property of which it is kept what the newest said. One that is `retired`
    is counted no more, and what was counted goes.
    """

    event: Name
    where: Annotated[tuple[PropertyTest, ...], Field(max_length=MOST_TESTS)] = ()
    amount: Amount | None = None
    sum: Name | None = None
    tiles: bool = False
    last: Path | None = None
    retired: bool = False


class MeasureState(TypedDict):
    """`building` until all customers have been gone through, in `slices` of which `slices_done` are; `customers` have
    been so far. `uncounted` are those of whom too much is remembered to count it, or whom others wrote at each of
    five visits: they are without this measure.

    All that was received since `known_since` is in it, and of what was before, whatever is kept longer: all that files
    and orders said. It begins to build at `begins_at`, when whoever counts has heard of it.
    """

    phase: Phase
    customers: int
    uncounted: int
    slices: int
    slices_done: int
    begins_at: NotRequired[str]
    known_since: NotRequired[str]


def _faults(call: Call, wanted: MeasureWanted) -> Iterator[tuple[str, str]]:
    if wanted.event == retractions.NAME:
        yield "event", "is never counted: it takes back what others counted"
    yield from _needed(call, wanted)
    if wanted.retired:
        return
    if _registered(wanted).is_its_events:
        yield "where", "is missing, and all else is: each event is counted so by itself, under its name"
    others = measure_rules.standing(call.aws.definitions).keys() - {call.path["id"]}
    if len(others) >= MOST:
        yield "", f"is one too many: there are at most {MOST} measures. Retire one that nobody needs"


def _needed(call: Call, wanted: MeasureWanted) -> Iterator[tuple[str, str]]:
    """What segments count by can neither go nor become something else."""
    stands = measure_rules.standing(call.aws.definitions).get(call.path["id"])
    if stands is None or (not wanted.retired and _registered(wanted).id == stands.id):
        return
    edition = call.aws.editions.fresh()
    rules = call.aws.editions.rules(edition)
    takes = sorted({each.segment for each in edition.slots if stands.id in needs([rules[each.rule]])})
    if takes:
        yield "", f"cannot be taken from the segments that count by it: {', '.join(takes[:MOST_NAMED])}"


def _registered(wanted: MeasureWanted) -> Registered:
    return registered(wanted.model_dump(mode="json"))


def _made(call: Call, wanted: MeasureWanted, measure_id: str, number: int) -> Made:
    """The walk is there before the definition: whoever dies in between leaves one that finds nothing to do."""
    meaning = _registered(wanted).id
    if wanted.retired:
        return Made({"measure": meaning})
    before = call.aws.definitions.stored(measure_rules.KIND, measure_id, number - 1) if number > 1 else None
    if before and before.made.get("walk") and before.made["measure"] == meaning:
        return Made(before.made)
    walk = f"{backfilling.KIND}/{measure_id}/{number}/{ms_of(call.now)}"
    walks.start(call.aws.slices, walk, call.now + backfilling.WAIT)
    return Made({"measure": meaning, "walk": walk})


def _more(call: Call, version: Version) -> Mapping[str, Any]:
    return {"measure": version.made["measure"], "state": _state(call, version)}


def _state(call: Call, version: Version) -> MeasureState:
    walk = version.made.get("walk")
    slices = call.aws.slices.load(walk, range(walks.SLICES)) if walk else []
    state: MeasureState = {
        "phase": "building",
        "customers": sum(each.gathered.get("customers", 0) for each in slices),
        "uncounted": sum(each.gathered.get("uncounted", 0) for each in slices),
        "slices": walks.SLICES,
        "slices_done": sum(each.ended for each in slices),
    }
    if json.loads(version.content)["retired"]:
        state["phase"] = "retired"
    elif call.aws.definitions.number(version.kind, version.id) != version.number:
        state["phase"] = "replaced"
    elif any(each.finished for each in slices):
        state["phase"], state["known_since"] = "ready", _known_since(call, slices)
    elif slices and not any(each.gathered for each in slices):
        state["begins_at"] = min(each.due_at for each in slices)
    return state


def uncounted(call: Call, wanted: Registered, *, or_else: str = "") -> str:
    """Why a rule cannot be told yet that takes this measure; empty where it can. `or_else` is what beside defining it
    helps where it is not defined."""
    definitions = call.aws.definitions
    named = [id_ for id_, each in measure_rules.standing(definitions).items() if each.id == wanted.id]
    versions = [found for id_ in named if (found := definitions.newest(measure_rules.KIND, id_))]
    if any(_state(call, each)["phase"] == "ready" for each in versions):
        return ""
    if named:
        return f"takes the measure {named[0]}, which is still building"
    said = json.dumps(definition(wanted))
    return f"takes a measure of its own, which is not defined: PUT /v1/measures/<name> {said}{or_else}"


def _known_since(call: Call, slices: list[Slice]) -> str:
    """Of all customers, also of those who were counted last."""
    counted = max(clock.from_text(each.gathered["at"]) for each in slices)
    return clock.to_text(counted - timedelta(days=int(call.aws.settings["INTERACTION_DAYS"])))


KIND = Kind(
    measure_rules.KIND,
    "measures",
    MeasureWanted,
    check=_faults,
    make=_made,
    more=_more,
    shape={"measure": str, "state": MeasureState},
)
room = KIND.room("What is counted of customers beside each event by itself.")
