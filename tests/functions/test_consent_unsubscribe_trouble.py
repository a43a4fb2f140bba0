"""Tables and queues that fail, and a process that dies: nobody's wish to leave gets lost."""

import json
from datetime import timedelta

import pytest

from functions.consent_unsubscribe import app
from shopkeeper import clock
from shopkeeper.consent.contact import Word
from tests.http_events import CONTEXT
from tests.interactions import sqs_event
from tests.track_fakes import NOON
from tests.unsubscribe_world import Died, ask, buttons, names, press, running


@pytest.fixture(scope="module")
def aws():
    with running() as world:
        yield world


@pytest.fixture
def world(aws):
    return aws.reset()


@pytest.mark.parametrize("down", ["GetItem", "UpdateItem"])
def test_a_wish_that_cannot_be_written_is_put_aside_and_done_later(world, down):
    world.down = {down}
    assert (ask()["statusCode"], press("confirm")["statusCode"]) == (202, 202)
    assert world.remembered() == []

    world.down, world.now = set(), NOON + timedelta(hours=2)
    wishes = world.taken("wishes")
    assert len(wishes) == 2
    result = app.handler(sqs_event({f"w{n}": wish for n, wish in enumerate(wishes)}), CONTEXT)

    assert result == {"batchItemFailures": []}
    assert (world.word().is_, world.word().at) == ("out", clock.to_text(NOON))
    assert names(world) == ["Unsubscribed"]


def test_a_wish_of_before_does_not_undo_what_was_said_since(world):
    world.down = {"UpdateItem"}
    ask()
    world.down = set()
    since = Word("in", clock.to_text(NOON + timedelta(hours=1)), "collect")
    world.contacts.hear("c1", "news", since)

    app.handler(sqs_event({"w": world.taken("wishes")[0]}), CONTEXT)

    assert world.word() == since


def test_a_wish_that_still_cannot_be_written_goes_back_alone(world):
    world.down = {"UpdateItem"}
    ask()
    (wish,) = world.taken("wishes")

    result = app.handler(sqs_event({"bad": "{}", "good": wish}), CONTEXT)
    assert [each["itemIdentifier"] for each in result["batchItemFailures"]] == ["bad", "good"]


def test_if_nothing_can_be_written_the_provider_is_asked_to_come_again(world):
    world.down = {"UpdateItem", "wishes"}

    for answer in (ask(), press("confirm")):
        assert (answer["statusCode"], answer["headers"]["Retry-After"]) == (503, "30")


def test_an_undo_that_cannot_be_written_says_so(world):
    press("confirm")
    world.down = {"UpdateItem"}

    assert press("undo")["statusCode"] == 503
    assert world.word().is_ == "out"


def test_the_page_has_its_button_even_if_nothing_can_be_looked_up(world):
    world.down = {"GetItem", "BatchGetItem"}

    page = ask("GET")
    assert (page["statusCode"], buttons(page)) == (200, ["confirm"])


def test_what_the_queue_does_not_take_of_it_stands_in_the_log(world, caplog):
    world.down = {"interactions"}

    assert ask()["statusCode"] == 200
    (line,) = [record for record in caplog.records if record.message == "UNSUBSCRIBE_FALLBACK"]
    assert json.loads(line.interaction)["name"] == "Unsubscribed"
    assert "jo@" not in line.interaction.lower()


def test_wherever_the_process_dies_the_next_press_does_all_of_it(world):
    ask()
    halves = world.halves
    assert halves >= 6

    for at in range(halves):
        world.reset()
        world.die_at = at
        with pytest.raises(Died):
            ask()
        world.die_at = None
        assert ask()["statusCode"] == 200
        assert (world.word().is_, names(world)) == ("out", ["Unsubscribed"])
