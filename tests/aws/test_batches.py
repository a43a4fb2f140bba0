"""moto takes batches of any size, and never has no room: so a client that counts and refuses."""

import pytest

from shopkeeper.aws import batches


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
