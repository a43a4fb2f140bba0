"""Why a customer is in a journey or is not, does not move there, or was not written to."""

from collections.abc import Callable, Iterator

from shopkeeper import zones
from shopkeeper.api import business_events, customers, journey_inside, segment_explain
from shopkeeper.api.calls import Call, Parameter, found
from shopkeeper.api.roles import ADMIN, AGENT, MARKETER
from shopkeeper.api.segment_rules import Kept
from shopkeeper.aws.activities import Activities
from shopkeeper.aws.journeys import KIND
from shopkeeper.clock import Clock
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import from_ms, ms_of, to_ms
from shopkeeper.customer.rows import Row as News
from shopkeeper.customer.timeline import Page, Position
from shopkeeper.journey import explaining
from shopkeeper.journey.doors.entering import Told
from shopkeeper.journey.explaining import letters
from shopkeeper.journey.explaining.forms import JourneyExplanation
from shopkeeper.journey.explaining.seen import Business, Seen
from shopkeeper.journey.graph import Graph, OnEvent
from shopkeeper.journey.legs.looking import Eyes, Programs, Sights
from shopkeeper.journey.legs.mailing import Planner
from shopkeeper.journey.rows import Row
from shopkeeper.mail.letters import Letters
from shopkeeper.mail.looking import Eyes as Door
from shopkeeper.mail.policies import Policies
from shopkeeper.mail.wiring import Views
from shopkeeper.segment.explaining.forms import Explanation
from shopkeeper.segment.references import Name

room = journey_inside.room
MOST_READ, AT_A_TIME, MOST_RUNS = 300, 50, 10
"""Of the timeline, of each subject at a time, and of runs under different keys."""
AT_ONCE, BEHIND_ALL = 5, "\uffff"
"""Of one instant: how many rows are looked at, and a subject that no other stands behind."""
LEG = "explain"
OF_KEY = Parameter("key", "query", "The key of one run, where the journey has one for each.", {"type": "string"})
BY_EVENT = Parameter(
    "business_event", "query", "The id of a business event, which might have brought them in.", {"type": "string"}
)


@room.get("/v1/journeys/{id}/explain/{customer}", groups=(AGENT, MARKETER, ADMIN), parameters=(OF_KEY, BY_EVENT))
def explain(call: Call) -> JourneyExplanation:
    """Explain why a customer is in a journey or not, does not move there, or was not written to, each with evidence.

    It goes by the version that lets people in, or by the newest one of a draft; each run by its own. Of the timeline
    the newest 300 entries are read, and the last of each event that brings somebody in; of runs the newest ten.
    Whatever decides for a run is asked as its next leg would ask it.
    """
    customer = customers.by_name(call, call.path["customer"])
    state, newest = call.aws.journeys.state(call.path["id"]), call.aws.definitions.number(KIND, call.path["id"])
    number = found((state.live if state else 0) or newest or None, KIND)
    graph, rows = call.aws.journeys.graph(call.path["id"], number), _rows(call, customer)
    graphs = {row.run.version: call.aws.journeys.graph(graph.journey, row.run.version) for row in rows}
    page = customers.remembered(call, customer, None, MOST_READ, AT_A_TIME)
    eyes = _eyes(call)
    seen = Seen(
        graph=graph,
        state=state,
        customer=customer,
        rows=rows,
        graphs=graphs,
        told=[Told.of(row) for row in (*page.rows, *_last(call, customer, graph, page))],
        looked_back_to=to_ms(page.next.at) if page.next else 0,
        sends=call.aws.sends.many([each for row in rows for each in letters.send_ids(row, graphs[row.run.version])]),
        facts=lambda row, its: eyes.look(row, its, LEG),
        of_segment=_of_segment(call),
        now=ms_of(call.now),
        workspace=zones.zone(call.aws.zone),
        broken={each.node: each for each in call.aws.breakers.of(graph.journey)},
        business=_business(call),
    )
    return explaining.explain(seen)


def _rows(call: Call, customer: Customer) -> list[Row]:
    """The newest entry first."""
    all_ = (row for owner in customer.family for row in call.aws.runs.of_customer(owner))
    key, journey = call.query.get("key"), call.path["id"]
    meant = [row for row in all_ if row.run.journey == journey and key in (None, row.run.key)]
    return sorted(meant, key=lambda row: row.run.entered_at, reverse=True)[:MOST_RUNS]


def _last(call: Call, customer: Customer, graph: Graph, page: Page) -> Iterator[News]:
    """The last time that each event happened which brings somebody in, where that is further back than the page."""
    for event in {each.trigger.event for each in graph.entry.sources if isinstance(each, OnEvent)}:
        held = customer.measures.get(event)
        if page.next and held and held.count and from_ms(held.last) < page.next.at:
            then = Position(from_ms(held.last), BEHIND_ALL, "")
            rows = customers.remembered(call, customer, then, AT_ONCE, AT_ONCE).rows
            yield from (row for row in rows if row.name == event)


def _business(call: Call) -> Business | None:
    """Raises Problem 404."""
    asked = call.query.get("business_event")
    if not asked:
        return None
    event = business_events.named(call, asked)
    return Business(event, is_going=not business_events.is_done(event, business_events.parts_of(call, event)))


def _of_segment(call: Call) -> Callable[[str, Customer], Explanation | None]:
    """By its newest version, as `GET /v1/segments/{id}/explain/{customer}` does."""
    kept = Kept(call)

    def explained(segment: str, customer: Customer) -> Explanation | None:
        name = Name(segment)
        version = kept.version(name.segment)
        explainer = segment_explain.of_version(call, version, name.part, kept) if version else None
        return explainer.explain(customer, ms_of(call.now)) if explainer else None

    return explained


def _eyes(call: Call) -> Eyes:
    """With which a leg looks; nothing that they can do is done here."""
    aws = call.aws
    views = Views(
        sends=aws.sends,
        contacts=aws.contacts,
        customers=aws.customers,
        activities=Activities(aws.launches, aws.holds, aws.mail_states, aws.journeys, aws.runs, Clock()),
        letters=Letters(aws.definitions, "", aws.messages),
        policies=Policies(aws.definitions, Clock()),
        offers=aws.offers,
        clock=Clock(),
    )
    return Eyes(
        Sights(
            customers=aws.customers,
            sends=aws.sends,
            states=aws.journeys.states,
            draft=Planner(aws.sends, aws.definitions, Clock(), shards=1).drafted,  # It plans nothing.
            door=Door(views, aws.zone).look,
            touches=lambda *_: (),  # No goal is reached here.
            programs=Programs(zones.zone(aws.zone)),
            clock=Clock(),
            zone=aws.zone,
        )
    )
