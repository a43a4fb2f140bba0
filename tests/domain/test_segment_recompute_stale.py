"""A page may show customers as they were a moment ago: what is written and told of them is as they are."""

import pytest

from shopkeeper.segment import scanning
from tests.domain.test_segment_recompute import planted, shop_of
from tests.mutants import swapped_into
from tests.recompute_fakes import BUYERS, REGULARS


def asked_for(shop):
    shop.planner.ask("request")
    shop.build()
    return shop.last.found


def seen_late(shop, customer_id, slots):
    """Pages still show the customer wrong, which somebody has mended."""
    held = shop.tables.customers[customer_id]
    planted(shop, customer_id, slots)
    shop.stale[customer_id] = shop.tables.customers[customer_id]
    shop.tables.customers[customer_id] = held


@pytest.fixture
def shop():
    shop = shop_of(20)
    shop.publish(buyers=BUYERS)
    shop.build()
    return shop


def who_looks_wrong(shop):
    seen_late(shop, "c01", ())
    seen_late(shop, "c03", (1,))
    before = dict(shop.tables.customers)
    found = asked_for(shop)
    assert (found.differences, found.changed, found.examples, shop.told) == (0, 0, (), [])
    assert shop.tables.customers == before
    assert not shop.news()
    assert found.sizes == {"1": 13}


def test_who_only_looks_wrong_is_no_evidence_and_is_not_written(shop):
    who_looks_wrong(shop)


def test_a_page_that_is_believed_shows(shop):
    right = "self._differences(run, current, suspected) if suspected else []"
    wrong = "[found for each in asked if each.customer_id in wrong for found in _differences(current, each, now_ms)]"
    with swapped_into(scanning, right, wrong), pytest.raises(AssertionError):
        who_looks_wrong(shop)


def test_evidence_shows_the_customer_as_read_consistently(shop):
    planted(shop, "c01", ())
    shop.stale["c01"] = shop.tables.customers["c01"]
    shop.order("c01", 0)
    planted(shop, "c01", ())
    (example,) = asked_for(shop).examples
    assert int(example["version"]) == shop.stale["c01"].version + 1
    assert shop.inside("buyers") == shop.belong("buyers")


def test_nobody_comes_into_what_is_built_by_what_they_were(shop):
    shop.stale = dict(shop.tables.customers)
    for customer_id in ("c01", "c04"):
        shop.order(customer_id, 1)
    shop.publish(regulars=REGULARS)
    shop.build()
    assert shop.inside("buyers") == shop.belong("buyers")
    assert {"c02", "c05"} <= shop.inside("regulars") <= shop.belong("regulars")
