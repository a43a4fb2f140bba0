import json

import pytest

from shopkeeper.connect import messages, retries
from shopkeeper.connect.calling import Reply, Unreachable
from shopkeeper.connect.connectors import OVERLAP, Endpoint
from shopkeeper.connect.delivering import NotTaken
from shopkeeper.journey.effects import Audience, Mail, Slot, Task, Webhook
from tests.connect_fakes import HOOK, NOW, RING, Desk, handed

CALL = Webhook(run="r1", node="tell", visit=3, connector="crm", event="cart.left", props={"total": 12.5})
IN = Audience(run="r1", node="on", visit=1, name="crm:cart", content="discount")
OUT = Audience(run="r1", node="on", visit=1, name="crm:cart", is_end=True)


def in_vain(desk, effect):
    with pytest.raises(NotTaken) as problem:
        desk.deliver(effect)
    return str(problem.value), problem.value.is_in_vain


def test_a_webhook_says_whose_it_is_under_the_key_of_its_effect():
    desk = Desk(crm=HOOK)

    assert desk.deliver(CALL) == "delivered"

    (call,) = desk.other.asked
    assert (call.url, call.headers["webhook-id"]) == (HOOK.url, "r1/3/tell/0")
    assert call.headers["content-type"] == "application/json"
    assert call.said == {
        "type": "cart.left",
        "timestamp": "2026-11-22T15:00:00.000Z",
        "data": {
            "customer_id": "jo",
            "journey": "cart",
            "run": "r1",
            "node": "tell",
            "visit": 3,
            "properties": {"total": 12.5},
        },
    }


def test_what_the_other_side_does_not_want_is_not_sent():
    desk = Desk(crm=Endpoint(HOOK.url, events=("audience.on",)))

    assert (desk.deliver(CALL), desk.deliver(IN), desk.deliver(OUT)) == ("unwanted", "delivered", "unwanted")
    assert desk.told_the_other_side() == ["audience.on"]


@pytest.mark.parametrize("reply", [301, 400, 404, 429, 500, 503, Unreachable("TimeoutError")])
def test_whatever_is_no_success_is_tried_again(reply):
    desk = Desk(reply, crm=HOOK)

    assert in_vain(desk, CALL)[1] is False
    assert desk.deliver(CALL) == "delivered"


def test_the_other_side_may_ask_for_patience():
    with pytest.raises(NotTaken) as problem:
        Desk(Reply(503, 7200), crm=HOOK).deliver(CALL)

    assert (problem.value.status, problem.value.retry_after_s) == (503, 7200)


def test_who_is_gone_is_not_called_again_before_somebody_says_so():
    desk = Desk(410, crm=HOOK)

    assert in_vain(desk, CALL) == ("answered 410", True)
    assert in_vain(desk, CALL) == ("the connector is off: the other side is gone (410)", True)
    assert len(desk.other.asked) == 1

    desk.connectors.put(desk.connectors.state("crm").resumed())
    assert desk.deliver(CALL) == "delivered"


def test_nobody_is_called_without_a_connector_or_a_secret():
    assert in_vain(Desk(), CALL) == ("there is no such connector", True)

    desk = Desk(crm=HOOK)
    desk.connectors.states["crm"] = type(desk.connectors.states["crm"])(connector="crm")
    assert in_vain(desk, CALL) == ("the connector has no secret", True)

    desk = Desk(crm=HOOK)
    desk.ring = None
    assert in_vain(desk, CALL) == ("the key ring cannot be read", False)
    assert desk.other.asked == []


def test_the_secret_before_signs_for_a_day_beside_the_new_one():
    state = Desk(crm=HOOK).connectors.state("crm")
    first = state.signing(RING, NOW)
    second = state.renewed(1, NOW)

    assert second.signing(RING, NOW)[1:] == first
    assert second.signing(RING, NOW + OVERLAP) == second.signing(RING, NOW)[:1] != first
    assert len(second.renewed(1, NOW).signing(RING, NOW)) == 2


def test_a_customer_enters_and_leaves_an_audience():
    desk = Desk(crm=HOOK)

    assert (desk.deliver(IN), desk.deliver(OUT)) == ("delivered", "delivered")

    entered, left = desk.other.asked
    assert entered.said["data"] | left.said["data"] | {"revision": 1} == entered.said["data"] | {"content": ""}
    assert (entered.said["data"]["audience"], entered.said["data"]["content"]) == ("cart", "discount")
    assert (entered.said["data"]["revision"], left.said["data"]["revision"]) == (1, 2)
    assert entered.headers["webhook-id"] + "/end" == left.headers["webhook-id"]


def test_a_customer_stays_in_an_audience_as_long_as_any_run_keeps_them_there():
    desk = Desk(crm=HOOK)
    theirs = Audience(run="r2", node="on", visit=5, name="crm:cart")

    desk.deliver(IN)
    desk.deliver(theirs)
    assert desk.deliver(OUT) == "superseded"
    assert desk.deliver(OUT) == "superseded"
    ended = Audience(run="r2", node="on", visit=5, name="crm:cart", is_end=True)
    assert desk.deliver(ended) == "delivered"
    assert desk.told_the_other_side() == ["audience.on", "audience.on", "audience.off"]


def test_an_entrance_that_is_late_or_is_tried_again_does_not_undo_the_leaving():
    desk = Desk(500, crm=HOOK)
    in_vain(desk, IN)
    desk.deliver(OUT)
    assert desk.deliver(IN) == "superseded"

    late = Desk(crm=HOOK)
    late.deliver(OUT)
    assert late.deliver(IN) == "superseded"
    assert late.told_the_other_side() == ["audience.off"]


def test_a_leaving_that_is_tried_again_does_not_undo_the_next_entrance():
    desk = Desk(204, 500, crm=HOOK)
    desk.deliver(IN)
    in_vain(desk, OUT)
    assert desk.deliver(Audience(run="r1", node="again", visit=4, name="crm:cart")) == "delivered"
    assert desk.deliver(OUT) == "superseded"


def test_a_slot_goes_nowhere_and_is_kept():
    desk = Desk()
    mat = Slot(run="r1", node="on", visit=1, name="mat", content="cart")

    assert (desk.deliver(mat), desk.deliver(mat)) == ("kept", "kept")
    kept = desk.switches.load("slot", "jo")
    assert [each.content for each in kept.switch("mat").holders] == ["cart"]
    assert kept.revision == 1

    assert desk.deliver(Slot(run="r1", node="on", visit=1, name="mat", is_end=True)) == "kept"
    assert desk.switches.load("slot", "jo").switch("mat").holders == ()


def test_whoever_is_overtaken_looks_again_and_not_for_ever():
    desk = Desk(crm=HOOK)
    desk.switches.overtaken = 3
    assert desk.deliver(IN) == "delivered"

    desk.switches.overtaken = 1000
    assert in_vain(desk, OUT) == ("too many others are at it", False)


def test_a_task_is_for_people():
    desk, call = Desk(), Task(run="r1", node="call", visit=2, queue="sales")

    assert desk.deliver(call) == "kept"
    assert [task for _, task in desk.tasks] == [call]


def test_a_mail_is_nothing_for_a_connector():
    assert in_vain(Desk(), Mail(run="r1", node="hello", visit=1, send_id="s"))[1]


def test_behind_the_last_try_the_run_is_told():
    desk, problem = Desk(), NotTaken("answered 500")

    assert not desk.deliverer.give_up(handed(CALL), problem, retries.MOST_TRIES - 1)
    assert desk.told == []
    assert desk.deliverer.give_up(handed(CALL), problem, retries.MOST_TRIES)
    ((key, cause),) = desk.told
    assert key == ("jo", "cart#")
    assert (cause.kind, cause.about, cause.props) == ("failed", "r1/3/tell/0", {"reason": "answered 500"})


def test_a_message_is_read_as_legs_write_it_and_refused_otherwise():
    said = {"customer_id": "jo", "journey": "cart", "name": "cart#", "key": "k"}
    effect = {"do": "audience", "run": "r1", "node": "on", "visit": 1, "name": "crm:cart"}

    assert messages.read(json.dumps(said | {"effect": effect})).effect == Audience(
        run="r1", node="on", visit=1, name="crm:cart"
    )
    for text in ("", "[]", json.dumps(said), json.dumps(said | {"effect": {"do": "dance"}})):
        with pytest.raises(messages.NotUnderstood):
            messages.read(text)


def test_pauses_grow_and_stay_below_what_a_queue_can_hide():
    pauses = [retries.pause(tries, 0, 0.5, is_in_vain=False) for tries in range(1, retries.MOST_TRIES)]

    assert pauses == sorted(pauses)
    assert sum(retries.PAUSES_S) * 1.1 < 11 * 3600
    assert retries.pause(1, 3600, 0, is_in_vain=False) == 3600
    assert retries.pause(1, 10**6, 1, is_in_vain=False) == retries.LONGEST_S < 12 * 3600
    assert retries.pause(1, 3600, 0, is_in_vain=True) == retries.IN_VAIN_S
