"""Hits that wait for their verdict: kept once each, due with the first of them, and gone when nobody needs them."""

from datetime import timedelta

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.aws.hits import MOST, Hits
from shopkeeper.customer.unjudged import Hit
from shopkeeper.mail.verdicts import Overtaken
from tests import tables
from tests.outcome_oracle import NOW


def hit(number, minute=0):
    at = clock.to_text(NOW + timedelta(minutes=minute))
    return Hit(message_id=f"s/open/{number}", name="Email Opened", at=at, ip="203.0.113.9", agent="Mozilla/5.0")


def due(dynamodb):
    (item,) = dynamodb.scan(TableName="RecordsTable")["Items"]
    return (clock.from_text(item["due_at"]["S"]) - NOW) / timedelta(minutes=1)


@pytest.fixture
def dynamodb():
    with mock_aws():
        yield tables.create("RecordsTable")


@pytest.fixture
def hits(dynamodb):
    return Hits(dynamodb, "RecordsTable")


def test_no_text_stands_twice_in_a_set_that_is_written(hits, dynamodb):
    asked = []
    with tables.told(dynamodb, "provide-client-params.dynamodb.UpdateItem", lambda params, **_: asked.append(params)):
        hits.keep({"s": [hit(1), hit(1)]})

    (params,) = asked
    assert len(params["ExpressionAttributeValues"][":hits"]["SS"]) == 1


def test_hits_are_kept_once_and_due_ten_minutes_after_the_first_of_them(hits, dynamodb):
    assert [hits.keep({"s": [each]}) for each in (hit(1, 3), hit(2, 5), hit(1, 3))] == [[]] * 3
    assert due(dynamodb) == 13
    assert hits.keep({"s": [hit(3, 1), hit(4, 2), hit(3, 1)]}) == []

    assert due(dynamodb) == 11
    assert set(hits.load("s").hits) == {hit(1, 3), hit(2, 5), hit(3, 1), hit(4, 2)}


def test_only_what_was_read_is_written_over_or_dropped(hits, dynamodb):
    hits.keep({"s": [hit(1), hit(2)]})
    read = hits.load("s")
    hits.keep({"s": [hit(3)]})

    with pytest.raises(Overtaken):
        hits.put(read, NOW)
    with pytest.raises(Overtaken):
        hits.drop(read)
    read = hits.load("s")
    hits.put(read._replace(hits=(hit(1).judged("human"), hit(2))), NOW + timedelta(hours=1))
    assert due(dynamodb) == 60
    assert set(hits.load("s").hits) == {hit(1).judged("human"), hit(2)}
    hits.drop(hits.load("s"))
    assert hits.load("s") is None


def test_of_one_send_so_many_are_kept(hits):
    assert hits.keep({"s": [hit(number) for number in range(MOST)]}) == []

    assert hits.keep({"s": [hit("more")], "other": [hit(1)]}) == ["s"]
    assert len(hits.load("s").hits) == MOST
