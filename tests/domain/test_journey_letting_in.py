"""News at the door of journeys: who comes in by them, who hears of them, and who has to look again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from shopkeeper import clock
from shopkeeper.customer import interaction
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.interaction import Interaction
from shopkeeper.customer.rows import row_of
from shopkeeper.journey import effects, going, graph, hearing, nodes
from shopkeeper.journey.doors.entering import MOST_PROPS, STARTED
from shopkeeper.journey.doors.letting_in import Door
from shopkeeper.journey.going import By
from shopkeeper.journey.graph import Entry, Graph, OnCall, OnEvent, OnList, OnSegment, Reentry
from shopkeeper.journey.hearing import Trigger
from shopkeeper.journey.legs.deciding import Wanted
from shopkeeper.journey.legs.looking import Programs
from shopkeeper.journey.rows import RunKey
from shopkeeper.journey.state import State
from shopkeeper.journey.untils import For, Span
from tests.journey_fakes import Desk, Runs

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
VIP = '{"op":"trait","path":"vip","cmp":"eq","value":true}'
EMPTIED = '{"op":"trait","path":"items","cmp":"eq","value":0}'


def journey(*sources, **changes):
    parts = {"wait": nodes.Wait(until=For(span=Span(days=7)), next="end"), "end": nodes.Exit()}
    entry = Entry(sources=sources, **changes.pop("entry", {}))
    whole = {"journey": "welcome", "version": 1, "entry": entry, "first": "wait", "nodes": parts, **changes}
    return Graph(**whole)


def on(event, **tests):
    where = tuple(hearing.Test(prop=prop, cmp="eq", value=value) for prop, value in tests.items())
    return OnEvent(trigger=Trigger(event=event, where=where))


class Shop:
    def __init__(self, *journeys, going="live"):
        self.at, self.runs, self.number, self.remembered = NOON, Runs(), 0, None
        self._graphs = {(each.journey, each.version): each for each in journeys}
        self.stands = {
            each.journey: State(journey=each.journey, live=1, going=going, versions=(1,)) for each in journeys
        }
        self.door = Door(self.runs, self, Programs(UTC), lambda _: UTC, self)
        self.document = Document()

    def now(self):
        return self.at

    def states(self):
        return self.remembered or self.stands

    def fresh(self):
        self.remembered = None
        return self.stands

    def graph(self, name, version):
        return self._graphs[name, version]

    def news(self, name, *, ago=timedelta(), source="collect", kind="track", message=None, **said):
        self.number += 1
        at = clock.to_text(self.at - ago)
        told = Interaction(
            subject="user:1",
            message_id=message or str(self.number),
            type=kind,
            name=name,
            at=at,
            received_at=clock.to_text(self.at),
            source=source,
            trusted=True,
            raw_properties=interaction.raw(said),
        )
        return row_of(told, customer_id="jo", version=1)

    def tell(self, name, **said):
        return self.hear(self.news(name, **said))

    def hear(self, *news):
        return self.door.hear(news, lambda: Customer("jo", 1, self.document))

    def run(self, key=""):
        row = self.runs.rows.get(RunKey("jo", f"welcome#{key}"))
        return row and row.run

    def leave(self, key=""):
        row = self.runs.rows[RunKey("jo", f"welcome#{key}")]
        over = structs.replace(row.run, status="over")
        self.runs.rows[row.key] = row.__class__(customer_id="jo", run=over, causes=row.causes, fence=row.fence)


def test_an_event_that_is_meant_brings_them_in_and_another_does_not():
    shop = Shop(journey(on("Specials Subscribed", topic="holiday")))

    assert shop.tell("Specials Subscribed", topic="garden") == []
    assert shop.tell("Product Viewed") == []
    assert shop.tell("Specials Subscribed", topic="holiday", first="Jo", nested={"a": 1}) == [RunKey("jo", "welcome#")]

    assert shop.run().entry == {"topic": "holiday", "first": "Jo"}
    assert shop.runs.rows[RunKey("jo", "welcome#")].due_at == clock.to_text(NOON)


@pytest.mark.parametrize(
    ("source", "name", "said"),
    [
        (OnSegment(segment="vips"), "Segment Entered", {"segment": "vips"}),
        (OnSegment(segment="vips", entered=False), "Segment Left", {"segment": "vips"}),
        (OnList(list_id="club"), "List Entered", {"list": "club"}),
        (OnList(list_id="club", added=False), "List Left", {"list": "club"}),
        (OnCall(), STARTED, {"journey": "welcome"}),
    ],
)
def test_each_way_in_is_told_by_an_interaction_of_its_own(source, name, said):
    shop = Shop(journey(source))

    other = dict.fromkeys(said, "other")
    assert shop.tell(name, source="journey", **other) == []
    assert shop.tell(name, source="journey", **said)


def test_nobody_outside_says_that_somebody_is_to_enter():
    assert Shop(journey(OnCall())).tell(STARTED, journey="welcome") == []


def test_what_happened_longer_ago_than_three_days_or_came_from_a_file_brings_nobody_in():
    shop = Shop(journey(on("Signed Up")))

    assert shop.tell("Signed Up", ago=timedelta(hours=72, seconds=1)) == []
    assert shop.tell("Signed Up", source="import") == []
    assert shop.tell("Signed Up", ago=timedelta(hours=72))


def test_a_journey_that_is_paused_or_stopped_lets_nobody_in():
    for how in ("paused", "stopped"):
        assert Shop(journey(on("Signed Up")), going=how).tell("Signed Up") == []


def test_only_who_is_meant_comes_in():
    meant = {"entry": {"audience": "vip"}, "rules": {"vip": VIP}}
    shop = Shop(journey(on("Signed Up"), **meant))

    assert shop.tell("Signed Up") == []
    shop.document = Document(traits={"vip": True})
    assert shop.tell("Signed Up")


def test_a_key_gives_a_run_for_each_value_and_none_where_there_is_no_value():
    shop = Shop(journey(on("Order Placed"), entry={"key": "order_id"}))

    keys = [shop.tell("Order Placed", **said) for said in ({"order_id": 7}, {"order_id": "8"}, {}, {"order_id": ""})]

    assert keys == [[RunKey("jo", "welcome#7")], [RunKey("jo", "welcome#8")], [], []]


def test_the_same_news_told_again_bring_nobody_in_again():
    shop = Shop(journey(on("Signed Up"), entry={"reentry": Reentry(policy="always")}))
    first = shop.news("Signed Up")
    shop.hear(first)
    shop.leave()

    assert shop.hear(first) == []
    assert shop.run().n == 1
    assert shop.tell("Signed Up")
    assert (shop.run().n, len(shop.run().past)) == (2, 1)


def test_who_is_inside_does_not_come_in_a_second_time():
    shop = Shop(journey(on("Signed Up"), entry={"reentry": Reentry(policy="always")}))
    shop.tell("Signed Up")
    before = shop.run()

    assert shop.tell("Signed Up") == []
    assert shop.run() == before


@pytest.mark.parametrize(
    ("again", "days", "comes"),
    [
        (Reentry(), 400, False),
        (Reentry(policy="after", span=Span(days=30)), 29, False),
        (Reentry(policy="after", span=Span(days=30)), 30, True),
        (Reentry(policy="always"), 0, True),
        (Reentry(policy="always", most=1), 400, False),
    ],
)
def test_who_has_left_comes_again_as_the_journey_says(again, days, comes):
    shop = Shop(journey(on("Signed Up"), entry={"reentry": again}))
    shop.tell("Signed Up")
    shop.leave()
    shop.at += timedelta(days=days)

    assert bool(shop.tell("Signed Up")) is comes


def test_who_is_inside_hears_of_what_the_journey_listens_to_however_old_it_is_and_of_nothing_else():
    ends = (graph.Ends(reason="bought", triggers=(Trigger(event="Order Completed"),)),)
    shop = Shop(journey(on("Signed Up"), exits=ends))
    shop.tell("Signed Up")
    key = RunKey("jo", "welcome#")

    assert shop.tell("Product Viewed") == []
    assert shop.tell("Order Completed", ago=timedelta(days=100), total=5) == [key]

    heard = shop.runs.rows[key].inbox[-1]
    assert (heard.kind, heard.name, heard.props) == ("signal", "Order Completed", {})


def test_what_may_change_a_rule_that_is_watched_has_the_run_look_again():
    ends = (graph.Ends(reason="emptied", rule="emptied"),)
    shop = Shop(journey(on("Signed Up"), exits=ends, rules={"emptied": EMPTIED}))
    shop.tell("Signed Up")

    assert shop.tell("Product Viewed") == []
    assert shop.tell("", kind="identify") == [RunKey("jo", "welcome#")]
    assert shop.runs.rows[RunKey("jo", "welcome#")].inbox[-1].kind == "clock"


def test_who_was_merged_into_somebody_else_comes_in_no_more():
    shop = Shop(journey(on("Signed Up")))
    shop.document = Document(merged_into="kim")

    assert shop.tell("Signed Up") == []


def test_of_what_brought_somebody_in_short_values_are_kept_as_many_as_there_is_room_for():
    shop = Shop(journey(on("Signed Up")))
    shop.tell("Signed Up", long="x" * 300, **{f"p{number:02}": number for number in range(40)})

    assert len(shop.run().entry) == MOST_PROPS
    assert "long" not in shop.run().entry


BY = By("ada", NOON)


def changed(shop, *changes):
    """How it stands is remembered from before."""
    shop.remembered = dict(shop.stands)
    for change in changes:
        shop.stands = {"welcome": change(shop.stands["welcome"])}


def published(state):
    return going.published(state, "welcome", 1, BY)


def stopped(state):
    return going.stopped(state, BY)


@pytest.mark.parametrize("said", [{"revision": 3}, {}])
def test_who_is_asked_for_right_after_it_was_published_comes_in(said):
    shop = Shop(journey(OnCall()), going="stopped")
    changed(shop, published)

    assert shop.tell(STARTED, source="api", journey="welcome", **said)
    assert shop.run().life == 2


def test_who_knows_a_newer_state_than_is_remembered_is_believed_and_who_does_not_is_asked_nothing():
    shop = Shop(journey(OnCall()))
    changed(shop, stopped)

    assert shop.tell(STARTED, source="api", journey="welcome", revision=1)
    assert Shop(journey(OnCall())).tell(STARTED, source="api", journey="welcome", revision="x")
    shop = Shop(journey(OnCall()))
    changed(shop, stopped)
    assert shop.tell(STARTED, source="api", journey="welcome", revision=2) == []
    assert shop.tell(STARTED, source="collect", journey="welcome", revision=9) == []


def test_who_came_in_before_it_was_stopped_has_to_leave_though_it_is_live_again():
    shop = Shop(journey(on("Signed Up")))
    shop.tell("Signed Up")
    changed(shop, stopped, published)
    state = shop.stands["welcome"]

    assert (state.going, state.life, state.goes_for(shop.run().life)) == ("live", 2, "stopped")
    assert state.goes_for(2) == "live"
    assert shop.remembered["welcome"].goes_for(2) == "live"
    assert stopped(state).goes_for(2) == "stopped"


def test_how_they_left_is_still_handed_over_when_they_come_in_again_meanwhile():
    shop = Shop(journey(on("Signed Up"), entry={"reentry": Reentry(policy="always")}))
    shop.tell("Signed Up")
    key = RunKey("jo", "welcome#")
    off = effects.Audience(run=shop.run().id, node="on_1", visit=1, name="ads:x", is_end=True)
    mail = effects.Mail(run=shop.run().id, node="last", visit=2, send_id="s")
    over = structs.replace(shop.run(), status="over")
    shop.runs.rows[key] = replace(shop.runs.rows[key], run=over, inbox=(), pending=(off, mail))

    shop.at += timedelta(minutes=1)
    shop.tell("Signed Up")

    assert (shop.run().n, shop.runs.rows[key].pending) == (2, (off,))
    desk = Desk(shop.runs, shop.graph("welcome", 1), now=shop)
    desk.leg([Wanted(key)])
    assert [each["key"] for each in desk.handed] == [off.key, f"{shop.run().id}/0//0"]
    assert (shop.runs.rows[key].pending, shop.run().visit) == ((), 1)
