"""The view of who is in what: the latest write counts, those who left are not listed, and pages miss nobody."""

from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from shopkeeper.aws import members
from shopkeeper.aws.members import KEPT, Count, Members
from shopkeeper.clock import Clock
from shopkeeper.customer.lists import list_group
from shopkeeper.customer.members import Member, Move, Place
from tests import tables

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SINCE, LATER = "2026-03-01T09:00:00.000Z", "2026-03-02T09:00:00.000Z"
VIP = "segment:vip@3"


@pytest.fixture
def dynamodb():
    with mock_aws():
        yield tables.create("MembersTable")


@pytest.fixture
def view(dynamodb):
    return Members(dynamodb, "MembersTable", Clock(NOON.timestamp))


def enter(view, *names, version=1, group=VIP):
    view.move([Move(group, name, version, True, SINCE) for name in names])


def leave(view, name, version=2, group=VIP):
    view.move([Move(group, name, version, False, LATER)])


def listed(view, group=VIP, limit=3):
    """Page by page."""
    found, place = [], Place()
    while place:
        page, place = view.page(group, limit, place)
        assert len(page) <= limit
        found += page
    return found


def test_who_enters_is_listed_with_the_instant_since_when(view):
    enter(view, "jo")

    assert view.page(VIP, 10) == ([Member("jo", SINCE)], None)
    assert view.count(VIP) == Count(1, is_all=True)


def test_a_group_is_its_slot_and_its_kind(view):
    enter(view, "jo")
    enter(view, "al", group=list_group("vip@3"))

    assert [each.customer_id for each in listed(view)] == ["jo"]
    assert listed(view, "segment:vip@4") == []
    assert [each.customer_id for each in listed(view, list_group("vip@3"))] == ["al"]


def test_pages_of_any_size_list_everybody_once(view):
    names = {f"c{n}" for n in range(40)}
    enter(view, *names)
    for name in ("c3", "c7", "c30"):
        leave(view, name)

    for limit in (1, 7, 500):
        found = [each.customer_id for each in listed(view, limit=limit)]
        assert sorted(found) == sorted(names - {"c3", "c7", "c30"})
    assert view.count(VIP).members == 37


def test_who_has_left_takes_no_place_on_a_page(view):
    names = [f"c{n:02}" for n in range(60)]
    enter(view, *names)
    for name in names[:-3]:
        leave(view, name)

    page, _ = view.page(VIP, 3)

    assert sorted(each.customer_id for each in page) == names[-3:]


def test_what_an_older_write_says_is_told_too_late(view):
    enter(view, "jo", version=5)
    leave(view, "jo", version=4)
    assert listed(view) == [Member("jo", SINCE)]

    leave(view, "jo", version=6)
    enter(view, "jo", version=5)
    assert listed(view) == []

    enter(view, "jo", version=7)
    assert listed(view) == [Member("jo", SINCE)]


def test_a_write_that_is_told_again_changes_nothing(view, dynamodb):
    enter(view, "jo")
    before = dynamodb.scan(TableName="MembersTable")["Items"]

    view.move([Move(VIP, "jo", 1, False, LATER)])

    assert dynamodb.scan(TableName="MembersTable")["Items"] == before


def test_who_was_never_told_of_is_put_in_and_the_others_stay_as_they_are(view):
    enter(view, "jo", version=2)
    enter(view, "al", version=2)
    leave(view, "al", version=4)
    leave(view, "bo", version=3)

    view.enter([Move(VIP, name, 3, True, LATER) for name in ("jo", "al", "bo", "cy")])
    assert sorted(listed(view)) == [("cy", LATER), ("jo", SINCE)]

    view.enter([Move(VIP, "al", 5, True, LATER)])
    assert sorted(listed(view)) == [("al", LATER), ("cy", LATER), ("jo", SINCE)]


def test_the_mark_of_who_left_goes_by_itself_and_a_member_stays(view, dynamodb):
    enter(view, "jo", "al")
    leave(view, "jo")

    kept = {
        item["customer_id"]["S"]: item.get("expires_at") for item in dynamodb.scan(TableName="MembersTable")["Items"]
    }

    assert kept == {"al": None, "jo": {"N": str(int((NOON + KEPT).timestamp()))}}
    assert timedelta(days=28) < KEPT  # What is untold waits two weeks, and two more in a dead-letter queue.


def test_of_a_customer_it_is_known_since_when_they_are_in_what(view):
    enter(view, "jo")
    enter(view, "jo", group=list_group("staff"))
    leave(view, "jo", group=list_group("staff"))
    groups = [VIP, list_group("staff"), list_group("nobody")]

    assert view.since("jo", groups) == {VIP: SINCE}
    assert view.since("jo", []) == {}


def test_many_are_counted_as_far_as_it_goes(view, monkeypatch):
    monkeypatch.setattr(members, "MOST_COUNTED", 1)
    enter(view, *(f"c{n}" for n in range(60)))
    ask = view._ask
    monkeypatch.setattr(view, "_ask", lambda *said, **more: ask(*said, **more, Limit=2))

    assert view.count(VIP) == Count(16, is_all=False)
