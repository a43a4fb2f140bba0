"""Whom a pass acquits on the word of columns is right, and who is ordinary and right is acquitted."""

from collections import Counter
from random import Random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shopkeeper.customer import document
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.segment import placing, standing
from shopkeeper.segment.columnar.screening import Screen
from tests.interactions import identified, said
from tests.rules import count, lately
from tests.segment_screens import GONE, later, screened
from tests.segment_worlds import customer_of
from tests.standing_world import edition_of

SEEDS = st.integers(0, 2**40)
DAY = 86_400_000
# What is drawn is where chance begins: nothing is to be gained by smaller numbers.
SEARCH = settings(phases=[Phase.explicit, Phase.generate])


def found(its, now):
    """Of each that can be asked: what kind of customer it is, where it belongs and whether that is so, where rules
    alone want it, and what the screen says."""
    plain = Screen()(its.current, its.page, now)
    assert len(plain) == len(its.page)
    for kind, fate, stored, slots in zip(its.kinds, its.fates, its.page, plain, strict=True):
        try:
            customer = its.current.glance(stored)
            yield kind, fate, customer, placing.right(its.current, customer, now), slots
        except Exception:
            assert slots is None or kind == "odd"


def check(seed):
    """Who is plain is right; who is ordinary and right is plain, but of whom something is not told yet and would hold
    of nobody, and who waits for years: a page is asked of no instants at once that are far apart."""
    its = screened(seed)
    for now in later(its, Random(seed)):
        for kind, _, customer, (slots, is_right), plain in found(its, now):
            assert plain is None or (is_right and plain == slots and not customer.document.merged_into)
            if kind in ("ordinary", "nobody"):
                wanted = its.current.slots(customer, now)[0]
                waits_for_years = customer.due_at > now + 366 * DAY
                assert plain == (slots if is_right and wanted == slots else None) or (plain is None and waits_for_years)


@SEARCH
@given(SEEDS)
def test_who_is_plain_is_right_and_who_is_ordinary_and_right_is_plain(seed):
    check(seed)


def test_who_was_just_written_is_plain_however_it_was_written():
    """Among them are all of whom that is not plain at once."""
    seen = Counter()
    for seed in range(120):
        its = screened(seed)
        for kind, fate, customer, (slots, is_right), plain in found(its, its.now):
            if fate != "as written" or kind not in ("ordinary", "nobody") or not customer.document.standing:
                continue
            seen.update(marks(its, customer))
            untold = standing.untold(its.current, customer)
            assert is_right
            assert plain == slots or untold & (set(its.current.slots(customer, its.now)[0]) ^ set(slots))
    assert seen.keys() >= {*MARKS}


MARKS = ["spread", "for ever", "prompt", "untold", "gone", "nowhere", "never"]


def marks(its, customer):
    _, flips_at = its.current.slots(customer, its.now)
    if not its.current.edition.slots:
        yield "nowhere"
    if flips_at is None:
        yield "never"
    elif flips_at >= standing.LATEST:
        yield "for ever"
    elif customer.due_at > standing.up(flips_at):
        latest = standing.latest_due(its.current, customer.customer_id, flips_at)
        yield "spread" if customer.due_at == latest else "before its turn"
    if any(each.prompt for each in its.current.edition.slots):
        yield "prompt"
    if standing.untold(its.current, customer):
        yield "untold"
    if GONE in customer.document.standing.slots:
        yield "gone"


def test_a_screen_asks_each_edition_by_its_own_rules():
    screen = Screen()
    for seed in (1, 2, 3, 1):
        its = screened(seed)
        assert screen(its.current, its.page, its.now) == Screen()(its.current, its.page, its.now)
        assert screen(its.current, [], its.now) == []


def test_whom_nobody_can_read_is_not_plain():
    its = screened(1)
    kept = [each for each in its.page if each.schema == document.SCHEMA]
    cut = [document.Stored(each.customer_id, 1, each.document[:-1], each.measures, "[]") for each in kept]
    assert Screen()(its.current, cut, its.now) == [None] * len(cut)


def looked(current, customer_id, now, **traits):
    told = [said("user:jo", "m1", name="Looked", at=from_ms(now)), identified("user:jo", "m2", traits)]
    before = replace(customer_of(told), customer_id=customer_id)
    return standing.stood(current, before, before, now, "recompute")


def test_nobody_is_awaited_later_than_something_else_changes():
    """At midnight, and an hour later."""
    today = count(1, event="Looked") | {"window": {"days": {"n": 1}}}
    current = edition_of({"today": today, "lately": lately(1, 15 * 3600, event="Looked")})
    now, one = to_ms("2026-03-01T10:00:00.000Z"), to_ms("2026-03-02T01:00:00.000Z")
    page = [looked(current, f"{place:032x}", now) for place in range(40)]
    last = [each for each in page if each.due_at == one]
    late = [document.store(replace(each, due_at=one + 1000)) for each in last]

    assert max(each.due_at for each in page) == one
    assert 0 < len(last) < len(page)
    assert Screen()(current, [*map(document.store, page)], now) == [(1, 2)] * len(page)
    assert Screen()(current, late, now) == [None] * len(late)


def test_who_waits_for_a_day_in_thousands_of_years_holds_up_nobody():
    on = {"op": "date", "path": "day", "cmp": "on", "ref": {"today": {}}}
    current = edition_of({"on": on, "today": count(1, event="Looked") | {"window": {"days": {"n": 1}}}})
    now = to_ms("2026-03-01T10:00:00.000Z")
    page = [looked(current, f"{place:032x}", now, day=day) for place, day in enumerate(["9990-05-01", "2026-03-02"])]
    page.append(looked(current, "f" * 32, now - 9 * DAY, day="9990-05-01"))

    found = Screen()(current, [document.store(each) for each in page], now)
    assert found[:2] == [(2,), (2,)]
    assert found[2] in (None, ())
