"""Reports over the real table: a report is a count of the rows, and each number can be asked who stands behind it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from moto import mock_aws

from shopkeeper import clock
from shopkeeper.aws.sends import Sends
from shopkeeper.campaign import by_hand, outcomes, recipients, report
from shopkeeper.campaign.pins import Pins
from shopkeeper.campaign.recipients import Who
from shopkeeper.customer.requests import BadRequest
from shopkeeper.mail import ledger
from shopkeeper.mail.credited import Credit
from tests import tables

NOW = clock.from_text("2026-11-21T12:00:00Z")
AT = clock.to_text(NOW)
PINS = Pins(version=1, audience="{}", template="hello#1", brand="shop#1", topic="news", mail_class="marketing")
SPRING = replace(by_hand.planned("spring", PINS, NOW, NOW), state="running", found=40, as_of=AT)
HITS = frozenset(["u/a", "u/b", "u2/c", "u2/d", "m0/e"])
URLS = ["https://shop.example/a", "https://shop.example/b", "https://shop.example/a"]
ORDERS = (
    Credit(order="a", facts=2, at=AT, currency="USD", minor_units=1200, units=3),
    Credit(order="b", facts=1, at=AT),
    Credit(order="c", facts=2),
)
KINDS = [
    {
        "state": "delivered",
        "accepted_at": AT,
        "delivered_at": AT,
        "opened_at": AT,
        "clicked_at": AT,
        "hits": HITS,
        "orders": ORDERS,
    },
    {"state": "delivered", "accepted_at": AT, "delivered_at": AT, "opened_machine_at": AT, "hits": frozenset(["m/f"])},
    {"state": "soft_bounced", "accepted_at": AT, "reason": "transient/general 4.2.2"},
    {"state": "complained", "accepted_at": AT, "unsubscribed_at": AT},
    {"state": "not_sent", "reason": "malformed:address"},
    {"state": "not_sent", "reason": "do_not_contact:no_consent"},
    {"state": "unknown"},
    {
        "state": "held_out",
        "reason": "held_out:policy",
        "orders": (Credit(order="a", facts=1, at=AT, currency="EUR", minor_units=1),),
    },
]
(CONTENT,) = (letter.content_ref for letter in PINS.letters)
NOBODY = {"human": 0, "machine": 0, "unknown": 0, "any": 0}


def link(number, **counted):
    return {"template": "hello#1", "number": number, "url": URLS[number]} | counted


def urls(content):
    return URLS if content == CONTENT else []


EXPECTED = {
    "campaign": "spring",
    "launch": "spring-1",
    "state": "running",
    "as_of": AT,
    "opened_within_days": 5,
    "held_out": 5,
    "targeted": 35,
    "pending": 0,
    "in_flight": 0,
    "unknown": 5,
    "sent": 20,
    "not_sent": 10,
    "opened": 5,
    "unopened": 0,
    "waiting": 10,
    "bounced": 5,
    "malformed": 5,
    "do_not_contact": 5,
    "other_failures": 0,
    "malformed_ever": 5,
    "resubmitted_malformed": 0,
    "delivered": 10,
    "unsubscribed": 5,
    "complained": 5,
    "ordered": 5,
    "held_out_ordered": 5,
    "conversion": {"window_days": 5, "counts": None},
    "sales": {"orders": 10, "unpriced": 5, "units": 15, "revenue": {"USD": {"amount": "60.00", "minor_units": 6000}}},
    "held_out_sales": {
        "orders": 5,
        "unpriced": 0,
        "units": 0,
        "revenue": {"EUR": {"amount": "0.05", "minor_units": 5}},
    },
    "lift": {"least": 100, "sent_percent": None, "held_out_percent": None, "difference": None},
    "opens": {"human": 5, "machine": 5, "unknown": 0, "any": 10},
    "clicks": {"human": 5, "machine": 0, "unknown": 0, "any": 5},
    "variants": [],
    "opens_in_all": {"human": 10, "machine": 5, "unknown": 0, "any": 15},
    "clicks_in_all": {"human": 10, "machine": 5, "unknown": 0, "any": 15},
    "links": [
        link(
            0,
            people={"human": 0, "machine": 5, "unknown": 0, "any": 5},
            times={"human": 0, "machine": 5, "unknown": 0, "any": 5},
        ),
        link(1, people=NOBODY, times=NOBODY),
        link(
            2,
            people={"human": 5, "machine": 0, "unknown": 0, "any": 5},
            times={"human": 10, "machine": 0, "unknown": 0, "any": 10},
        ),
    ],
    "hours": [{"hour": "2026-11-21T12:00:00.000Z", "opened": 5, "clicked": 5}],
    "reasons": {
        "bounced": {"soft transient/general 4.2.2": 5},
        "malformed": {"address": 5},
        "do_not_contact": {"no_consent": 5},
        "other_failures": {},
        "held_out": {"policy": 5},
    },
    "broken": [],
}


def row(number, occurrence="spring-1"):
    planned = ledger.planned(
        customer_id=f"c{number}",
        activity="campaign:spring",
        step="letter",
        occurrence=occurrence,
        planned_at=NOW,
        topic="news",
        content_ref=CONTENT,
    )
    return replace(planned, **KINDS[number % len(KINDS)])


@pytest.fixture(scope="module")
def sends():
    with mock_aws():
        sends = Sends(tables.create("SendsTable"), "SendsTable")
        for number in range(40):
            sends.plan(row(number))
            for credit in row(number).orders:
                sends.credit(row(number).send_id, credit)
                sends.credit(row(number).send_id, replace(credit, facts=0, units=99))
        sends.plan(row(0, "spring-2"))
        yield sends


def everybody(sends, outcome, limit):
    found, after = [], recipients.START
    while after:
        page, after = recipients.recipients(SPRING, sends, Who(outcome), limit, NOW, after)
        assert len(page) <= limit
        found += page
    return found


def test_a_report_says_what_the_rows_say(sends):
    assert report.shown(report.report(SPRING, sends, NOW), urls) == EXPECTED


def test_every_name_of_the_report_is_explained_in_its_form():
    assert set(EXPECTED) == set(report.ReportView.__annotations__)


@pytest.mark.parametrize("name", outcomes.NAMES)
def test_behind_each_number_stand_as_many_customers(sends, name):
    found = everybody(sends, name, 7)

    assert len(found) == report.report(SPRING, sends, NOW).counts[name]
    assert len({each.customer_id for each in found}) == len(found)


@pytest.mark.parametrize("limit", [1, 3, 5, 500])
def test_pages_of_any_size_hold_the_same_customers_in_the_same_order(sends, limit):
    assert everybody(sends, "opened", limit) == everybody(sends, "opened", 2)


@pytest.mark.parametrize(
    ("outcome", "link", "number"),
    [("clicked", "2", 5), ("clicked", "0", 0), ("clicked", "1", 0), ("clicked_any", "0", 5), ("clicked_any", "2", 5)],
)
def test_behind_each_link_stand_those_who_followed_it(sends, outcome, link, number):
    found, after = recipients.recipients(SPRING, sends, Who(outcome, link=link), 500, NOW)

    assert (len(found), after) == (number, None)


@pytest.mark.parametrize(("outcome", "link"), [("opened", "2"), ("clicked", "x"), ("clicked", "-1"), ("clicked", "٣")])
def test_a_link_goes_by_its_number_and_with_clicks_alone(sends, outcome, link):
    with pytest.raises(BadRequest) as refused:
        recipients.recipients(SPRING, sends, Who(outcome, link=link), 5, NOW)

    assert [name for name, _ in refused.value.findings] == ["link"]


def test_a_rare_outcome_is_looked_for_a_part_at_a_time(sends, monkeypatch):
    monkeypatch.setattr(recipients, "MOST_ROWS", 1)

    page, after = recipients.recipients(SPRING, sends, Who("pending"), 5, NOW)

    assert (page, after) == ([], ("1", ""))
    assert len(everybody(sends, "bounced", 5)) == 5


def test_a_recipient_is_shown_with_the_rung_and_the_reason():
    shown = recipients.shown(row(2), NOW)

    assert (shown["outcome"], shown["state"], shown["reason"]) == ("bounced", "soft_bounced", "transient/general 4.2.2")
    assert (shown["customer_id"], shown["accepted_at"], shown["opened_at"]) == ("c2", AT, None)
    assert recipients.shown(row(1), NOW + timedelta(days=5))["outcome"] == "unopened"


def test_who_waits_or_was_not_sent_anything_is_shown_with_what_that_rests_on():
    later, capped = clock.to_text(NOW + timedelta(days=2)), {"cap": "2 in 7 days", "had": "2"}
    waiting = replace(row(2), state="ready", due_at=later, evidence=json.dumps({"waits": "capped"} | capped))

    shown = recipients.shown(waiting, NOW)
    left_out = recipients.shown(replace(waiting, state="not_sent", evidence=json.dumps(capped)), NOW)

    assert (shown["waits_until"], shown["evidence"]) == (later, {"waits": "capped"} | capped)
    assert (left_out["waits_until"], left_out["evidence"]) == (None, capped)
    assert recipients.shown(row(2), NOW)["evidence"] is None


@pytest.mark.parametrize(
    ("outcome", "after", "field"),
    [("openend", recipients.START, "outcome"), ("opened", ("8", ""), "cursor"), ("opened", ("x", ""), "cursor")],
)
def test_what_cannot_be_asked_is_refused_by_name(sends, outcome, after, field):
    with pytest.raises(BadRequest) as refused:
        recipients.recipients(SPRING, sends, Who(outcome), 5, NOW, after)

    assert [name for name, _ in refused.value.findings] == [field]


@pytest.mark.parametrize("found", [report.MOST_AT_ONCE + 1, 0])
def test_a_launch_too_large_to_count_at_once_is_reported_as_it_was_last_counted(sends, monkeypatch, found):
    """Also while it freezes, and nobody knows yet how large it will be."""
    monkeypatch.setattr(report, "MOST_AT_ONCE", report.MOST_AT_ONCE if found else 39)
    large = replace(SPRING, found=found, outcomes={"targeted": 3, "pending": 3})

    shown = report.shown(report.report(large, sends, NOW + timedelta(hours=1)), urls)

    assert (shown["targeted"], shown["pending"], shown["sent"], shown["as_of"]) == (3, 3, 0, AT)


def test_a_large_launch_that_was_never_counted_is_pending_since_it_was_frozen(sends):
    large = replace(SPRING, found=report.MOST_AT_ONCE + 1, frozen_at=clock.to_text(NOW), as_of="")

    shown = report.shown(report.report(large, sends, NOW + timedelta(hours=1)), urls)

    assert (shown["targeted"], shown["as_of"], shown["broken"]) == (large.found, large.frozen_at, [])


def test_no_report_and_no_page_reads_more_rows_than_a_request_has_time_for(sends, monkeypatch):
    monkeypatch.setattr(report, "MOST_AT_ONCE", 20)
    monkeypatch.setattr(recipients, "MOST_ROWS", 10)
    read = []

    class Counted:
        def of_activity(self, *asked):
            for each in sends.of_activity(*asked):
                read.append(each)
                yield each

        def of_shard(self, *asked):
            rows, after = sends.of_shard(*asked)
            read.extend(rows)
            return rows, after

    report.report(SPRING, Counted(), NOW)
    assert len(read) == 0, "it is known to be larger"
    report.report(replace(SPRING, found=0), Counted(), NOW)
    assert len(read) == 21
    read.clear()
    recipients.recipients(SPRING, Counted(), Who("pending"), 5, NOW)
    assert len(read) <= 10 + 40 // ledger.ACTIVITY_SHARDS + 5
