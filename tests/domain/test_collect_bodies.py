import gzip
import json

import pytest

from shopkeeper.customer.collect import bodies
from shopkeeper.customer.collect.bodies import TooLarge
from shopkeeper.customer.collect.json_items import Unreadable


def codes(body):
    return [item.flaw and item.flaw.code for item in body.items]


def batch_of(*sizes):
    """Items of exactly these sizes."""
    return ('{"batch": [%s]}' % ", ".join('"' + "x" * (size - 2) + '"' for size in sizes)).encode()  # noqa: UP031


def of_size(size):
    """An object of that size, made of texts that are not too long themselves."""
    texts = {str(n): "x" * 8000 for n in range((size - 20) // 8010)}
    room = size - len(json.dumps(texts | {"last": ""}))
    return json.dumps(texts | {"last": "x" * room})


def test_gzip_is_known_by_its_bytes_alone():
    raw = b'{"batch": [1], "writeKey": "k"}'
    assert bodies.read(gzip.compress(raw), batch=True) == bodies.read(raw, batch=True)


def test_a_batch_of_calls_that_are_much_alike_may_pack_a_hundredfold():
    raw = json.dumps({"batch": [{"event": "Tea Poured", "userId": "42"}] * 500}).encode()
    packed = gzip.compress(raw)
    assert len(packed) * 50 < len(raw)
    assert codes(bodies.read(packed, batch=True)) == [None] * 500


@pytest.mark.parametrize(
    "raw", [b" " * (1024 * 1024 + 1), gzip.compress(b" " * (1024 * 1024 + 1)), gzip.compress(b"0" * 10**8)]
)
def test_no_more_than_a_mebibyte_is_looked_at(raw):
    with pytest.raises(TooLarge):
        bodies.read(raw, batch=True)


@pytest.mark.parametrize(
    "spoil", [lambda z: z[:-4], lambda z: z[:20], lambda z: z + b"more", lambda z: z[:12] + b"\0\0\0" + z[15:]]
)
def test_gzip_that_is_not_whole_is_unreadable(spoil):
    with pytest.raises(Unreadable) as caught:
        bodies.read(spoil(gzip.compress(b'{"batch": [1, 2, 3]}')), batch=True)
    assert caught.value.code == "not_gzip"


@pytest.mark.parametrize("byte", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80"])
def test_bytes_that_are_no_utf8_spoil_the_item_they_stand_in(byte):
    body = bodies.read(b'{"batch": [{"a": 1}, {"a": "' + byte + b'"}, {"a": 2}]}', batch=True)
    assert codes(body) == [None, "not_unicode", None]


def test_a_byte_order_mark_is_overlooked():
    assert codes(bodies.read(b'\xef\xbb\xbf{"event": "x"}', batch=False)) == [None]


def test_an_item_may_have_32_kib():
    body = bodies.read(f'{{"batch": [{of_size(32768)}, {of_size(32769)}]}}'.encode(), batch=True)
    assert [item.size for item in body.items] == [32768, 32769]
    assert codes(body) == [None, "too_large"]
    assert codes(bodies.read(of_size(32769).encode(), batch=False)) == ["too_large"]


def test_items_beyond_500_kib_are_refused_and_the_others_kept():
    body = bodies.read(batch_of(*[8000] * 70), batch=True)
    assert codes(body) == [None] * 64 + ["batch_too_large"] * 6


def test_bad_items_take_no_room_from_good_ones():
    body = bodies.read(batch_of(900_000, *[8000] * 15), batch=True)
    assert codes(body) == ["text_too_long"] + [None] * 15


def test_the_largest_batch_an_sdk_builds_fits():
    """segment-analytics-python stops behind the item that reaches 475,000 bytes; an item may have 32 KiB."""
    items = [of_size(4750)] * 99 + [of_size(32768)]
    raw = ('{"batch": [%s], "sentAt": "x", "writeKey": "k"}' % ", ".join(items)).encode()  # noqa: UP031
    assert codes(bodies.read(raw, batch=True)) == [None] * 100


@pytest.mark.parametrize("batch", [True, False])
def test_the_write_key_is_found_even_beside_flaws(batch):
    raw = b'{"batch": [], "a": NaN, "writeKey": "k"}'
    assert bodies.read(raw, batch=batch).write_key == "k"
    assert bodies.read(raw.replace(b'"k"', b"7"), batch=batch).write_key == ""
