"""When and where a customer acts most, against counting by hand and against an oracle over the raw acts."""

from collections import defaultdict
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import habits
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.fold import Candidate, Folding
from tests.interactions import ordered, said

WEIGHTS = {"Order Completed": 4, "Email Link Clicked": 3, "Email Opened": 1, "Product Viewed": 1, "Page Viewed": 1}


def customer(*history):
    folding = Folding(Document(), {})
    for each in history:
        folding.add(Candidate(each))
    return Customer("c", 1, folding.document(0), folding.measures)


def did(name, day, time, **more):
    at = f"2026-03-{day:02}T{time}:00.000Z"
    if name == "Order Completed":
        return ordered("user:jo", name + at, at, 10, at=at)
    return said("user:jo", name + at, name=name, at=at, **more)


def best(*history, zone="UTC"):
    found = habits.best_hour(customer(*history), zone)
    return found and (found["hour"], found["acts"], found["of"])


def test_of_two_acts_nothing_follows():
    assert best(did("Email Opened", 1, "18:00"), did("Order Completed", 2, "18:30")) is None


def test_the_hour_is_the_one_most_is_done_in():
    assert best(*(did("Email Opened", day, f"{hour:02}:10") for day, hour in ((1, 18), (2, 18), (3, 9)))) == (18, 2, 3)


def test_an_order_says_more_than_three_looks():
    looks = [did("Product Viewed", day, "09:00") for day in (1, 2, 3)]
    assert best(*looks, did("Order Completed", 4, "20:59")) == (20, 1, 4)


def test_twenty_pages_of_an_evening_are_one_act():
    pages = [did("Page Viewed", 1, f"20:{minute}") for minute in range(10, 30)]
    assert best(*pages) is None
    assert best(*pages, did("Page Viewed", 2, "08:00"), did("Page Viewed", 3, "08:59")) == (8, 2, 3)


def test_of_hours_that_weigh_the_same_the_one_acted_in_last_is_better():
    assert best(*(did("Email Opened", day, f"{hour:02}:00") for day, hour in ((2, 18), (3, 9), (1, 20)))) == (9, 1, 3)


def test_the_hour_is_that_of_the_customers_own_zone_or_else_of_the_workspace():
    opens = [did("Email Opened", day, "23:30") for day in (1, 2, 3)]
    seen = habits.best_hour(customer(*opens), "Europe/Berlin")
    assert seen == {"hour": 0, "zone": "Europe/Berlin", "is_own_zone": False, "acts": 3, "of": 3}
    away = did("Product Viewed", 4, "02:00", context={"zone": "Asia/Kolkata"})
    assert habits.best_hour(customer(*opens, away), "Europe/Berlin") == {
        "hour": 5,
        "zone": "Asia/Kolkata",
        "is_own_zone": True,
        "acts": 3,
        "of": 4,
    }


@pytest.mark.parametrize("name", ["timezone", "timeZone", "time_zone"])
def test_the_zone_that_somebody_states_goes_before_the_one_that_was_seen(name):
    opens = [did("Email Opened", day, "23:30", context={"zone": "Asia/Kolkata"}) for day in (1, 2, 3)]
    for stated, zone in (("Europe/Berlin", "Europe/Berlin"), ("Mars", "Asia/Kolkata"), (7, "Asia/Kolkata")):
        told = said("user:jo", "t", name="", type="identify", traits={name: stated})
        found = habits.best_hour(customer(*opens, told), "UTC")
        assert (found["zone"], found["is_own_zone"]) == (zone, True)


def test_what_was_told_with_its_day_alone_says_nothing_of_the_hour():
    in_berlin, in_utc = (
        ordered("user:jo", at, at, 10, at=at) for at in ("2026-03-01T23:00:00.000Z", "2026-03-04T00:00:00.000Z")
    )
    views = [did("Product Viewed", day, "09:00") for day in (1, 2)]
    assert habits.best_hour(customer(in_berlin, in_utc, *views), "Europe/Berlin") is None
    later = ordered("user:jo", "m", "m", 10, at="2026-03-04T00:00:00.001Z")
    assert habits.best_hour(customer(in_utc, later, *views), "UTC")["hour"] == 0


def test_a_zone_that_there_is_not_is_no_zone():
    opens = [did("Email Opened", day, "23:30", context={"timezone": "Mars/Olympus"}) for day in (1, 2, 3)]
    assert habits.best_hour(customer(*opens), "UTC")["is_own_zone"] is False


acts = st.tuples(st.sampled_from(sorted(WEIGHTS)), st.integers(1, 28), st.integers(0, 23), st.integers(1, 59))


@given(
    st.lists(acts, max_size=12, unique=True), st.randoms(), st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York"])
)
def test_the_hour_is_the_one_an_oracle_finds_over_the_raw_acts(history, random, zone):
    told = [did(name, day, f"{hour:02}:{minute:02}") for name, day, hour, minute in history]
    random.shuffle(told)
    times = [
        (name, datetime.fromisoformat(each.at).astimezone(ZoneInfo(zone))) for each in told for name in [each.name]
    ]
    slots = {(name, at.date(), at.hour) for name, at in times}
    scores = defaultdict(int)
    for name, _, hour in slots:
        scores[hour] += WEIGHTS[name]
    last = {hour: max(at for _, at in times if at.hour == hour) for hour in scores}
    if len(slots) < 3:
        assert best(*told, zone=zone) is None
        return
    hour, its, of = best(*told, zone=zone)
    assert (scores[hour], last[hour]) == max((scores[each], last[each]) for each in scores)
    assert (its, of) == (sum(slot[2] == hour for slot in slots), len(slots))


def bought_through(channel, day):
    at = f"2026-03-{day:02}T10:00:00.000Z"
    return said("user:jo", at, name="Order Completed", at=at, properties={"order_id": at, "channel": channel})


@pytest.mark.parametrize(
    ("history", "seen"),
    [
        ([did("Email Opened", 1, "09:00"), did("Email Opened", 2, "09:00")], None),
        ([did("Email Opened", 1, "09:00"), did("Email Opened", 1, "10:00"), did("Call Logged", 2, "09:00")], None),
        ([did("Email Opened", day, "09:00") for day in (1, 2, 3)], ("e-mail", 3, 3)),
        ([*(did("Email Opened", day, "09:00") for day in (1, 2)), did("Call Logged", 1, "08:00")], ("phone", 1, 3)),
        (
            [
                did("Email Link Clicked", 1, "09:00"),
                did("Call Logged", 1, "08:00"),
                did("Email Opened", 2, "08:00"),
            ],
            ("e-mail", 2, 3),
        ),
        ([bought_through("shop", 3), did("Call Logged", 4, "08:00"), did("Email Opened", 5, "08:00")], ("shop", 1, 3)),
        (
            [*(bought_through("shop", d) for d in (1, 2)), *(did("Call Logged", d, "08:00") for d in (3, 4))],
            ("shop", 2, 4),
        ),
        ([did("Reply Received", day, "08:00") for day in (1, 2, 3)], ("e-mail", 3, 3)),
        ([did("Live Chat Conversation Started", day, "08:00") for day in (1, 2, 3)], ("chat", 3, 3)),
    ],
)
def test_the_channel_is_the_one_most_is_done_through(history, seen):
    found = habits.observed_channel(customer(*history))
    assert (found and (found["channel"], found["acts"], found["of"])) == seen


def test_what_a_machine_opened_says_nothing():
    opens = [did("Email Opened", d, "09:00", source="tracking", properties={"class": "machine"}) for d in (1, 2, 3)]
    assert habits.observed_channel(customer(*opens)) is None
    assert best(*opens) is None
