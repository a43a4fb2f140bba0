"""What is kept of a journey and its runs: it comes back as it was, and a usual run is small."""

from pathlib import Path

import msgspec
import pytest

from shopkeeper.journey import effects, graph, nodes, run
from shopkeeper.journey.run import Cause, Heard, Mailed, On, Opened, Past, Run, Visit, Worth
from tests.journey_graphs import cart, everything

NOW = 1_795_255_200_000
CUSTOMER = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"


def a_usual_run():
    """Of the cart story, after its second mail: three things on, two signals heard."""
    at = [NOW, NOW + 4 * 3_600_000, NOW + 12 * 3_600_000]
    history = [("on_1", "on"), ("email_1", "planned"), ("w4", "over"), ("on_2", "on"), ("w12", "over"), ("on_3", "on")]
    return Run(
        id=run.run_id("cart", "", CUSTOMER, 1),
        customer=CUSTOMER,
        journey="cart",
        version=3,
        entered_at=NOW,
        node="linger",
        node_at=at[2],
        visit=8,
        until=NOW + 7 * 86_400_000,
        heard=(Heard("a1b2c3d4", at[1], "Email Link Clicked", {"link": 2}, "", "", "human"),),
        mails={"email_1": Mailed(2, at[0], at[0] + 900), "email_2": Mailed(7, at[2])},
        on=(On("audience", "facebook:cart", "on_1", 1, 0), On("slot", "welcome_mat", "on_1", 1, 1)),
        goal_until=NOW + 30 * 86_400_000,
        history=tuple(Visit("5d1f0c7e", n, node, outcome, at[n // 3]) for n, (node, outcome) in enumerate(history)),
    )


def test_a_graph_comes_back_from_its_json_as_it_was():
    for whole in (cart(), everything()):
        assert graph.from_json(graph.to_json(whole)) == whole


def test_a_graph_with_words_that_nobody_knows_is_refused():
    with pytest.raises(msgspec.ValidationError, match="nod"):
        graph.from_json(graph.to_json(cart()).replace('"nodes"', '"nods"'))


def test_every_kind_of_node_is_in_the_fixture_and_says_where_it_leads():
    whole = everything()
    kinds = set(nodes.Node.__args__)
    assert {type(each) for each in whole.nodes.values()} == kinds
    led = {key for each in whole.nodes.values() for key in nodes.leads(each)}
    assert led | {whole.first} == set(whole.nodes)


def test_a_journey_listens_to_what_its_exits_its_goal_and_its_waits_name():
    heard = {each.event for each in everything().listens()}
    assert heard == {"Order Completed", "Order Refunded", "Page Viewed", "Email Link Clicked", "Task Answered"}


def test_a_run_comes_back_from_its_json_as_it_was():
    full = msgspec.structs.replace(
        a_usual_run(),
        tasks=(Opened("call", 9),),
        past=(Past(1, NOW - 9, NOW - 1, "end"), Past(2, NOW - 8, NOW, "goal", NOW, "email_1", Worth(2_990, "USD"))),
        goal_by="email_2",
        worth=Worth(8_990, "USD"),
        arms={"winter": "b"},
        loops={"again": 2},
        used=("x",),
    )
    assert run.from_json(run.to_json(full)) == full


def test_a_usual_run_and_its_inbox_have_less_than_a_kilobyte():
    inbox = [Cause(id="a1b2c3d4e5f60718", kind="signal", name="Order Completed", at=NOW, received_at=NOW + 250)]
    converted = {"goal_at": NOW, "goal_by": "email_2", "worth": Worth(8_990, "USD")}
    text = run.to_json(msgspec.structs.replace(a_usual_run(), **converted)) + "".join(map(run.to_json, inbox))
    assert len(text.encode()) < 1_024
    assert run.cause_from_json(run.to_json(inbox[0])) == inbox[0]


def test_the_ids_of_a_run_and_of_its_mails_are_always_the_same():
    its = a_usual_run()
    assert its.id == run.run_id("cart", "", CUSTOMER, 1) != run.run_id("cart", "", CUSTOMER, 2)
    assert its.send_id("email_1", 2) == its.send_id("email_1", 2) != its.send_id("email_1", 3)


def test_effects_come_back_from_their_json_and_each_has_a_key_of_its_own():
    made = {"run": "r1", "node": "n", "visit": 4}
    several = [
        effects.Mail(**made, send_id="s"),
        effects.Mail(**made, send_id="s", is_end=True),
        effects.Audience(**made, name="facebook:cart", place=1),
        effects.Slot(**made, name="mat", content="cart", place=2),
        effects.Slot(**made, name="mat", place=2, is_end=True),
        effects.Task(**made, queue="sales", due_at=NOW, place=3),
        effects.Webhook(**made, connector="erp", props={"a": 1}, place=4),
        effects.SetTraits(**made, traits={"vip": True, "old": None}, place=5),
        effects.ChangeList(**made, list_id="staff", is_on=False, place=6),
        effects.Tell(**made, name="Journey Entered", own=True, place=7),
        effects.Start(**made, journey="other", place=8),
    ]
    assert effects.from_json(effects.to_json(several)) == several
    assert len({each.key for each in several}) == len(several)
    assert [effects.channel(each) for each in several[-4:]] == ["fact"] * 4


def test_nothing_of_a_journey_knows_of_campaigns():
    room = Path(run.__file__).parent
    assert not [path for path in room.rglob("*.py") if "shopkeeper.campaign" in path.read_text()]
