import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.mail import ses_events
from shopkeeper.mail.ses_events import NotUnderstood
from tests import ses_reports as ses

LATER = "2026-11-21T12:00:00.000Z"
ALL = [ses.sent, ses.delivered, ses.delayed, ses.bounced, ses.complained, ses.rejected, ses.unrendered]


def read(body):
    return ses_events.read(body, LATER)


@pytest.mark.parametrize("make", ALL)
def test_every_type_names_its_send_and_its_message(make):
    event = read(make())

    assert (event.send_id, event.message_id, event.accepted_at) == (ses.SEND_ID, ses.MESSAGE_ID, ses.MAILED)


def test_the_time_is_that_of_what_happened_and_not_that_of_the_mail():
    assert read(ses.delivered()).at == "2026-11-21T09:30:02.000Z"
    assert read(ses.sent()).at == ses.MAILED


@pytest.mark.parametrize("said", [None, "", "yesterday", "2026-11-21T09:30:00", "9999-99-99T00:00:00Z"])
def test_a_time_that_cannot_be_read_is_replaced_by_the_next_best(said):
    assert read(ses.delivered(at=said)).at == ses.MAILED
    assert read(ses.delivered(at=said, timestamp=said)).at == LATER


@pytest.mark.parametrize("make", ALL)
def test_each_copy_has_the_same_key_and_each_other_event_another(make):
    others = [read(other()).key for other in ALL if other is not make]

    assert read(make()).key == read(make()).key
    assert read(make()).key not in others
    assert read(make(messageId="another")).key != read(make()).key or make in (ses.bounced, ses.complained)


def test_two_bounces_of_a_mail_are_told_apart_by_their_feedback_id():
    assert read(ses.bounced(feedback="b-1")).key != read(ses.bounced(feedback="b-2")).key
    assert read(ses.bounced(feedback=None)).key == read(ses.bounced(feedback=None)).key


@pytest.mark.parametrize(
    "tags",
    [None, {}, {"send_id": []}, {"send_id": [""]}, {"send_id": ["a", "b"]}, {"other": ["x"]}, {"send_id": "a"}],
)
def test_a_mail_that_names_no_send_or_two_is_not_guessed_about(tags):
    with pytest.raises(NotUnderstood):
        read(ses.delivered(tags=tags))


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no JSON",
        "[]",
        "{}",
        '{"eventType": "Send"}',
        ses.event("Open", "open", {"ipAddress": "192.0.2.1"}),
        ses.event("Subscription", "subscription", {"contactList": "x"}),
        ses.event("jo@example.com", "x", {}),
        ses.event("Bounce", "complaint", {}),
        ses.event("Complaint", "bounce", {}),
        json.dumps({"notificationType": "Bounce", "mail": ses.mail(), "bounce": {}}),
        json.dumps({"Type": "Notification", "Message": ses.sent()}),
        ses.event("Bounce", "bounce", {"bouncedRecipients": [{"emailAddress": {"jo@example.com": 1}}]}),
    ],
)
def test_what_is_not_understood_says_so_and_names_nobody(body):
    with pytest.raises(NotUnderstood) as problem:
        read(body)
    assert "@" not in str(problem.value)


def test_new_fields_and_missing_headers_change_nothing():
    body = json.loads(ses.delivered())
    expected = read(json.dumps(body))
    body["mail"] |= {"tenant": {"name": ["x"]}}
    body["new"] = body["delivery"]["new"] = [1, {"a": None}]
    del body["mail"]["headers"], body["mail"]["commonHeaders"]

    assert read(json.dumps(body)) == expected


@pytest.mark.parametrize("make", ALL)
def test_nothing_but_the_mail_and_what_decides_is_needed(make):
    body = json.loads(make())
    for name in ("headers", "commonHeaders", "destination", "timestamp", "source"):
        body["mail"].pop(name, None)
    for part in [value for name, value in body.items() if name not in ("eventType", "mail")]:
        kept = {name: part[name] for name in ("bounceType", "complaintFeedbackType") if name in part}
        part.clear()
        part |= kept

    assert read(json.dumps(body)).at == LATER


def test_of_several_recipients_the_first_that_is_named_counts():
    body = json.loads(ses.bounced())
    body["bounce"]["bouncedRecipients"] = [{"emailAddress": None}, {"emailAddress": "a@b.example"}, {}]
    assert read(json.dumps(body)).address == "a@b.example"

    body["bounce"]["bouncedRecipients"] = []
    assert read(json.dumps(body)).address == ses.ADDRESS


@pytest.mark.parametrize(
    ("person", "code"),
    [
        ({"status": "5.1.1"}, "5.1.1"),
        ({"status": "4.2.2", "diagnosticCode": "smtp; 550 5.1.1 no such user"}, "4.2.2"),
        ({"diagnosticCode": "smtp; 550 5.1.1 no such user"}, "5.1.1"),
        ({"status": "", "diagnosticCode": "smtp; 550 no such user at 10.5.1.1.9"}, ""),
        ({"status": None}, ""),
    ],
)
def test_the_status_is_found_wherever_it_stands(person, code):
    body = json.loads(ses.bounced())
    body["bounce"]["bouncedRecipients"] = [person]

    assert read(json.dumps(body)).part.people[0].code == code


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(ALL), st.data())
def test_whatever_stands_where_it_should_not_is_read_or_refused_and_never_raises_else(make, data):
    body = json.loads(make())
    holder = data.draw(
        st.sampled_from([body, body["mail"], *[each for each in body.values() if isinstance(each, dict)]])
    )
    name = data.draw(st.sampled_from([*holder] or ["x"]))
    holder[name] = data.draw(json_values)
    with contextlib.suppress(NotUnderstood):
        read(json.dumps(body))
