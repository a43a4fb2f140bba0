"""Who leaves by a letter leaves for the address that it went to, whoever else is known there."""

import pytest

from functions.consent_unsubscribe import app
from shopkeeper import clock
from shopkeeper.consent.contact import ASSUMED, Request, Word, refusal
from tests.http_events import CONTEXT
from tests.interactions import sqs_event
from tests.track_fakes import NOON
from tests.unsubscribe_world import ADDRESS, NEW_ADDRESS, OTHER, SEND, ask, buttons, press, running, token


@pytest.fixture(scope="module")
def aws():
    with running() as world:
        yield world


@pytest.fixture
def world(aws):
    return aws.reset()


def may_be_written_to(world, customer, address_key=ADDRESS):
    return refusal(world.contacts.load(customer, address_key), Request("news", ASSUMED)) is None


def test_nobody_else_at_the_address_is_written_to_either(world):
    assert ask()["statusCode"] == 200

    assert not may_be_written_to(world, "somebody else")
    assert may_be_written_to(world, "somebody else", NEW_ADDRESS)


def test_it_is_the_address_that_the_letter_went_to_and_not_the_one_of_today(world):
    world.call_jo("jo@new.example")

    ask()

    assert (world.word_of(ADDRESS).is_, world.word_of(NEW_ADDRESS), world.word().is_) == ("out", None, "out")


def test_a_row_of_before_addresses_were_noted_stands_for_the_address_of_today(world):
    world.call_jo("Jo@New.example")

    ask(segment=token(OTHER.send_id))

    assert world.word_of(NEW_ADDRESS) == Word("out", clock.to_text(NOON), f"unsubscribe:{OTHER.send_id}")
    assert world.word_of(ADDRESS) is None


def test_where_the_address_is_out_by_another_letter_the_page_says_so_and_offers_no_way_back(world):
    world.contacts.leave(ADDRESS, "news", Word("out", clock.to_text(NOON), "unsubscribe:another"))

    page = ask("GET")
    assert ("You are unsubscribed" in page["body"], buttons(page)) == (True, [])
    assert buttons(press("confirm")) == []
    assert "still unsubscribed" in press("undo")["body"]
    assert (world.word().is_, world.word_of(ADDRESS).source) == ("out", "unsubscribe:another")


@pytest.mark.parametrize("down", ["UpdateItem 1", "UpdateItem 2"])
def test_both_are_out_before_the_answer_or_the_wish_is_put_aside_and_brings_the_rest(world, down):
    world.down = {down}
    assert ask()["statusCode"] == 202

    world.down = set()
    (wish,) = world.taken("wishes")
    assert app.handler(sqs_event({"w": wish}), CONTEXT) == {"batchItemFailures": []}
    assert world.word() == world.word_of(ADDRESS) == Word("out", clock.to_text(NOON), f"unsubscribe:{SEND.send_id}")


def test_a_wish_that_cannot_be_written_for_the_address_goes_back(world):
    world.down = {"UpdateItem"}
    ask()
    (wish,) = world.taken("wishes")
    world.down, world.calls = {"UpdateItem 2"}, []

    assert app.handler(sqs_event({"w": wish}), CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "w"}]}
    assert world.remembered() == []
