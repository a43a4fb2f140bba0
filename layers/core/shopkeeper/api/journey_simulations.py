"""Journeys on a clock of their own: what one would do with a customer, without doing it."""

from dataclasses import replace

from shopkeeper.api import customers, journey_mending
from shopkeeper.api.calls import Call, found
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.aws.journeys import KIND
from shopkeeper.consent.contact import REQUIRED
from shopkeeper.journey.definition.script import Script
from shopkeeper.journey.rehearsal.rehearsing import rehearse
from shopkeeper.journey.rehearsal.scenery import Scenery
from shopkeeper.journey.rehearsal.tracing import Trace
from shopkeeper.mail.letters import Letters

NOWHERE = "https://preview.invalid"
room = journey_mending.room


@room.post("/v1/journeys/{id}/simulate", groups=(MARKETER, ADMIN))
def simulate(call: Call, wanted: Script) -> Trace:
    """Show leg by leg what a journey would do with a customer to whom all that happens that the script says.

    Nothing of it is done or kept. Without `version` it is the newest one, published or not. A customer who is made up
    has an address, and has agreed to all topics; a real one is as they are now, and has to have agreed.
    """
    journey = call.path["id"]
    number = wanted.version or call.aws.definitions.number(KIND, journey)
    version = found(call.aws.definitions.stored(KIND, journey, number) if number else None, KIND)
    graph = call.aws.journeys.graph(journey, version.number)
    if wanted.customer is None:
        return rehearse(wanted, graph, None, _scenery(call))
    customer = customers.by_name(call, wanted.customer)
    grants = tuple(call.aws.offers.of(customer.family))
    scenery = replace(_scenery(call), opt_in=lambda topic: _opt_in(call, topic), grants=grants)
    return rehearse(wanted, graph, customer, scenery)


def _scenery(call: Call) -> Scenery:
    definitions = call.aws.definitions
    letters = Letters(definitions, NOWHERE, call.aws.messages)
    return Scenery(call.aws.zone, definitions=definitions, letters=letters)


def _opt_in(call: Call, topic: str) -> str:
    held = call.aws.definitions.current("topic", topic)
    return str((held[1] if held else {}).get("opt_in") or REQUIRED)
