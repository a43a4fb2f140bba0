"""A pass over all customers takes the word of columns for who is right, and notices where it cannot."""

from dataclasses import asdict

import pytest
from msgspec.structs import replace

from shopkeeper.segment import placing, scanning
from shopkeeper.segment.columnar.screening import Screen
from tests.domain.test_segment_recompute import planted, shop_of
from tests.recompute_fakes import BUYERS, LATELY, REGULARS
from tests.rules import negated

PAGES = 8
"""Of twenty customers; each slice is one."""


class Lying:
    """Says of some on a page that they plainly stand where they do not."""

    def __init__(self, lie):
        self.true, self.lie, self.told = Screen(), lie, 0

    def __call__(self, current, page, now_ms):
        plain = self.true(current, page, now_ms)
        lied = self.lie(plain)
        self.told += lied != plain
        return lied


def failing(current, page, now_ms):
    raise RecursionError


def nobody(current, page, now_ms):
    return [None] * len(page)


def of_whoever_is_plain(plain):
    return [slots and (*slots, 77) for slots in plain]


def of_everybody(plain):
    """Whoever stands wrong is said to be right."""
    return [(*(slots or (1, 2, 3)), 77) for slots in plain]


def asked_by(plain, spoil=lambda shop: None):
    shop = shop_of(20, page=9)
    shop.publish(buyers=BUYERS, lately=LATELY, others=negated(REGULARS))
    shop.build()
    spoil(shop)
    if plain:
        shop.scanner._plain = plain
    shop.planner.ask("request")
    shop.build()
    return shop


def outcome(shop):
    return asdict(shop.last.found), shop.told, shop.inside("buyers"), shop.inside("others"), shop.tables.customers


def spoilt(shop):
    """One stands where it should not, one does not stand where it should, and one has no turn any more."""
    planted(shop, "c02", ())
    planted(shop, "c08", (1, 2, 3))
    kept = shop.tables.customers["c11"]
    shop.tables.customers["c11"] = replace(kept, due_at="")


@pytest.mark.parametrize("spoil", [lambda shop: None, spoilt], ids=["all are right", "some are wrong"])
def test_a_pass_is_the_same_with_and_without_columns(spoil):
    by_columns, alone = asked_by(None, spoil), asked_by(nobody, spoil)

    assert outcome(by_columns) == outcome(alone)
    assert by_columns.mistaken == alone.mistaken == []


def test_hardly_anybody_takes_a_closer_look(monkeypatch):
    shop, looks = asked_by(None), []
    closely = scanning.Scanner._closely
    monkeypatch.setattr(scanning.Scanner, "_closely", lambda *its: looks.append(its) or closely(*its))
    shop.planner.ask("request")
    shop.build()

    assert (len(looks), shop.last.found.customers) == (PAGES, 20)


@pytest.mark.parametrize("lie", [of_whoever_is_plain, of_everybody])
def test_a_lie_about_the_one_that_is_drawn_of_a_page_is_told_and_nobody_of_the_page_is_believed(lie):
    lying = Lying(lie)
    shop = asked_by(lying, spoilt)

    assert outcome(shop) == outcome(asked_by(nobody, spoilt))
    assert lying.told == len(shop.mistaken) == len({id_ for _, id_, _ in shop.mistaken}) == PAGES
    assert all(slots.endswith("77)") for _, _, slots in shop.mistaken)


def test_each_run_draws_another_one_of_the_same_page():
    shop = asked_by(Lying(of_whoever_is_plain))
    for _ in range(4):
        shop.planner.ask("request")
        shop.build()

    assert len({id_ for _, id_, _ in shop.mistaken}) > PAGES


def test_one_of_whom_nothing_can_be_told_is_no_mistake_of_columns(monkeypatch):
    shop = asked_by(None)
    monkeypatch.setattr(placing, "right", lambda *_: 1 / 0)
    shop.planner.ask("request")
    shop.build()

    assert shop.mistaken == []
    assert {reason for _, _, reason in shop.unasked} == {"ZeroDivisionError"}
    assert (shop.last.found.customers, shop.last.found.unreadable) == (20 - PAGES, PAGES)


def test_where_columns_break_down_everybody_is_looked_at_and_it_is_told():
    shop = asked_by(failing, spoilt)

    assert outcome(shop) == outcome(asked_by(nobody, spoilt))
    assert [(id_, problem) for _, id_, problem in shop.mistaken] == [("", "RecursionError")] * PAGES
