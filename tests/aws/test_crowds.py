"""Who follows links at one address in the same second: told of each other, and forgotten when nobody asks any more."""

from datetime import timedelta

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.aws.crowds import KEPT, Crowds
from shopkeeper.clock import Clock
from shopkeeper.customer.unjudged import CLICKED, Hit
from tests import tables
from tests.outcome_oracle import NOW


def click(after, ip="203.0.113.9", name=CLICKED):
    at = clock.to_text(NOW + timedelta(seconds=after))
    return Hit(message_id=f"s/click/{after}", name=name, at=at, link=1, ip=ip)


@pytest.fixture
def dynamodb():
    with mock_aws():
        yield tables.create("RecordsTable")


def crowds(dynamodb, now=NOW):
    return Crowds(dynamodb, "RecordsTable", Clock(now.timestamp))


def test_only_others_at_the_same_address_within_a_second_make_a_crowd(dynamodb):
    seen = crowds(dynamodb)
    own, elsewhere, opened = click(0.2), click(0.2, ip="203.0.113.10"), click(0.2, name="Email Opened")
    seen.join({"s": [own, click(0.3)]})
    for who, each in [("a", click(1.2)), ("b", click(-0.8)), ("c", click(1.3)), ("d", elsewhere), ("e", opened)]:
        for _ in range(2):
            seen.join({who: [each]})

    assert seen.others("s", own) == 2
    assert seen.others("d", elsewhere) == 0
    assert seen.others("s", own.judged("human")) == 0


def test_it_is_gone_when_no_verdict_can_need_it_and_names_no_address(dynamodb):
    crowds(dynamodb).join({"s": [click(0)]})
    (item,) = dynamodb.scan(TableName="RecordsTable")["Items"]
    assert "203.0.113.9" not in str(item)
    name = item["record"]["S"].partition("#")[2]

    for late in (timedelta(milliseconds=-1), timedelta(0)):
        crowds(dynamodb, NOW + KEPT + late).visit(name)
        assert dynamodb.scan(TableName="RecordsTable")["Count"] == (late < timedelta(0))
    crowds(dynamodb).visit(name)
