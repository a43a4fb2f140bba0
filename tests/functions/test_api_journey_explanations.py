"""Why a customer is in a journey or is not, over the API: what is read for it, and how far."""

from datetime import timedelta

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.api import journey_explanations
from shopkeeper.clock import Clock
from shopkeeper.customer import document, rows
from shopkeeper.customer.document import Customer
from shopkeeper.customer.measures import Measure
from shopkeeper.journey.advance import advance
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.facts import MailVerdict
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Cause
from tests.api_world import World
from tests.interactions import said
from tests.journey_definitions import with_nodes
from tests.journey_world import HOUR, Known

HELLO = {"message": {"template": "news"}, "next": "answer"}
ANSWER = {"wait_for": {"seen": {"event": "Page Viewed"}}, "timeout": "P3D", "on": {"seen": "exit"}, "else": "exit"}
ENTRY = [{"on": "event", "event": "Asked", "where": [{"prop": "topic", "cmp": "eq", "value": "tea"}]}]
WELCOME = with_nodes("hello", hello=HELLO, answer=ANSWER) | {"entry": ENTRY}
PATH = "/v1/journeys/welcome/explain/jo"


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        world = World(monkeypatch)
        world.define()
        world.put("/v1/journeys/welcome", WELCOME)
        yield world


def told(world, event, ago, number=0, **properties):
    at = clock.to_text(Clock().now() - ago)
    one = said("customer:jo", f"m{number}", name=event, at=at, received_at=at, properties=properties)
    world.adapters["interactions"].put([rows.row_of(one, customer_id="jo", version=1)])
    return document.to_ms(at)


def knows(world, **measures):
    world.adapters["customers"].save(document.store(Customer("jo", 1, measures=measures)))


def enters(world, verdict):
    """As far as the first leg comes, if the mail may go so."""
    graph, now = world.adapters["journeys"].graph("welcome", 1), document.to_ms(clock.to_text(Clock().now()))
    cause = Cause(id="e", kind="entry", at=now)
    facts = Known(verdicts={"news": verdict})
    step = advance(graph, begin(graph, cause, "jo", "", facts.zone, now), [cause], facts, now)
    world.adapters["runs"].open(Row(customer_id="jo", run=step.run), None)


def test_who_never_came_in_learns_why_from_the_timeline(world):
    knows(world)
    assert world.get("/v1/journeys/other/explain/jo")[0] == 404
    assert world.get("/v1/journeys/welcome/explain/user:nobody")[0] == 404
    assert world.get(PATH, group="viewer")[0] == 403
    assert world.get(PATH)[1]["why"][1] == "The journey is a draft: it was never published, and lets nobody in."
    world.post("/v1/journeys/welcome/publish", {})
    told(world, "Asked", -timedelta(seconds=1), topic="coffee")
    status, found, _ = world.get(PATH)
    assert (status, found["is_inside"], found["going"], found["runs"]) == (200, False, "live", [])
    ((only,),) = ([each["against"] for each in one["happened"]] for one in found["entries"])
    assert only[0]["evidence"] == {"property": "topic", "cmp": "eq", "asked": "tea", "seen": "coffee"}


def test_the_last_of_what_brings_in_is_found_however_much_has_happened_since(world, monkeypatch):
    monkeypatch.setattr(journey_explanations, "MOST_READ", 2)
    at = told(world, "Asked", timedelta(days=30), topic="coffee")
    for number in range(1, 4):
        told(world, "Page Viewed", timedelta(minutes=number), number)
    knows(world, Asked=Measure(count=1, first=at, tail=(at,)))
    _, found, _ = world.get(PATH)
    assert found["looked_back_to"] is not None
    assert [each["name"] for each in found["entries"][0]["happened"]] == ["Asked"]


def test_a_mail_that_is_kept_says_by_what_as_the_next_leg_would_find_it(world):
    knows(world)
    world.post("/v1/journeys/welcome/publish", {})
    enters(world, MailVerdict("later", 9 * HOUR))
    _, found, _ = world.get(PATH)
    (run,) = found["runs"]
    assert (found["is_inside"], run["node"]) == (True, "hello")
    assert run["put_off"] == {
        "until": None,
        "says": "The mail of hello will not be written as things stand: they have not agreed to the topic news.",
        "reason": "do_not_contact:no_consent",
        "evidence": {"topic": "news", "opt_in": "required"},
    }


def test_a_business_event_of_a_name_that_none_can_have_is_not_found(world):
    knows(world)
    for name in ("nothing", "x" * 3_000):
        assert world.get(PATH, query=f"business_event={name}")[0] == 404
