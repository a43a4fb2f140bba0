"""What is left of a slot that is no more goes, and nothing else."""

import pytest
from moto import mock_aws

from shopkeeper.aws import former_members
from shopkeeper.aws.former_members import FormerMembers
from tests import tables


@pytest.fixture
def dynamodb():
    with mock_aws():
        yield tables.create("MembersTable")


def put(dynamodb, part, *customers):
    for each in customers:
        dynamodb.put_item(TableName="MembersTable", Item={"part": {"S": part}, "customer_id": {"S": each}})


def left(dynamodb):
    items = dynamodb.scan(TableName="MembersTable")["Items"]
    return {(each["part"]["S"], each["customer_id"]["S"]) for each in items}


def test_all_of_one_group_goes(dynamodb):
    put(dynamodb, "segment:vip@1#0", *(f"c{n}" for n in range(60)))
    put(dynamodb, "segment:vip@1#7", "c1")
    put(dynamodb, "segment:vip@12#0", "c1")
    assert FormerMembers(dynamodb, "MembersTable").clear("segment:vip@1", lambda: True)
    assert left(dynamodb) == {("segment:vip@12#0", "c1")}


def test_what_there_is_no_time_for_is_left_for_the_next_time(dynamodb, monkeypatch):
    monkeypatch.setattr(former_members, "_PAGE", 2)
    put(dynamodb, "segment:vip@1#0", "c1", "c2", "c3")
    former = FormerMembers(dynamodb, "MembersTable")
    assert not former.clear("segment:vip@1", lambda: False)
    assert len(left(dynamodb)) == 1
    former.clear("segment:vip@1", lambda: False)
    assert former.clear("segment:vip@1", lambda: False)
    assert left(dynamodb) == set()
