"""Pages as a pass over all customers finds them: written by whoever wrote them last, some of them wrong or overdue."""

from random import Random
from typing import NamedTuple

from msgspec.structs import replace

from shopkeeper.customer import document
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.standing import Standing
from shopkeeper.segment import edition, rule, standing
from shopkeeper.segment.edition import Edition, Slot, ref
from shopkeeper.zones import zone as zone_of
from tests.rules import count, lately
from tests.segment_asked import DAY, HOUR
from tests.segment_kept import KINDS, Around
from tests.segment_lives import ZONES
from tests.segment_pages import OPS, WORLDS, ruled

# What stands in another segment is put in its place before it comes into an edition.
ALONE = [op for op in OPS if op != "in_segment"]
GONE = 99
FATES = ["as written"] * 5 + ["elsewhere", "never due", "due earlier", "due a second late", "due late", "due far off"]
OF = ["ordinary"] * 8 + ["refunded", "ahead", "merged", "damaged", "odd", "nobody"]


FOR_EVER = [{"op": "date", "path": "day", "cmp": "before", "ref": {"now": 0}}]


class Screened(NamedTuple):
    """Each customer has its kind and its fate; all were written at the instant `now`."""

    current: edition.Current
    kinds: list
    fates: list
    page: list
    now: int


def screened(seed, many=12):
    random = Random(seed)
    zone, base = random.choice(WORLDS)
    current = _current(random, zone_of(zone), base)
    reads = current.evaluator.reads
    around = Around(base, zone_of(zone), tuple(ZONES), tuple(sorted(reads.events)), tuple(sorted(reads.registered)))
    kinds, fates = random.choices(OF, k=many), random.choices(FATES, k=many)
    page = [_written(random, current, KINDS[kind](random, around), base) for kind in kinds]
    return Screened(
        current, kinds, fates, [_fated(random, *each) for each in zip(fates, page, [current] * many, strict=True)], base
    )


def _current(random, zone, base):
    said = [ruled(random, random.choice(ALONE), base, ALONE) for _ in range(random.choice([0, 1, 2, 5]))]
    rules = [
        rule.read(each) for each in random.choice([said, said, said, _midnights(random), _midnights(random), FOR_EVER])
    ]
    is_prompt = random.random() < 0.2
    slots = tuple(
        Slot(
            number=number,
            segment=f"s{number}",
            version=1,
            rule=ref(its),
            phase=random.choice(["ready", "building"]),
            since="",
            prompt=is_prompt,
        )
        for number, its in zip(sorted(random.sample(range(1, 60), len(rules))), rules, strict=True)
    )
    return edition.current(Edition(7, GONE, slots), {ref(each): each for each in rules}, zone)


def _midnights(random):
    """Something changes then, and something else soon after."""
    today = count(1, event="Looked") | {"window": {"days": {"n": random.choice([1, 1, 3])}}}
    return [today, lately(1, random.randrange(2, 27) * HOUR, event="Looked")]


def _written(random, current, kept, now):
    """By somebody who knows the edition, a while after it was known to stand elsewhere. Who cannot be read is not."""
    try:
        before = document.load(kept)
        if before.document.merged_into:
            return kept
        numbers = [each.number for each in current.edition.slots]
        held = Standing(6, tuple(sorted({number for number in [*numbers, GONE] if random.random() < 0.3})))
        before = replace(before, document=replace(before.document, standing=held, updated_at=now - DAY * 1000))
        cause = random.choice(["interaction", "clock", "recompute"])
        after = standing.stood(current, before, replace(before, version=2), now, cause)
    except Exception:
        return kept
    keeps = replace(after.document, standing=Standing(7, tuple(sorted({*after.document.standing.slots} | {GONE}))))
    gone = random.random() < 0.2
    return document.store(replace(after, pending=(), document=keeps if gone else after.document))


def _fated(random, fate, kept, current):
    try:
        its = document.load(kept)
    except Exception:
        return kept
    due = min(its.due_at or 10**12, standing.LATEST - 500 * DAY * 1000)
    late = {"never due": 0, "due earlier": due - random.choice([1, HOUR, DAY]) * 1000, "due a second late": due + 1000}
    late |= {"due late": due + random.randrange(1, 3 * HOUR) * 1000, "due far off": due + 400 * DAY * 1000}
    if fate in late:
        return replace(kept, due_at=from_ms(late[fate]) if late[fate] else "")
    numbers = [each.number for each in current.edition.slots]
    if fate == "elsewhere" and numbers and its.document.standing:
        held = tuple(sorted({*its.document.standing.slots} ^ {random.choice(numbers)}))
        its = replace(its, document=replace(its.document, standing=Standing(7, held)))
        return replace(kept, document=document.to_json(its.document))
    return kept


def later(its, random):
    """Instants at which a pass may come by."""
    spans = [0, 0, 1, 1000, HOUR * 1000, DAY * 1000, 3 * DAY * 1000, random.randrange(40 * DAY * 1000)]
    return [its.now, its.now + random.choice(spans), its.now + random.choice(spans)]
