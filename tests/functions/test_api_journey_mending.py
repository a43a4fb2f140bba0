"""What is mended in a journey by hand."""

from dataclasses import replace

import pytest

from shopkeeper.journey.breaking import Broken, Tried
from shopkeeper.journey.rows import MOST_FAILURES
from tests.functions.test_api_journeys import be_inside, jo, live, world  # noqa: F401


def test_a_run_that_is_stuck_shows_it_and_is_tried_again_by_hand(world, jo):  # noqa: F811
    live(world)
    be_inside(world, jo)
    path, runs = f"/v1/journeys/welcome/runs/{jo}", world.adapters["runs"]
    assert world.post(f"{path}/unstick", {})[0] == 409
    (row,) = runs.of_customer(jo)
    runs.write(replace(row, failures=MOST_FAILURES, due_at=""), row)
    assert world.get(path)[1]["items"][0]["status"] == "stuck"
    status, said, _ = world.post(f"{path}/unstick", {})
    assert (status, said["items"][0]["status"]) == (202, "active")
    assert runs.of_customer(jo)[0].due_at
    assert world.post(f"{path}/unstick", {}, group="agent")[0] == 403


def test_a_node_that_is_broken_shows_and_is_mended(world):  # noqa: F811
    live(world)
    path, breakers = "/v1/journeys/welcome", world.adapters["breakers"]
    assert world.get(path)[1]["broken"] == []
    assert world.post(f"{path}/nodes/hello/mend", {})[0] == 409
    since = "2026-11-22T15:00:00.000Z"
    breakers.put(Broken(journey="welcome", node="hello", since=since, why="failures", tried=Tried(60, 20)))
    (shown,) = world.get(path)[1]["broken"]
    assert (shown["node"], shown["since"], shown["why"], shown["attempted"], shown["failed"]) == (
        "hello",
        since,
        "failures",
        60,
        20,
    )
    assert world.post(f"{path}/nodes/hello/mend", {})[:2] == (200, {"broken": []})
    assert world.post(f"{path}/nodes/hello/mend", {}, group="agent")[0] == 403


def test_who_waits_at_a_broken_node_is_woken_though_the_first_to_mend_it_dies_over_it(world, monkeypatch):  # noqa: F811
    live(world)
    breakers, woken = world.adapters["breakers"], []
    since = "2026-11-22T15:00:00.000Z"
    breakers.put(Broken(journey="welcome", node="hello", since=since, why="failures", tried=Tried(60, 20)))

    def start(*_):
        woken.append("hello")
        if len(woken) == 1:
            raise SystemExit

    monkeypatch.setattr("shopkeeper.api.journey_mending.waking.start", start)
    with pytest.raises(SystemExit):
        world.post("/v1/journeys/welcome/nodes/hello/mend", {})

    assert world.post("/v1/journeys/welcome/nodes/hello/mend", {})[:2] == (200, {"broken": []})
    assert len(woken) == 2
