"""A look at a rule: of all customers where there is time, else of slices that stand for all."""

import hashlib
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document, Stored
from shopkeeper.segment import estimates, preview, rule, sampling
from shopkeeper.segment.explaining import Explainer
from tests.explained_people import BERLIN, DAYS_90, NOW, customer
from tests.rules import count, trait

SIZE = 700
PER_PAGE = 10
BLANK = document.store(Customer("c", 1))


class Table:
    """Customers `c0` to the last, spread over slices by a hash; a page of it holds a few."""

    def __init__(self, size, per_page=PER_PAGE):
        self.ids, self.per_page, self.pages = [f"c{n}" for n in range(size)], per_page, 0

    def page(self, segment, segments, after="", *, is_consistent):
        assert not is_consistent
        self.pages += 1
        of = [each for each in self.ids if hashed(each) % segments == segment]
        start = of.index(after) + 1 if after else 0
        found = of[start : start + self.per_page]
        return [replace(BLANK, customer_id=each) for each in found], found[-1] if of[start + self.per_page :] else ""


def hashed(customer_id):
    return int.from_bytes(hashlib.sha256(customer_id.encode()).digest()[:8], "big")


class Names:
    def __init__(self):
        self.names = []

    def take(self, stored):
        self.names.append(stored.customer_id)


def looked(table, spent=lambda: False, seed="x"):
    return sampling.look(table, Names, Random(seed), spent)


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 80])
def test_a_small_table_is_read_at_once_and_as_a_whole(size):
    table = Table(size)
    names, share = looked(table)

    assert (share.is_all, share.fraction) == (True, 1.0)
    assert names.names == table.ids
    assert table.pages == max(1, -(-size // PER_PAGE))


def test_a_larger_one_is_cut_finer_and_read_as_a_whole_if_there_is_time():
    table = Table(300)
    names, share = looked(table)

    assert (sorted(names.names), share) == (sorted(table.ids), (32, 32))


@pytest.mark.parametrize("seed", range(5))
def test_where_time_is_up_a_few_slices_stand_for_all_and_nobody_is_in_two(seed):
    table = Table(SIZE)
    names, share = looked(table, spent=lambda: table.pages > 120, seed=seed)

    assert share.slices == 1_024
    assert 0 < share.looked_at < 120
    assert len(names.names) == len(set(names.names))
    assert len(names.names) < SIZE / 5


def test_slices_are_drawn_by_chance():
    first, second = (looked(Table(SIZE), spent=lambda: True, seed=seed)[0].names for seed in (1, 2))

    assert first != second


def test_what_is_estimated_is_right_on_average_and_95_of_100_intervals_hold_it():
    draw, fraction, truth = Random(7), 0.1, 400
    found = [sum(draw.random() < fraction for _ in range(truth)) for _ in range(600)]
    told = [estimates.of_all(each, fraction) for each in found]

    assert abs(sum(each.about for each in told) / len(told) - truth) < 10
    assert 0.94 <= sum(each.low <= truth <= each.high for each in told) / len(told) <= 0.98


@given(st.integers(0, 10**6), st.floats(0.0001, 1))
def test_an_interval_holds_what_was_seen(found, fraction):
    told = estimates.of_all(found, fraction)

    assert found <= told.low <= told.about <= told.high
    assert fraction < 1 or told == (found, found, found)


def test_of_none_found_there_may_be_some():
    assert estimates.of_all(0, 0.01) == (0, 0, 365)


class Of:
    """A table of a few customers in one page."""

    def __init__(self, *stored):
        self.stored = list(stored)

    def page(self, segment, segments, after="", *, is_consistent):
        return self.stored, ""


def stored(who, customer_id, **about) -> Stored:
    return replace(document.store(replace(customer(who), customer_id=customer_id)), **about)


def previewed(said_rule, *stored_):
    explainer = Explainer(rule.read(said_rule), lambda _: None, BERLIN)
    return preview.look(Of(*stored_), explainer, NOW, Random(1), lambda: False)


def test_who_turns_within_a_month_is_woken_and_paid_for():
    """Ann, on 3 December. Bo never does."""
    price = previewed(count(3) | {"window": DAYS_90}, stored("ann", "a"), stored("bo", "b")).price
    document_units = -(-(stored("ann", "a").size + 120) // 1_024)

    assert (price["month"]["wakes"], price["month"]["changes"]) == (1, 1)
    assert price["month"]["write_units"] == (document_units + 2) + (1 + 2)
    assert price["month"]["read_units"] == 1
    assert price["build"]["write_units"] == document_units + 1 + 2
    later = previewed(count(3) | {"window": {"days": {"n": 180}}}, stored("ann", "a")).price
    assert (later["month"]["wakes"], later["month"]["dollars"]) == (0, "0.000000")


def test_who_is_looked_at_earlier_anyway_need_not_be_written_for_it():
    asked = {"op": "profile_age", "cmp": "ge", "span": {"seconds": 30 * 86_400}}
    late, early = (
        previewed(asked, stored("bo", "b", due_at=due_at)).price["build"]["write_units"]
        for due_at in ("2026-12-30T00:00:00.000Z", "2026-12-01T00:00:00.000Z")
    )

    assert (late, early) == (1 + 2, 0)


def test_who_was_merged_away_is_read_and_is_nobody():
    gone = document.store(Customer("gone", 1, Document(merged_into="a")))
    looked_ = previewed(trait("city", "ne", "x"), stored("ann", "a"), gone)

    assert (looked_.size["about"], looked_.size["customers"]) == (1, 1)
    assert [each.customer_id for each in looked_.sample] == ["a"]
    assert looked_.price["build"]["read_units"] >= 0


def test_everybody_found_is_shown_with_the_same_chance():
    everybody = [stored("bo", f"c{n}") for n in range(60)]
    explainer, shown = Explainer(rule.read(trait("city", "ne", "x")), lambda _: None, BERLIN), []
    for seed in range(90):
        found = preview.look(Of(*everybody), explainer, NOW, Random(seed), lambda: False).sample
        assert len({each.customer_id for each in found}) == 20
        shown += [each.customer_id for each in found]

    assert all(10 <= shown.count(f"c{n}") <= 50 for n in range(60))
