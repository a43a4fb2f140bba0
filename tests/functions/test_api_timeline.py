"""The timeline explains the picture: what others said of one's orders stands there, and what was taken back says so."""

from functions.ingest_store import app as ingest_store
from tests.functions.test_api_read_customers import CONTEXT, STORED, get, shop  # noqa: F401 - a fixture
from tests.interactions import about_order, ordered, retracted, said, sqs_event

NOON, LATER, LAST = (f"2026-03-0{day}T12:00:00.000Z" for day in (1, 2, 3))


def store(*told):
    assert ingest_store.handler(sqs_event({str(n): each for n, each in enumerate(told)}), CONTEXT) == STORED


def timeline(user, **query):
    status, page = get(f"/v1/customers/user:{user}/timeline", **query)
    assert status == 200
    return page


def test_what_others_said_of_an_order_stands_on_the_timeline_of_whose_it_is(shop):  # noqa: F811
    store(ordered("user:lea", "m1", "L1", 50, at=NOON))
    store(said("user:lea", "m2", at=LAST), about_order("Cancelled", "user:office", "m3", "L1", at=LATER))

    first = timeline("lea", limit="2")
    rest = timeline("lea", limit="2", cursor=first["next"])

    told = [(each["subject"], each["message_id"]) for each in (*first["items"], *rest["items"])]
    assert told == [("user:lea", "m2"), ("user:office", "m3"), ("user:lea", "m1")]
    assert rest["next"] is None


def test_what_was_taken_back_says_so(shop):  # noqa: F811
    store(said("user:max", "m1", at=NOON), said("user:max", "m2", at=LATER))
    store(retracted("user:max", "m3", "m1", at=LAST))

    shown = {each["message_id"]: each.get("retracted") for each in timeline("max")["items"]}

    assert shown == {"m1": True, "m2": None, "m3": None}
