"""Ways into a journey by the calendar: which times have come, why one brought nobody in, and when the next comes."""

from collections.abc import Iterator
from itertools import takewhile
from typing import Any

from shopkeeper.customer import comparing
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.recurring import Recurring
from shopkeeper.journey.doors import times
from shopkeeper.journey.doors.times import Time
from shopkeeper.journey.explaining import showing
from shopkeeper.journey.explaining.doors import Knock
from shopkeeper.journey.explaining.forms import Against, SourceView
from shopkeeper.journey.explaining.seen import Seen
from shopkeeper.journey.graph import OnDate, OnRecurrence
from shopkeeper.journey.untils import Span
from shopkeeper.segment.explaining import wording

DAY_MS = 86_400_000
BACK = {OnDate: 400 * DAY_MS, OnRecurrence: 35 * DAY_MS}
"""So far it is looked back, from now."""


def date(source: OnDate, seen: Seen) -> SourceView:
    side, here = "before" if source.before else "after", f"the day that {source.path} holds"
    day = f"{_span(source.span)} {side} {source.path}" if source.span != Span() else here
    yearly = ", each year" if source.yearly else ""
    return _view(source, seen, f"comes to {day}, at {source.time} of their own clock{yearly}", "date")


def recurrence(source: OnRecurrence, seen: Seen) -> SourceView:
    whose = f"by the recurrence that {source.path} holds" if source.path else _often(source.recurring)
    return _view(source, seen, f"comes to a time that recurs {whose}", "recurrence")


def _view(source: OnDate | OnRecurrence, seen: Seen, asks: str, what: str) -> SourceView:
    document, zone = seen.customer.document, seen.zone
    found = times.of(source, document, zone, seen.now - BACK[type(source)])
    come = list(takewhile(lambda each: each.at <= seen.now, found))[-showing.MOST_SHOWN :]
    happened = [showing.told(seen, _knock(seen, each), _late(source, seen, each)) for each in reversed(come)]
    then = next(times.of(source, document, zone, seen.now + 1), None)
    held = comparing.at(document.traits, source.path) if source.path else None
    view = showing.view(source, asks, happened, _never(source, held, what))
    says = f"{view['says']} It comes next on {seen.moment(then.at)}." if then else view["says"]
    return {**view, "says": says, "next_at": from_ms(then.at) if then else None}


def _knock(seen: Seen, come: Time) -> Knock:
    cause = times.entry(seen.graph, come, come.at).cause
    return Knock(times.REACHED, come.id, come.at, come.at, cause.id, "")


def _late(source: OnDate | OnRecurrence, seen: Seen, come: Time) -> Iterator[Against]:
    """What is told of a day that has passed comes too late."""
    told_at, _ = seen.customer.document.told.get(source.path.partition(".")[0], (0, ""))
    if come.at < times.today(seen.zone, told_at):
        says = f"{source.path} was told on {seen.moment(told_at)}, when that day had passed"
        yield {"says": says, "evidence": {"told_at": from_ms(told_at), "date": come.props["date"]}}


def _never(source: OnDate | OnRecurrence, held: Any, what: str) -> str:
    if not source.path:
        return "that has not come of late"
    if held is None:
        return f"{source.path} is not known of them"
    return f"that has not come of late; {source.path} is {_shown(held)}, if that is a {what}"


def _shown(held: Any) -> str:
    return wording.value(held) if isinstance(held, str | int | float | bool) else "what was told of it"


def _span(span: Span) -> str:
    units = ((span.months, "month"), (span.days, "day"))
    said = [wording.several(count, name) for count, name in units if count]
    return wording.joined([*said, *([wording.lasting(span.seconds)] if span.seconds else [])])


def _often(said: Recurring | None) -> str:
    if said is None:
        return "for everybody"
    unit = {"daily": "day", "weekly": "week", "monthly": "month"}[said.frequency]
    every = f"every {unit}" if said.every == 1 else f"every {wording.several(said.every, unit)}"
    on = wording.joined([str(each) for each in (*said.weekdays, *said.days)])
    return f"for everybody, {every}{f' on {on}' if on else ''} at {said.at}"
