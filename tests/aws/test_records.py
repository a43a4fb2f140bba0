"""Answers as the Records table keeps them."""

from datetime import UTC, datetime, timedelta

from moto import mock_aws

from shopkeeper.aws.records import Answers, Claim
from tests import tables

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


@mock_aws
def test_a_request_is_new_once_a_day():
    answers = Answers(tables.create("RecordsTable"), "RecordsTable")

    assert answers.claim("answer#u#k", "asked", NOW) == Claim("asked")
    answers.give("answer#u#k", "[201]")
    assert answers.claim("answer#u#k", "other", NOW + timedelta(hours=23)) == Claim("asked", "[201]")
    assert answers.claim("answer#u#k", "other", NOW + timedelta(hours=24)) == Claim("other")
