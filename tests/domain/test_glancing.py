"""A glance at a customer says of every rule what the whole customer says, and reads no more than that takes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Scores, Unreadable
from shopkeeper.customer.glancing import glance
from shopkeeper.customer.standing import Standing
from shopkeeper.segment import rule
from shopkeeper.segment.evaluate import compile_all, compile_rule
from tests.interactions import identified, said
from tests.segment_asked import KINDS, asked
from tests.segment_lives import DAYS, customer, lives, ms
from tests.segment_worlds import customer_of

NOW = ms(DAYS[0])
CONTEXT = {"country": "FR", "zone": "America/New_York"}


def known():
    """Whatever rules about what is known ask for, some of it taken back."""
    where = {"city": "Bonn", "country": "DE", "location": {"lat": 50.7, "lon": 7.1}}
    told = [
        identified("user:jo", "m1", {"plan": "gold", "day": DAYS[0], **where}, at="2026-01-01T10:00:00.000Z"),
        identified(
            "user:jo", "m2", {"city": None, "email": "jo@x.example"}, at="2026-02-01T10:00:00.000Z", context=CONTEXT
        ),
        said("user:jo", "m3", name="Consent Changed", properties={"topic": "news", "is": "in"}),
        said("user:jo", "m4", name="List Entered", properties={"list": "vip"}),
    ]
    whole = customer_of(told)
    return replace(whole, document=replace(whole.document, scores=Scores(4, 2, 0, "2026-03-01")))


KNOWN = [
    {"op": "trait", "path": "plan", "cmp": "eq", "value": "gold"},
    {"op": "trait", "path": "city", "cmp": "exists"},
    {"op": "consent", "topic": "news", "is": "in"},
    {"op": "consent", "channel": "email", "is": "in"},
    {"op": "in_list", "id": "vip"},
    {"op": "place", "city": ["Bonn"]},
    {"op": "place", "country": ["DE"]},
    {"op": "place", "country": ["FR"]},
    {"op": "near", "lat": 50.7, "lon": 7.0, "km": 20},
    {"op": "rfm", "dim": "f", "cmp": "le", "value": 2},
    {"op": "reachable", "channel": "email"},
    {"op": "bucket", "salt": "s", "from_bp": 0, "to_bp": 5000},
    {"op": "date", "path": "day", "cmp": "on", "ref": {"today": {}}},
]
SEEN = [known(), Customer("c" * 32)]


@pytest.mark.parametrize("rules", [KNOWN, *(asked(op, NOW) for op in KINDS)], ids=["known", *KINDS])
def test_every_leaf_is_told_by_a_glance(rules):
    for each in rules:
        its = compile_rule(rule.read(each))
        for whole in SEEN:
            seen = its.reads.glance(document.store(whole))
            assert its.evaluate(seen, NOW) == its.evaluate(whole, NOW)


@settings(max_examples=25)
@given(lives(), st.sampled_from(KINDS))
def test_so_is_whatever_happened(life, op):
    whole = customer(life)
    its = compile_all({str(n): rule.read(each) for n, each in enumerate(asked(op, life.base))})
    seen = its.reads.glance(document.store(whole))
    assert its.evaluate(seen, life.base) == its.evaluate(whole, life.base)


def test_where_one_stands_is_always_seen():
    whole = replace(known(), version=3, due_at=NOW)
    whole = replace(whole, document=replace(whole.document, standing=Standing(2, (1, 7)), updated_at=NOW))
    seen = glance(set())(document.store(whole))
    assert (seen.customer_id, seen.version, seen.due_at) == (whole.customer_id, 3, NOW)
    assert (seen.document.standing, seen.document.updated_at) == (Standing(2, (1, 7)), NOW)
    assert (seen.document.merged_into, seen.measures, seen.registered) == ("", {}, {})
    assert not hasattr(seen.document, "traits")


def test_what_was_filed_by_older_code_is_read_as_a_whole():
    stored = document.store(known())
    older = glance({"traits"})(replace(stored, schema=3))
    assert older == document.load(stored)


@pytest.mark.parametrize("damage", [{"document": '{"traits":'}, {"measures": b"\x09"}, {"schema": 99}])
def test_what_cannot_be_read_is_told(damage):
    with pytest.raises(Unreadable):
        glance({"traits"})(replace(document.store(known()), **damage))
