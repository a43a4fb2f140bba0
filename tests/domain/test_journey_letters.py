"""Letters of a simulation, as their recipient would read them; and why one does not go."""

import json

from shopkeeper.customer.document import Customer, Document
from shopkeeper.journey.rehearsal.scenery import Scenery
from shopkeeper.mail import facts, publishing
from shopkeeper.mail.content import Source
from shopkeeper.mail.letters import Letters
from shopkeeper.mail.offers import Grant
from tests.domain.test_journey_simulate import ANSWER, CART, compiled, played
from tests.journey_definitions import short

TEN = {"template": "a", "offer": {"id": "ten"}}
REACHABLE = Document(traits={"email": "jo@x.example"}, told={"email": (0, "a")})


class Shelf:
    """Templates by their subjects, an offer, and a brand."""

    def __init__(self, **subjects):
        self.subjects = subjects

    def current(self, _kind, _id):
        return 1, {}

    def version(self, kind, name, _number):
        if kind == "template":
            source = Source(self.subjects[name], '<p>Hi. <a href="{{ unsubscribe_url }}">leave</a></p>')
            return {"published": json.dumps(publishing.publish(source, facts.NAMES, tracking_host="t.x").to_json())}
        if kind == "offer":
            return {"value": "10 % off", "pool": True, "supersedes": ["five"]}
        return {"sender": {"email": "a@shop.example"}, "reply_to": "b@shop.example", "name": "Shop"}


def shown(trace):
    return {each["node"]: each["letter"] for leg in trace["legs"] for each in leg["did"] if each["letter"]}


def lettered(*steps, somebody=None, grants=(), **nodes):
    whole = {"answer": ANSWER} | nodes
    shelf = Shelf(a="A {{ offer.code }}", b="B for {{ traits.city }}", c="C")
    graph = compiled(json.dumps(short(first=next(iter(nodes)), nodes=whole)))
    scenery = Scenery(definitions=shelf, letters=Letters(shelf, "https://t.x", None), grants=grants)
    return played(graph, *steps, somebody=somebody, scenery=scenery)


def message(to, **said):
    return {"message": said, "next": to}


def test_letters_are_shown_as_they_would_read_with_what_is_granted_once_in_a_run():
    trace = lettered(
        one=message("pause", **TEN), pause={"wait": {"for": "P1D"}, "next": "two"}, two=message("answer", **TEN)
    )
    letters = shown(trace)
    assert [letters[each]["subject"] for each in ("one", "two")] == ["A EXAMPLE"] * 2
    assert letters["one"]["template"] == "a#1"
    assert letters["one"]["text"].startswith("Hi. leave <https://preview.invalid/u>")


def test_a_variant_is_the_one_that_the_customer_would_get():
    said = [{"id": "x", "template": "c", "share": 50}, {"id": "y", "template": "c", "share": 50}]
    letters = [
        shown(lettered(somebody=Customer(name, document=REACHABLE), one=message("answer", variants=said)))
        for name in ("jo", "al", "bo", "cy", "di", "ed")
    ]
    assert {each["one"]["variant"] for each in letters} == {"one#x", "one#y"}


def test_a_letter_that_cannot_be_made_is_not_sent_and_says_why():
    trace = lettered(one={**message("answer", template="b"), "not_sent": "two"}, two=message("exit", template="c"))
    assert (shown(trace)["one"]["problem"], shown(trace)["one"]["text"]) == ("other:render: traits.city", None)
    assert shown(trace)["two"]["subject"] == "C"


def test_a_mail_that_may_not_go_is_shown_with_what_that_rests_on():
    better = Grant(name="best#1", activity="campaign:x", occurrence="1", granted_at="2026-11-01", supersedes=("ten",))
    (vetoed,) = lettered(grants=(better,), one=message("answer", **TEN))["legs"][0]["vetoes"]
    assert (vetoed["node"], vetoed["says"], vetoed["reason"]) == ("one", "never", "other:offer_superseded")
    assert vetoed["evidence"] == {"by": "best", "granted_at": "2026-11-01"}
    (leg, *_) = [each for each in played(CART)["legs"] if each["vetoes"]]
    at, zone = "2026-11-24T08:00:00.000Z", {"zone": "UTC", "zone_of": "workspace"}
    assert leg["vetoes"] == [
        {"node": "email_2", "says": "later", "reason": "other:quiet", "until": at, "evidence": zone}
    ]
