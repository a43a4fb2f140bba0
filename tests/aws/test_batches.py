"""moto takes batches of any size, and never has no room: so a client that counts and refuses."""

import time
from collections import Counter

import pytest

from shopkeeper.aws import batches
from shopkeeper.aws.clients import MOST_CONNECTIONS, Unavailable


class Busy:
    """Takes one item of each call, as long as there is patience; holds AWS to its own limits."""

    def __init__(self, refuses=0):
        self.refuses = refuses
        self.calls = []
        self.items = {}

    def batch_get_item(self, RequestItems):  # noqa: N803 - the parameter of boto3.
        ((table, asked),) = RequestItems.items()
        keys = asked["Keys"]
        assert 1 <= len(keys) <= 100
        assert asked["ConsistentRead"] is True
        assert len({str(key) for key in keys}) == len(keys)
        self.calls.append(len(keys))
        taken, left = self._split(keys)
        found = [{"key": key} for key in taken if key["n"] % 2]
        return {"Responses": {table: found}, "UnprocessedKeys": {table: {**asked, "Keys": left}} if left else {}}

    def batch_write_item(self, RequestItems):  # noqa: N803 - the parameter of boto3.
        ((table, writes),) = RequestItems.items()
        assert 1 <= len(writes) <= 25
        self.calls.append(len(writes))
        taken, left = self._split(writes)
        self.items |= {write["PutRequest"]["Item"]["n"]: write["PutRequest"]["Item"] for write in taken}
        return {"UnprocessedItems": {table: left} if left else {}}

    def _split(self, everything):
        if not self.refuses:
            return everything, []
        self.refuses -= 1
        return everything[:1], everything[1:]


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    monkeypatch.setattr(batches, "_FIRST_PAUSE", 0)


def keys(count):
    return [{"n": n} for n in range(count)]


def test_all_items_are_read_however_many_calls_that_takes():
    busy = Busy(refuses=2)

    found = list(batches.read_all(busy, "Table", keys(230)))

    assert sorted(item["key"]["n"] for item in found) == list(range(1, 230, 2))
    assert busy.calls == [100, 99, 98, 100, 30]


def test_a_read_without_keys_makes_no_call():
    busy = Busy()

    assert list(batches.read_all(busy, "Table", [])) == []
    assert busy.calls == []


def test_a_read_that_finds_no_room_says_so_rather_than_leaving_something_out():
    with pytest.raises(batches.Overloaded):
        list(batches.read_all(Busy(refuses=100), "Table", keys(50)))


def test_all_items_are_put_however_many_calls_that_takes():
    busy = Busy(refuses=2)

    assert batches.put_all(busy, "Table", keys(60)) == []
    assert sorted(busy.items) == list(range(60))


def test_items_that_were_not_taken_are_named():
    refused = batches.put_all(Busy(refuses=batches.TRIES), "Table", keys(30))

    assert [item["n"] for item in refused] == list(range(batches.TRIES, 25))


class Room:
    """Takes a call each of a number of times, then has no room for a while; and notes how many came at once."""

    def __init__(self, busy=(), fails=None):
        self.busy, self.fails = Counter(busy), fails
        self.taken, self.at_once, self.most_at_once = [], 0, 0

    def __call__(self, item):
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(0.001)
        self.at_once -= 1
        if item == self.fails:
            raise ValueError(item)
        if self.busy[item]:
            self.busy[item] -= 1
            raise Unavailable
        self.taken.append(item)


def test_calls_for_one_item_each_are_made_side_by_side_as_many_as_there_are_connections():
    room = Room()

    batches.side_by_side(room, range(230))

    assert sorted(room.taken) == list(range(230))
    assert 2 <= room.most_at_once <= MOST_CONNECTIONS


def test_what_there_was_no_room_for_is_tried_again_and_nothing_else_is():
    room = Room({3: 1, 117: batches.TRIES - 1})

    batches.side_by_side(room, range(150))

    assert sorted(room.taken) == list(range(150))


def test_a_table_without_room_is_given_up_after_a_few_tries():
    room = Room({7: batches.TRIES})

    with pytest.raises(batches.Overloaded):
        batches.side_by_side(room, range(10))
    assert 7 not in room.taken


def test_what_no_pause_heals_ends_the_calls_that_are_still_to_be_made():
    room = Room(fails=0)

    with pytest.raises(ValueError, match="0"):
        batches.side_by_side(room, range(300))
    assert len(room.taken) < batches.MOST_KEYS
