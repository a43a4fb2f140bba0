"""Names that were told, on moto: each is written once a day by a process, and knows who told it."""

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from shopkeeper.aws import names as aws_names
from shopkeeper.aws.names import MOST_ORIGINS, Names, Told
from shopkeeper.customer.names import EVENT, TRAIT, Name
from tests import tables


class Counting:
    def __init__(self, dynamodb):
        self.dynamodb, self.writes = dynamodb, 0

    def __getattr__(self, name):
        return getattr(self.dynamodb, name)

    def update_item(self, **request):
        self.writes += 1
        return self.dynamodb.update_item(**request)


@pytest.fixture
def dynamodb():
    with mock_aws():
        yield Counting(tables.create("DefinitionsTable"))


def names(dynamodb):
    return Names(dynamodb, "DefinitionsTable")


def event(name="Shoe Tied", origin="web", on="2026-03-01"):
    return Name(EVENT, name, origin, on)


def test_a_name_knows_who_told_it_when_first_and_when_last(dynamodb):
    for name in (event(), event(origin="crm", on="2026-03-02"), event(on="2026-03-04")):
        names(dynamodb).note(name)
    told = Told("Shoe Tied", frozenset({"web", "crm"}), "2026-03-01", "2026-03-04")
    assert names(dynamodb).page(EVENT, 10) == ([told], "")


def test_a_process_writes_a_name_once_a_day_for_each_origin(dynamodb):
    kept = names(dynamodb)
    for name in (event(), event(), event(origin="crm"), event(on="2026-03-02"), event()):
        kept.note(name)
    assert dynamodb.writes == 3


def test_names_come_in_pages_each_kind_for_itself(dynamodb):
    kept = names(dynamodb)
    for name in ("c", "a", "b"):
        kept.note(event(name))
    kept.note(Name(TRAIT, "a", "web", "2026-03-01"))
    first, last = kept.page(EVENT, 2)
    rest, end = kept.page(EVENT, 2, last)
    assert [told.name for told in first + rest] == ["a", "b", "c"]
    assert end == ""


def test_a_name_that_everybody_tells_keeps_a_few_origins_and_goes_on(dynamodb):
    kept = names(dynamodb)
    for number in range(MOST_ORIGINS + 2):
        kept.note(event(origin=f"key {number}"))
    kept.note(event(origin="key 0", on="2026-03-09"))
    (told,), _ = kept.page(EVENT, 10)
    assert (len(told.origins), told.last_on) == (MOST_ORIGINS, "2026-03-09")


def test_an_origin_adds_so_many_names_of_a_kind_and_no_more(dynamodb, monkeypatch):
    monkeypatch.setattr(aws_names, "MOST_ADDED", 2)
    for name in ("a", "a", "b", "c"):
        names(dynamodb).note(event(name))  # Each by a process of its own: what one remembers bounds nothing.
    names(dynamodb).note(event("a", on="2026-03-05"))
    names(dynamodb).note(Name(TRAIT, "a", "web", "2026-03-01"))
    names(dynamodb).note(event("c", origin="crm"))

    told, _ = names(dynamodb).page(EVENT, 10)
    assert [(each.name, each.origins, each.last_on) for each in told] == [
        ("a", {"web"}, "2026-03-05"),
        ("b", {"web"}, "2026-03-01"),
        ("c", {"crm"}, "2026-03-01"),
    ]
    assert [each.name for each in names(dynamodb).page(TRAIT, 10)[0]] == ["a"]


def test_who_tells_what_enough_others_have_told_adds_nothing(dynamodb, monkeypatch):
    monkeypatch.setattr(aws_names, "MOST_ADDED", 1)
    for number in range(MOST_ORIGINS + 1):
        names(dynamodb).note(event(origin=f"key {number}"))
    names(dynamodb).note(event("Hat Tried", origin=f"key {MOST_ORIGINS}"))
    assert [each.name for each in names(dynamodb).page(EVENT, 10)[0]] == ["Hat Tried", "Shoe Tied"]


def test_what_was_added_beside_another_one_is_noted_when_it_is_told_again(dynamodb):
    class Beset(Counting):
        def transact_write_items(self, **request):
            reasons = [{"Code": "None"}, {"Code": "TransactionConflict"}]
            said = {"Error": {"Code": "TransactionCanceledException"}, "CancellationReasons": reasons}
            raise ClientError(said, "TransactWriteItems")

    kept = names(Beset(dynamodb))
    kept.note(event())
    kept._dynamodb = dynamodb
    kept.note(event())
    assert [each.name for each in kept.page(EVENT, 10)[0]] == ["Shoe Tied"]
