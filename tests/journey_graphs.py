"""Journeys as graphs: that of the cart, and one in which every kind of node stands."""

from shopkeeper.journey import graph, nodes, untils
from shopkeeper.journey.graph import Entry, Goal, Graph
from shopkeeper.journey.hearing import Hears, Test, Trigger
from shopkeeper.journey.untils import Span
from shopkeeper.mail.offers import Offered
from shopkeeper.mail.variants import Variant

HOUR = 3_600
HALVES = tuple(Variant(id=name, template=name, share=50) for name in "xy")
BOUGHT = Trigger(event="Order Completed")


def after(hours, since="entry"):
    return untils.For(span=Span(seconds=hours * HOUR), since=since)


def cart(**changes):
    """Segments 4f, the cart that was left."""
    audience, slot = "audience", "slot"
    switch = nodes.Switch
    parts = {
        "on_1": nodes.Effects(
            on=(
                switch(channel=audience, name="facebook:cart"),
                switch(channel=slot, name="welcome_mat", content="cart"),
                switch(channel=slot, name="chat", content="cart_context"),
            ),
            next="email_1",
        ),
        "email_1": nodes.Message(template="cart_contents", next="w4", not_sent="w4"),
        "w4": nodes.Wait(until=after(4), next="on_2"),
        "on_2": nodes.Effects(on=(switch(channel=audience, name="dsp:cart"),), next="w12"),
        "w12": nodes.Wait(until=after(12), next="on_3"),
        "on_3": nodes.Effects(on=(switch(channel=audience, name="google:cart"),), next="email_2"),
        "email_2": nodes.Message(template="cart_free_shipping", offer=Offered(name="free_shipping"), next="linger"),
        "linger": nodes.Wait(until=after(7 * 24), next="end"),
        "end": nodes.Exit(),
    }
    whole = {
        "journey": "cart",
        "version": 1,
        "entry": Entry(sources=(graph.OnSegment(segment="cart-abandoner"),)),
        "first": "on_1",
        "nodes": parts,
        "exits": (
            graph.Ends(reason="converted", triggers=(BOUGHT,)),
            graph.Ends(reason="emptied", rule="emptied"),
        ),
        "goal": Goal(triggers=(BOUGHT,), within=Span(days=30)),
        "rules": {"emptied": '{"op":"trait","path":"cart.items","cmp":"eq","value":0}'},
    }
    return Graph(**{**whole, **changes})


def everything():
    clicked = Trigger(event="Email Link Clicked", of="letter", where=(Test(prop="link", cmp="in", values=(1, 2)),))
    answered = Hears(name="answered", to="thanks", triggers=(clicked, Trigger(event="Page Viewed")))
    parts = {
        "lot": nodes.Split(
            salt="winter",
            arms=(nodes.Arm(name="a", share=6_000, to="letter"), nodes.Arm(name="b", share=4_000, to="on")),
        ),
        "letter": nodes.Message(
            template="hello#2",
            next="answer",
            not_sent="on",
            variants=HALVES,
        ),
        "answer": nodes.WaitFor(hears=(answered,), timeout=Span(days=3), otherwise="again"),
        "again": nodes.Repeat(to="letter", most=2, next="on"),
        "on": nodes.Effects(on=(nodes.Switch(channel="audience", name="ads:winter"),), next="call"),
        "call": nodes.Task(
            queue="sales",
            outcomes={"interested": "thanks"},
            hears=(Hears(name="told", to="thanks", triggers=(Trigger(event="Task Answered"),)),),
            timeout=Span(days=7),
            otherwise="hook",
        ),
        "hook": nodes.Webhook(connector="erp", next="fork"),
        "fork": nodes.Branch(cases=(nodes.Case(rule="vip", to="morning"),), otherwise="birthday"),
        "morning": nodes.Wait(until=untils.Window(days=(1, 2), from_="09:00", to="17:00"), next="season"),
        "season": nodes.Wait(until=untils.Local(time="2026-11-24T09:00"), next="instant"),
        "instant": nodes.Wait(until=untils.At(instant=1_795_255_200_000), next="tell"),
        "birthday": nodes.Wait(until=untils.OfTrait(path="birthday", before=True, missing="tell"), next="tell"),
        "tell": nodes.Tell(name="Greeted", next="trait"),
        "trait": nodes.SetTrait(traits={"greeted": True}, next="list"),
        "list": nodes.ChangeList(list_id="greeted", next="start"),
        "start": nodes.Start(journey="other", next="thanks"),
        "thanks": nodes.Reach(next="end"),
        "end": nodes.Exit(reason="done"),
    }
    return Graph(
        journey="everything",
        version=7,
        entry=Entry(sources=(graph.OnEvent(trigger=BOUGHT), graph.OnCall()), key="order_id"),
        first="lot",
        nodes=parts,
        exits=(graph.Ends(reason="refunded", triggers=(Trigger(event="Order Refunded"),)),),
        goal=Goal(triggers=(BOUGHT,), within=Span(days=30), exits=False),
        hold_out=graph.HoldOut(salt="global", share=500),
        rules={"vip": '{"op":"trait","path":"vip","cmp":"eq","value":true}'},
    )
