"""What SES says of a mail leads to one row, in whatever order and however often it says it."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.clock import from_text
from shopkeeper.mail import feedback, ledger, ses_events
from tests import ses_reports as ses

RECEIVED = "2026-11-21T12:00:00.000Z"
ROW = replace(
    ledger.planned(
        customer_id="c1",
        activity="campaign:spring",
        step="letter",
        occurrence="1",
        planned_at=from_text("2026-11-21T09:00:00Z"),
        topic="news",
    ),
    send_id=ses.SEND_ID,
)
CALLING = replace(ROW, state="calling", rank=2, fence=1, claim_id="d-1", lease_until=RECEIVED, call_started_at=RECEIVED)
UNKNOWN = replace(ROW, state="unknown", rank=3, fence=1)
RECORDED = replace(
    ROW, state="accepted", rank=4, fence=1, ses_message_id=ses.MESSAGE_ID, accepted_at="2026-11-21T09:30:00.500Z"
)
GIVEN_UP = replace(
    ROW, state="not_sent", rank=3, reason="other:lost", failure_source="local", not_sent_at="2026-11-21T09:29:00.000Z"
)
REPORTS = [
    ses.sent(),
    ses.delivered(),
    ses.delayed(),
    ses.delayed("2026-11-21T09:30:30.000Z"),
    ses.bounced("Transient", "MailboxFull", "4.2.2", feedback="b-0"),
    ses.bounced(),
    ses.bounced(subtype="NoEmail", at="2026-11-21T09:31:30.000Z", feedback="b-2"),
    ses.complained(),
    ses.complained("other", at="2026-11-21T09:59:00.000Z", feedback="c-2"),
    ses.complained("not-spam", feedback="c-3"),
    ses.rejected(),
    ses.bounced(subtype="OnAccountSuppressionList", status="5.1.1", feedback="b-3"),
]


def heard(row, *bodies):
    for body in bodies:
        event = ses_events.read(body, RECEIVED)
        change = feedback.hear(row, event, feedback.judge(event))
        if change:
            assert change.fits(row)
            row = change.applied(row)
    return row


def judged(body):
    return feedback.judge(ses_events.read(body, RECEIVED))


@given(
    st.sampled_from([ROW, CALLING, UNKNOWN, RECORDED, GIVEN_UP]),
    st.lists(st.sampled_from(REPORTS), max_size=8),
    st.data(),
)
def test_the_same_reports_in_any_order_and_any_number_of_copies_lead_to_the_same_row(start, reports, data):
    again = data.draw(st.permutations([*reports, *data.draw(st.lists(st.sampled_from(reports or [ses.sent()])))]))
    if not reports:
        again = []

    assert heard(start, *again) == heard(start, *reports)


@given(st.sampled_from([ROW, CALLING, UNKNOWN, RECORDED, GIVEN_UP]), st.lists(st.sampled_from(REPORTS)))
def test_a_rank_never_falls_and_goes_with_its_state(start, reports):
    row = start
    for body in reports:
        before, row = row, heard(row, body)
        assert row.rank >= before.rank
        assert row.rank == (
            ledger.LAST_WORD
            if row.failure_source == "provider" and row.state == "not_sent"
            else (ledger.RANKS[row.state])
        )


@given(st.sampled_from([ROW, CALLING, UNKNOWN, RECORDED, GIVEN_UP]), st.lists(st.sampled_from(REPORTS), min_size=1))
def test_what_one_report_says_of_a_row_that_holds_it_already_is_no_change(start, reports):
    row = heard(start, *reports)

    for body in reports:
        event = ses_events.read(body, RECEIVED)
        assert feedback.hear(row, event, feedback.judge(event)) is None


@pytest.mark.parametrize("start", [CALLING, UNKNOWN, GIVEN_UP, ROW])
def test_a_send_event_settles_what_was_calling_or_unknown_with_its_message_id(start):
    row = heard(start, ses.sent())

    assert (row.state, row.ses_message_id, row.accepted_at) == ("accepted", ses.MESSAGE_ID, ses.MAILED)
    assert (row.reason, row.failure_source, row.not_sent_at, row.claim_id, row.lease_until) == ("",) * 5


def test_a_send_event_costs_no_write_where_the_answer_was_recorded():
    event = ses_events.read(ses.sent(), RECEIVED)

    assert feedback.hear(RECORDED, event, feedback.judge(event)) is None


def test_a_delivery_after_a_bounce_is_noted_and_lowers_nothing():
    row = heard(RECORDED, ses.bounced(), ses.delivered())

    assert (row.state, row.delivered_at) == ("hard_bounced", "2026-11-21T09:30:02.000Z")


def test_a_delivery_alone_says_that_the_mail_was_accepted():
    row = heard(UNKNOWN, ses.delivered())

    assert (row.state, row.accepted_at, row.ses_message_id) == ("delivered", ses.MAILED, ses.MESSAGE_ID)


def test_the_earliest_instant_stays():
    row = heard(RECORDED, ses.delayed(), ses.delayed("2026-11-21T09:30:30.000Z"), ses.delayed())

    assert row.delayed_at == "2026-11-21T09:30:30.000Z"


def test_the_providers_verdict_takes_the_place_of_ours_with_its_own_time():
    row = heard(GIVEN_UP, ses.rejected())

    assert (row.reason, row.failure_source, row.not_sent_at) == ("other:rejected", "provider", ses.MAILED)
    assert heard(row, ses.sent(), ses.delivered()).state == "not_sent"


@pytest.mark.parametrize(
    ("body", "state", "reason", "blocks", "leaves"),
    [
        (ses.bounced("Permanent", "General", ""), "hard_bounced", "Permanent/General", "hard_bounce", ""),
        (ses.bounced("Permanent", "NoEmail", "5.1.1"), "hard_bounced", "Permanent/NoEmail 5.1.1", "hard_bounce", ""),
        (ses.bounced("Permanent", "Suppressed", ""), "hard_bounced", "Permanent/Suppressed", "", ""),
        (ses.bounced("Permanent", "SomethingNew", ""), "hard_bounced", "Permanent/SomethingNew", "hard_bounce", ""),
        (ses.bounced("Transient", "General", "5.1.1"), "hard_bounced", "Transient/General 5.1.1", "hard_bounce", ""),
        (ses.bounced("Transient", "MailboxFull", "4.2.2"), "soft_bounced", "Transient/MailboxFull 4.2.2", "", ""),
        (ses.bounced("Transient", "General", ""), "soft_bounced", "Transient/General", "", ""),
        (ses.bounced("Undetermined", "Undetermined", ""), "soft_bounced", "Undetermined/Undetermined", "", ""),
        (ses.bounced("Brand<New>", None, ""), "soft_bounced", "BrandNew/", "", ""),
        (ses.complained(), "complained", "abuse", "", "marketing"),
        (ses.complained(None), "complained", "abuse", "", "marketing"),
        (ses.complained("virus"), "complained", "virus", "", "marketing"),
        (ses.complained("not-spam"), "", "", "", ""),
        (ses.rejected(), "not_sent", "other:rejected", "", ""),
        (ses.unrendered(), "not_sent", "other:render", "", ""),
    ],
)
def test_every_report_has_its_verdict(body, state, reason, blocks, leaves):
    suppressed = "suppressed" if reason == "Permanent/Suppressed" else ""
    strikes = "soft" if state == "soft_bounced" else suppressed
    assert judged(body) == feedback.Verdict(state, reason, blocks, leaves, strikes)


@pytest.mark.parametrize(
    ("body", "reason", "blocks", "leaves"),
    [
        (ses.bounced(subtype="OnAccountSuppressionList"), "do_not_contact:suppression_list", "suppression_list", ""),
        (ses.bounced(subtype="OnTenantSuppressionList"), "do_not_contact:suppression_list", "suppression_list", ""),
        (ses.bounced(subtype="OnMoonSuppressionList"), "do_not_contact:suppression_list", "suppression_list", ""),
        (ses.bounced(subtype="UnsubscribedRecipient"), "do_not_contact:unsubscribed", "", "topic"),
        (ses.bounced(subtype="EmailValidationSuppressed"), "malformed:validation", "validation", ""),
        (
            ses.complained(None, "OnAccountSuppressionList"),
            "do_not_contact:suppression_list",
            "suppression_list",
            "marketing",
        ),
    ],
)
def test_what_ses_never_tried_to_deliver_was_not_sent(body, reason, blocks, leaves):
    assert judged(body) == feedback.Verdict("not_sent", reason, blocks, leaves)
    assert heard(RECORDED, body, ses.sent(), ses.delivered()).state == "not_sent"


def facts(body, row=RECORDED):
    event = ses_events.read(body, RECEIVED)
    return feedback.facts(row, event, feedback.judge(event), RECEIVED)


@pytest.mark.parametrize(
    ("body", "name", "kind", "said"),
    [
        (ses.sent(), "Email Sent", "accepted", {}),
        (ses.delivered(), "Email Delivered", "delivered", {}),
        (ses.bounced(), "Email Bounced", "hard_bounced", {"bounce": "hard", "reason": "Permanent/General 5.1.1"}),
        (ses.rejected(), "Not Sent", "not_sent", {"reason": "other:rejected"}),
    ],
)
def test_each_report_becomes_an_interaction_of_the_customer_of_the_row(body, name, kind, said):
    event = ses_events.read(body, RECEIVED)
    (fact,) = facts(body)

    assert (fact.subject, fact.name, fact.source, fact.trusted) == ("customer:c1", name, "feedback", True)
    assert fact.message_id == f"{ses.SEND_ID}/{kind}/{event.key}"
    assert (fact.at, fact.received_at) == (event.at, RECEIVED)
    letter = {"send_id": ses.SEND_ID, "activity": "campaign:spring", "step": "letter", "occurrence": "1"}
    assert fact.properties == letter | {"topic": "news"} | said


def test_what_blocks_an_address_says_so_by_its_key():
    row = replace(ROW, address_key="address:a")
    told = [
        facts(body, row)[0].properties for body in (ses.bounced(), ses.bounced(subtype="Suppressed"), ses.delivered())
    ]

    assert [(each.get("address"), each.get("block")) for each in told] == [
        ("address:a", "hard_bounce"),
        (None, None),
        (None, None),
    ]


def test_a_complaint_becomes_an_interaction_and_the_word_on_all_marketing():
    complained, left = facts(ses.complained())

    assert (complained.name, complained.properties["reason"]) == ("Email Marked as Spam", "abuse")
    assert (left.name, left.source, left.at) == ("Consent Changed", "feedback", complained.at)
    assert left.properties == {"topic": "*", "is": "out", "basis": "complaint", "send_id": ses.SEND_ID}
    assert left.key != complained.key


@pytest.mark.parametrize("body", [ses.delayed(), ses.complained("not-spam")])
def test_a_delay_and_a_kind_word_are_no_interactions(body):
    assert facts(body) == []


def test_who_unsubscribed_at_ses_is_out_of_the_topic_without_having_left_by_this_mail():
    not_sent, left = facts(ses.bounced(subtype="UnsubscribedRecipient"))

    assert not_sent.name == "Not Sent"
    assert (left.name, left.properties["topic"], left.properties["is"]) == ("Consent Changed", "news", "out")
    assert left.key != not_sent.key


def test_no_address_gets_into_a_row_or_an_interaction():
    for body, row in itertools.product(REPORTS, [ROW, RECORDED]):
        text = repr([heard(row, body), facts(body, row)]).lower()
        assert "example.com" not in text
