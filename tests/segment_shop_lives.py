"""Lives in a shop with segments: what is told in any order, twice, late, taken back; people who turn out to be one, and
two after all; and a clock that is moved between it all. What must hold is asked of an oracle that shares no code."""

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from hypothesis import strategies as st
from msgspec.structs import replace

from shopkeeper.segment import rule
from shopkeeper.segment.leaves.counted import needed
from shopkeeper.zones import zone as zone_of
from tests.interactions import identified, retracted
from tests.rules import all_of, any_of, negated
from tests.segment_lives import DAYS, HOUR, OF, ZONES, asked, ms, tellings
from tests.segment_lives import KINDS as ALL_KINDS
from tests.segment_oracle import holds
from tests.segment_shop import SegmentShop
from tests.standing_world import FakeEditions, edition_of
from tests.store_owners import living

PEOPLE = ["user:jo", "anon:phone"]
STEPS = [0, 1, HOUR, 3 * HOUR, 7 * HOUR, 12 * HOUR, 24 * HOUR, 36 * HOUR, 40 * 24 * HOUR]
KINDS = [kind for kind in ALL_KINDS if kind != "profile_age"]
"""What is taken back has been known all the same, which the oracle does not say."""


class ShopLife(NamedTuple):
    """`told` are interactions; `steps` are what happens, one after the other. `base` is in milliseconds since 1970."""

    zone: str
    base: int
    rules: tuple
    told: tuple
    steps: tuple


@st.composite
def rules_asked(draw, base, *, own, deeper=2):
    kind = draw(st.sampled_from([kind for kind in KINDS if own or kind != "outcome"]))
    found = draw(st.sampled_from(asked(kind, base)).filter(lambda each: own or not _needed(each)))
    match draw(st.integers(0, 5)) if deeper else None:
        case 0:
            return negated(found)
        case 1:
            return all_of(found, draw(rules_asked(base, own=own, deeper=deeper - 1)))
        case 2:
            return any_of(found, draw(rules_asked(base, own=own, deeper=deeper - 1)))
    return found


@st.composite
def shop_lives(draw, *, merges):
    """Without `merges` rules may take measures of the shop's own, which whoever is parted has counted anew first."""
    base = ms(draw(st.sampled_from(DAYS)))
    rules = tuple(draw(st.lists(rules_asked(base, own=not merges), min_size=2, max_size=4)))
    size = draw(st.integers(1, 8))
    people = PEOPLE if merges else PEOPLE[:1]
    of = draw(st.sampled_from(OF))
    told = [_of(draw(tellings(base, of))(f"m{number:02}"), draw(st.sampled_from(people))) for number in range(size)]
    told += [retracted(each.subject, f"not {each.message_id}", each.message_id) for each in _some(draw, told)]
    if merges:
        told.append(identified("user:jo", "joins", ids={"user": "jo", "anon": "phone"}))
    kinds = ["deliver", "deliver", "move", "move", *(["join", "part"] if merges else [])]
    steps = tuple(_step(draw, draw(st.sampled_from(kinds)), len(told)) for _ in range(draw(st.integers(4, 12))))
    return ShopLife(draw(st.sampled_from(ZONES)), base, rules, tuple(told), steps)


def _needed(said):
    return [each for _, node, _ in rule.nodes(rule.read(said)) for each in needed(node)]


def _some(draw, told):
    return [each for each in told if each.type == "track" and draw(st.integers(0, 5)) == 0]


def _of(interaction, subject):
    kind, _, name = subject.partition(":")
    return replace(interaction, subject=subject, ids={kind: name})


def _step(draw, kind, size):
    crash_at = draw(st.one_of(st.none(), st.integers(0, 30)))
    match kind:
        case "deliver":
            which = tuple(draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=size)))
            also = tuple(draw(st.lists(st.integers(0, size - 1), max_size=2)))
            return kind, which, also, draw(st.integers(0, 20)), crash_at
        case "move":
            return kind, draw(st.sampled_from(STEPS)), crash_at
    return (kind,)


class Lived:
    """`stand` may be a wrong one: a mutant must show."""

    def __init__(self, life):
        self.life = life
        named = {f"s{place}": each for place, each in enumerate(life.rules)}
        zone = zone_of(life.zone)
        half = len(named) // 2
        ready, building = dict(list(named.items())[half:]), dict(list(named.items())[:half])
        self.editions = FakeEditions(edition_of(ready, building, zone=zone, prompt=True))
        self.asked = dict(enumerate([*ready.values(), *building.values()], start=1))
        start = datetime.fromtimestamp(life.base / 1000, UTC) - timedelta(days=2, hours=12)
        counted = {each.id: each for its in self.asked.values() for each in _needed(its)}
        self.shop = SegmentShop(self.editions, start, zone, counted.values())

    def live(self):
        for step in self.life.steps:
            getattr(self, f"_{step[0]}")(*step[1:])
            self.check()
        self.shop.wake_until(self._now() + timedelta(days=400))
        self.check()

    def _now(self):
        """The next full second: what flips in between is due by then."""
        return self.shop.now().replace(microsecond=0) + timedelta(seconds=1)

    def _deliver(self, which, also, overtaken_at, crash_at):
        batch, other = ([self.shop.received(self.life.told[place]) for place in places] for places in (which, also))
        if not self.shop.deliver(batch, crash_at, overtaken_at, [other] if other else []):
            self.shop.deliver(batch)

    def _move(self, seconds, crash_at):
        self.shop.wake_until(self._now() + timedelta(seconds=seconds), crash_at)

    def _join(self):
        if set(PEOPLE) <= self.shop.tables.identities.keys():
            self.shop.merge(*PEOPLE)

    def _part(self):
        if logs := self.shop.standing():
            self.shop.unmerge(logs[-1])

    def check(self):
        now = self._now()
        self.shop.wake_until(now)
        assert self.shop.problems == []
        assert self.shop.mistaken() == []
        told, kept = self.told(), self.shop.slots()
        at = int(now.timestamp()) * 1000
        for customer_id, its in told.items():
            truth = {n for n, said in self.asked.items() if holds(said, its, at, self.life.zone)}
            assert kept[customer_id] == truth, (customer_id, [each.key for each in its])

    def told(self):
        """What counts of each living customer, once each."""
        rows, into = self.shop.tables.rows, self.shop.into()
        first = {key: each[0] for key, each in self.shop.acknowledged.items() if key in rows}
        taken_back = {(each.subject, each.properties["message_id"]) for each in first.values() if _takes_back(each)}
        told = {id_: [] for id_ in self.shop.slots()}
        for key, each in first.items():
            if not _takes_back(each) and key not in taken_back:
                told[living(self.shop.owner(rows[key]), into)].append(each)
        return told


def _takes_back(interaction):
    return interaction.name == "Interaction Retracted"
