"""Each sample of what is read, where nothing has been defined yet."""

import json
from pathlib import Path

import pytest
from moto import mock_aws

from tests.api_world import World, handle, refusal

EVENTS = Path(__file__).parents[2] / "events"
MISSING = ["template", "preview", "campaign", "report", "recipients"]


@pytest.fixture(autouse=True)
def world(monkeypatch):
    with mock_aws():
        yield World(monkeypatch)


def sample(name):
    return json.loads((EVENTS / f"api_read.{name}.json").read_text())


@pytest.mark.parametrize("name", MISSING)
def test_what_is_not_there_is_said_to_be_missing(name):
    assert refusal(handle(sample(name))) == (404, [])


def test_an_empty_list_is_a_list():
    assert handle(sample("brands"))[:2] == (200, {"items": [], "next": None})


def test_the_description_is_for_everybody():
    status, said, _ = handle(sample("openapi"))

    assert (status, said["info"]["title"]) == (200, "Shopkeeper")


def test_what_is_described_is_not_for_everybody():
    event = sample("brands")
    del event["requestContext"]["authorizer"]

    assert handle(event)[0] == 401
