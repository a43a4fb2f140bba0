"""What the walks of a night keep, on moto."""

import pytest
from moto import mock_aws

from shopkeeper.aws.dictionaries import Dictionaries
from shopkeeper.aws.thresholds import RfmThresholds
from shopkeeper.customer.fields import Dictionary, Field
from shopkeeper.customer.rfm import Thresholds
from tests import tables


@pytest.fixture
def dynamodb():
    with mock_aws():
        yield tables.create("DefinitionsTable")


def test_the_field_dictionary_is_the_one_that_was_counted_last(dynamodb):
    kept = Dictionaries(dynamodb, "DefinitionsTable")
    assert kept.load() == Dictionary()
    for day in ("2026-03-01", "2026-03-02"):
        kept.keep(Dictionary(3, day, {"city": Field(2, ("Ulm", 7, [True])), "größe": Field(1, ())}))
    found = {"city": Field(2, ("Ulm", 7, [True])), "größe": Field(1, ())}
    assert kept.load() == Dictionary(3, "2026-03-02", found)


def test_thresholds_are_kept_by_day(dynamodb):
    one, other = (Thresholds(f"2026-03-0{n}", "USD", (1, 2, 3, 4), (1, 1, 2, n), (0, 5, 9, 12)) for n in (1, 2))
    for each in (one, other):
        RfmThresholds(dynamodb, "DefinitionsTable").keep(each)
    kept = RfmThresholds(dynamodb, "DefinitionsTable")
    assert [kept.load(day) for day in (one.day, other.day, one.day, "2026-03-03")] == [one, other, one, None]
