"""What is remembered between two hits, for how long, and what happens while it cannot be read again."""

import json
from datetime import timedelta

import pytest

from shopkeeper.aws.remembered import Remembered, UnreadableError
from shopkeeper.tokens import PERSONAL, Kind, read
from shopkeeper.track import hits
from shopkeeper.track.links import UnknownLinkError, UnreachableError
from tests.track_fakes import (
    CONTENT,
    NOON,
    OTHER_ROOT,
    RING,
    ROOT,
    SEND,
    TABLE,
    FakeAws,
    Hands,
    adapters,
    request,
    token,
)

MINUTE = 60
HOUR = 60 * MINUTE


@pytest.fixture
def aws():
    return FakeAws(destinations={"0": "https://shop.example/basket/jo"})


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def made(aws, hands):
    return {name: factory() for name, factory in adapters(aws, hands).items()}


def test_the_key_ring_is_read_once_in_five_minutes(aws, hands, made):
    made["key_ring"].get(hands.now())
    hands.seconds += 5 * MINUTE - 1
    made["key_ring"].get(hands.now())
    assert aws.count("GetSecretValue") == 1

    aws.secret = {"mint": "2", "1": ROOT, "2": OTHER_ROOT}
    hands.seconds += 1
    assert made["key_ring"].get(hands.now()).mint == 2
    assert aws.count("GetSecretValue") == 2


@pytest.mark.parametrize("trouble", [{"mint": "1"}, [], {"1": "short"}, "down"])
def test_an_old_key_ring_serves_for_a_day_while_no_new_one_can_be_read(aws, hands, made, trouble, capsys):
    made["key_ring"].get(hands.now())
    if trouble == "down":
        aws.down.add("GetSecretValue")
    else:
        aws.secret = trouble

    hands.seconds += 24 * HOUR - 1
    assert made["key_ring"].get(hands.now()).mint == 1
    hands.seconds += 1
    assert made["key_ring"].get(hands.now()) is None
    logged = capsys.readouterr().out
    assert json.loads(logged.splitlines()[0])["message"] == "KEY_RING_UNREADABLE"
    assert ROOT not in logged


def test_a_key_ring_that_comes_back_is_taken_up_within_15_seconds(aws, hands, made):
    aws.down.add("GetSecretValue")
    assert made["key_ring"].get(hands.now()) is None
    aws.down.clear()
    assert made["key_ring"].get(hands.now()) is None, "each customer would wait for the same time-out"
    hands.seconds += 15
    assert made["key_ring"].get(hands.now()).mint == 1


def test_a_link_table_is_read_once_a_minute(aws, hands, made):
    for _ in range(50):
        made["links"].table(CONTENT.hex(), hands.now())
    assert aws.count("GetItem") == 1

    aws.table = TABLE | {"links": json.dumps([{"url": "https://evil.example", "blocked": True}])}
    hands.seconds += 60
    assert made["links"].table(CONTENT.hex(), hands.now()).links[0].blocked


@pytest.mark.parametrize("trouble", [{"links": "damaged"}, "down"])
def test_a_table_in_memory_serves_for_as_long_as_it_cannot_be_read_again(aws, hands, made, trouble):
    made["links"].table(CONTENT.hex(), hands.now())
    if trouble == "down":
        aws.down.add("GetItem")
    else:
        aws.table = trouble

    hands.seconds += 30 * 24 * HOUR
    assert made["links"].table(CONTENT.hex(), hands.now()).home == "https://shop.example/"


def test_a_table_that_was_never_read_is_unreachable(aws, hands, made):
    aws.down.add("GetItem")

    with pytest.raises(UnreachableError):
        made["links"].table(CONTENT.hex(), hands.now())


def test_an_unknown_table_is_not_remembered(aws, hands, made):
    for _ in range(2):
        with pytest.raises(UnknownLinkError):
            made["links"].table("0" * 16, hands.now())
    assert aws.count("GetItem") == 2
    assert made["links"]._tables == {}


def test_a_thousand_tables_are_remembered_and_no_more(aws, made):
    links = made["links"]
    for n in range(1001):
        links._remember(f"{n:016x}")

    assert len(links._tables) == 1000
    assert f"{0:016x}" not in links._tables


def test_personal_addresses_come_from_the_row_of_the_send(aws, made):
    assert made["links"].personal(str(SEND)) == {"0": "https://shop.example/basket/jo"}
    assert made["links"].personal("nobody") == {}
    aws.down.add("GetItem")
    with pytest.raises(UnreachableError):
        made["links"].personal(str(SEND))


def opened(flags=0):
    segment = token(Kind.OPEN, flags)
    return hits.note(request(segment), read(segment, Kind.OPEN, RING), NOON, verified=True)


def test_a_hit_is_one_request_to_the_queue(aws, made, capsys):
    hit = opened(PERSONAL)
    made["hits"].put(hit)

    assert aws.calls == ["SendMessage"]
    assert aws.queue == [hit.interaction()]
    assert capsys.readouterr().out == ""


def test_a_hit_that_cannot_be_queued_stands_in_one_line_of_the_log_without_where_it_came_from(aws, made, capsys):
    aws.down.add("SendMessage")
    made["hits"].put(opened())

    (line,) = capsys.readouterr().out.splitlines()
    logged = json.loads(line)
    assert logged["message"] == "TRACK_FALLBACK"
    assert logged["interaction"] == opened().interaction(traced=False)
    assert "203.0.113.9" not in line


def test_what_a_reader_means_to_say_is_let_through():
    def read():
        raise KeyError("said on purpose")

    with pytest.raises(KeyError):
        Remembered(read, fresh=timedelta(1), keep=timedelta(1)).get(NOON)


def test_nothing_is_remembered_of_what_was_never_read():
    def read():
        raise UnreadableError

    assert Remembered(read, fresh=timedelta(1), keep=timedelta(9999)).get(NOON) is None
