"""A journey that stands in the tables of a running bundle, as its publishing would put it there."""

from shopkeeper.aws import definition_items as items
from shopkeeper.aws.journeys import GRAPH, KIND, Journeys
from shopkeeper.journey import graph, nodes
from shopkeeper.journey.graph import Ends, Entry, Graph, OnEvent
from shopkeeper.journey.hearing import Hears, Trigger
from shopkeeper.journey.state import State
from shopkeeper.journey.untils import For, Span


def holiday(template="news", **changes):
    """A letter, three days for an answer, and a better letter for whoever has not answered."""

    def letter(to):
        return nodes.Message(template=template, brand="shop", topic="news", next=to)

    answered = Hears(name="answered", to="thanks", triggers=(Trigger(event="Product Viewed"),))
    parts = {
        "letter": letter("answer"),
        "answer": nodes.WaitFor(hears=(answered,), timeout=Span(days=3), otherwise="better"),
        "thanks": nodes.SetTrait(traits={"answered": True}, next="end"),
        "better": letter("linger"),
        "linger": nodes.Wait(until=For(span=Span(days=7)), next="end"),
        "end": nodes.Exit(),
    }
    whole = {
        "journey": "holiday",
        "version": 1,
        "entry": Entry(sources=(OnEvent(trigger=Trigger(event="Specials Subscribed")),)),
        "first": "letter",
        "nodes": parts,
        "exits": (Ends(reason="converted", triggers=(Trigger(event="Order Completed"),)),),
    }
    return Graph(**{**whole, **changes})


def plant(stack, journey):
    dynamodb = stack.client("dynamodb")
    text = {GRAPH: {"S": graph.to_json(journey)}}
    item = {**items.key(KIND, items.name(journey.journey, journey.version)), **text}
    dynamodb.put_item(TableName="DefinitionsTable", Item=item)
    stands = State(journey=journey.journey, live=journey.version, versions=(journey.version,))
    Journeys(dynamodb, "DefinitionsTable", stack.clock).put(stands)
