"""How often the letters of a launch were opened, which of their links were followed, and in which hours.

Numbers by name, as those of the ladder, and counted along with them: `hit@<where>@<what>`. Like these they are a pure
function of the rows, and counts of parts add up to those of the whole.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from typing_extensions import TypedDict

from shopkeeper.customer.outcomes import kind_of
from shopkeeper.mail.ledger import Send

MOST_HOURS = 72
"""In which something was done; what was done in others is told together."""
MOST_LINKS = 250
"""A letter of more links is worth a warning; of those behind them nothing is told."""
_LATER = "later"
_HOUR = len("2026-11-21T09")

Counts = Mapping[str, int]


class Engagement(TypedDict):
    """What people did themselves (`human`), what machines did, and `any` of both. Of persons, `machine` are those for
    whom only a machine did it."""

    human: int
    machine: int
    any: int


class LinkView(TypedDict):
    """The link `number`, from 0 on, as the letter has them from top to bottom. `people` followed it, together so many
    `times`. Equal links are told apart by their number."""

    template: str
    number: int
    url: str
    people: Engagement
    times: Engagement


class HourView(TypedDict):
    """Of how many people this hour was the first in which they opened, and followed a link, from `hour` on; without it,
    of all hours behind those that are told."""

    hour: str | None
    opened: int
    clicked: int


def counted(send: Send) -> Counter[str]:
    """Of one that was sent."""
    counts: Counter[str] = Counter(_hours(send))
    for kind, times in Counter(map(kind_of, send.hits)).items():
        where = _where(send, kind)
        counts[_name(where, "times_any")] += times
        counts[_name(where, "people_any")] = 1
        if kind.startswith("u"):
            counts.update({_name(where, "times"): times, _name(where, "people"): 1})
    return counts


def _where(send: Send, kind: str) -> str:
    return f"{send.content_ref}.{kind[1:]}" if kind[1:] else "open"


def _hours(send: Send) -> Iterator[str]:
    if first := min(filter(None, (send.opened_at, send.clicked_at)), default=""):
        yield _in_hour(first, "opened")
    if send.clicked_at:
        yield _in_hour(send.clicked_at, "clicked")


def _in_hour(at: str, what: str) -> str:
    return f"hour@{at[:_HOUR]}@{what}"


def _name(where: str, what: str) -> str:
    return f"hit@{where}@{what}"


def bounded(counts: Counter[str]) -> Counter[str]:
    """The first hours and links are kept, so it does not matter in which parts one counts."""
    hours, links = sorted(_all(counts, "hour") - {_LATER}), sorted(_all(counts, "hit") - {"open"}, key=_place)
    if len(hours) <= MOST_HOURS and len(links) <= MOST_LINKS:
        return counts
    late, lost = set(hours[MOST_HOURS:]), set(links[MOST_LINKS:])
    kept: Counter[str] = Counter()
    for name, number in counts.items():
        kind, where, what = _parts(name)
        if kind == "hour" and where in late:
            kept[f"hour@{_LATER}@{what}"] += number
        elif where not in lost:
            kept[name] = number
    return kept


def _all(counts: Counts, wanted: str) -> set[str]:
    return {where for kind, where, _ in map(_parts, counts) if kind == wanted}


def _parts(name: str) -> tuple[str, str, str]:
    kind, _, rest = name.partition("@")
    where, _, what = rest.partition("@")
    return kind, where, what


def _place(link: str) -> tuple[str, int]:
    content, _, number = link.partition(".")
    return content, int(number)


def opens(counts: Counts) -> Engagement:
    return _engagement(counts, "open", "times")


def clicks(counts: Counts) -> Engagement:
    """All links together."""
    each = [_engagement(counts, where, "times") for where in _all(counts, "hit") - {"open"}]
    human, machine = sum(one["human"] for one in each), sum(one["machine"] for one in each)
    return {"human": human, "machine": machine, "any": human + machine}


def links(counts: Counts, content: str, template: str, urls: Sequence[str]) -> list[LinkView]:
    """Of one content version of a template. They are told whether or not anybody followed them."""
    followed = {number for ref, number in map(_place, _all(counts, "hit") - {"open"}) if ref == content}
    return [
        {
            "template": template,
            "number": number,
            "url": urls[number] if number < len(urls) else "",
            "people": _engagement(counts, f"{content}.{number}", "people"),
            "times": _engagement(counts, f"{content}.{number}", "times"),
        }
        for number in sorted({*range(min(len(urls), MOST_LINKS)), *followed})
    ]


def hours(counts: Counts) -> list[HourView]:
    """In their turn."""
    return [
        {
            "hour": f"{hour}:00:00.000Z" if hour != _LATER else None,
            "opened": counts.get(f"hour@{hour}@opened", 0),
            "clicked": counts.get(f"hour@{hour}@clicked", 0),
        }
        for hour in sorted(_all(counts, "hour"))
    ]


def _engagement(counts: Counts, where: str, what: str) -> Engagement:
    human, everybody = (counts.get(_name(where, each), 0) for each in (what, f"{what}_any"))
    return {"human": human, "machine": everybody - human, "any": everybody}
