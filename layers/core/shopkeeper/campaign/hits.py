"""How often the letters of a launch were opened, which of their links were followed, and in which hours.

Numbers by name, as those of the ladder, and counted along with them: `hit@<where>@<what>`. Like these they are a pure
function of the rows, and counts of parts add up to those of the whole.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from typing_extensions import TypedDict

from shopkeeper.customer.outcomes import kind_of
from shopkeeper.customer.unjudged import still
from shopkeeper.mail.ledger import Send

MOST_HOURS = 72
"""In which something was done; what was done in others is told together."""
MOST_LINKS = 250
"""A letter of more links is worth a warning; of those behind them nothing is told."""
_LATER = "later"
_HOUR = len("2026-11-21T09")

_HUMAN, _MACHINE, _UNKNOWN = "u", "m", "?"
# What is counted apart from `any`; of machines it is what is left.
_WHOSE = {_HUMAN: "", _MACHINE: None, _UNKNOWN: "_unknown"}

Counts = Mapping[str, int]


class Engagement(TypedDict):
    """What people did themselves (`human`), what machines did, what is `unknown`, because it is not yet, or cannot be,
    said who did it, and `any` of all. Of persons, `unknown` are those who are not known to have done it themselves, and
    `machine` those for whom certainly only a machine did it."""

    human: int
    machine: int
    unknown: int
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
    found = kinds(send)
    for kind, times in found.items():
        where, whose = _where(send, kind), _WHOSE[kind[0]]
        counts[_name(where, "times_any")] += times
        counts[_name(where, "people_any")] = 1
        if whose is not None:
            counts[_name(where, f"times{whose}")] += times
        if whose == "" or (whose and f"{_HUMAN}{kind[1:]}" not in found):
            counts[_name(where, f"people{whose}")] = 1
    return counts


def kinds(send: Send) -> Counter[str]:
    """How often, by `outcomes.kind_of`; `?3` and `?` for whom nobody knows."""
    return Counter(map(kind_of, send.hits | {_UNKNOWN + mark for mark in unjudged(send)}))


def unjudged(send: Send) -> frozenset[str]:
    """Hits of which it is not said who made them."""
    return still(send.unjudged, send.hits)


def is_click(mark: str) -> bool:
    return not mark.startswith("/")


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
    return engagement(*(sum(one[by] for one in each) for by in ("human", "unknown", "any")))


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
    return engagement(*(counts.get(_name(where, each), 0) for each in (what, f"{what}_unknown", f"{what}_any")))


def engagement(human: int, unknown: int, everybody: int) -> Engagement:
    return {"human": human, "machine": everybody - human - unknown, "unknown": unknown, "any": everybody}
