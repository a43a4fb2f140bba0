"""The tests bite: each of these small wrongs, put into the code, is caught by the test that stands beside it."""

import pytest

from shopkeeper.consent import forms, leaving, pages
from shopkeeper.customer import outcomes
from shopkeeper.mail import feedback, ses_events
from tests import ses_reports as ses
from tests.domain import test_consent_forms as form_tests
from tests.domain import test_consent_leaving as leaving_tests
from tests.domain import test_consent_pages as page_tests
from tests.domain import test_mail_feedback as feedback_tests
from tests.domain import test_news as news_tests
from tests.domain import test_ses_events as event_tests
from tests.mutants import put_into


def no_wish(body, content_type=form_tests.FORM):
    return lambda: form_tests.test_anything_else_is_no_wish(content_type, body)


def exactly():
    assert forms.wish(form_tests.FORM, b"List-Unsubscribe=one-click") is None


def names_are_text():
    assert "<offers>" not in pages.ask(page_tests.SHOWN)["body"]


def domain_is_hidden():
    assert pages.masked("jo@example.com") == "j•••@e•••.com"


def refused(body):
    def check():
        with pytest.raises(ses_events.NotUnderstood):
            ses_events.read(body, event_tests.LATER)

    return check


def verdict(body, *expected):
    return lambda: feedback_tests.test_every_report_has_its_verdict(body, *expected)


MUTANTS = {
    "any case of the pair will do": (
        forms,
        "if each.value in fields",
        "if each.value in {(a, b.title()) for a, b in fields}",
        exactly,
    ),
    "a form may be of any size": (
        forms,
        "max_num_fields=_MOST_FIELDS",
        "max_num_fields=None",
        no_wish(b"&".join(b"a%d=1" % n for n in range(30)) + b"&List-Unsubscribe=One-Click"),
    ),
    "the last press counts": (
        leaving,
        "held = contacts.leave(who, mailing.topic, word)",
        "contacts.hear(who, mailing.topic, word); held = word",
        leaving_tests.test_leaving_again_keeps_the_first_word_and_is_the_same_fact,
    ),
    "what waited is a fact of its own": (
        leaving,
        "return held if held and held.source == mailing.source else word",
        "return word",
        lambda: leaving_tests.test_a_wish_that_waited_while_the_button_was_pressed_again_is_the_same_fact(1),
    ),
    "who left otherwise has not left by this mail": (
        leaving,
        "return held if held and held.source == mailing.source else word",
        "return held or word",
        leaving_tests.test_a_wish_that_waited_is_a_fact_of_its_own_where_the_customer_left_otherwise,
    ),
    "a clock that runs ahead keeps people in": (
        leaving,
        "word = replace(word, at=held.at)",
        "pass",
        leaving_tests.test_who_says_in_while_somebody_leaves_does_not_keep_them_in,
    ),
    "any link brings anybody back": (
        leaving,
        "word.is_ == OUT and word.source == mailing.source and",
        "word.is_ == OUT and",
        leaving_tests.test_nobody_comes_back_by_a_link_that_did_not_let_them_out,
    ),
    "an old link brings people back": (
        leaving,
        "word.at > since",
        "True",
        lambda: leaving_tests.test_an_undo_is_possible_for_a_day(24, can=False),
    ),
    "the second leaving is taken for the first": (
        leaving,
        'f"unsubscribe/{to_ms(word.at)}"',
        '"unsubscribe"',
        leaving_tests.test_leaving_after_coming_back_is_another_fact_even_at_the_same_instant,
    ),
    "names are written as markup": (
        pages,
        "topic, address = escape(shown.topic or wording.any_topic)",
        "topic, address = (shown.topic or wording.any_topic)",
        names_are_text,
    ),
    "the whole domain is shown": (
        pages,
        "@{host[0]}{_HIDDEN}.{top}",
        "@{host}.{top}",
        domain_is_hidden,
    ),
    "anybody can say that a customer left": (
        outcomes,
        "_OPTED_OUT.get((row.source, row.name))",
        '_OPTED_OUT.get(("recipient", row.name))',
        lambda: news_tests.test_all_else_is_no_outcome(news_tests.hit("Unsubscribed", source="collect", topic="news")),
    ),
    "the last word lowers the state": (
        feedback,
        "if rank > row.rank:",
        "if rank:",
        feedback_tests.test_a_delivery_after_a_bounce_is_noted_and_lowers_nothing,
    ),
    "the last instant stays": (
        feedback,
        "min(held or event.at, event.at)",
        "event.at",
        feedback_tests.test_the_earliest_instant_stays,
    ),
    "the first reason stays": (
        feedback,
        'said["reason"] = min(row.reason, verdict.reason)',
        "pass",
        feedback_tests.test_the_same_reports_in_any_order_and_any_number_of_copies_lead_to_the_same_row,
    ),
    "our own verdict stays beside the provider's word": (
        feedback,
        '(*_CALL, "not_sent_at", "evidence")',
        "_CALL",
        lambda: feedback_tests.test_a_send_event_settles_what_was_calling_or_unknown_with_its_message_id(
            feedback_tests.GIVEN_UP
        ),
    ),
    "a kind word is a complaint": (
        feedback,
        'if said == "not-spam":',
        "if False:",
        verdict(ses.complained("not-spam"), "", "", "", ""),
    ),
    "the status is not read": (
        feedback,
        'part.bounce_type == "Permanent" or code.startswith("5")',
        'part.bounce_type == "Permanent"',
        verdict(
            ses.bounced("Transient", "General", "5.1.1"), "hard_bounced", "Transient/General 5.1.1", "hard_bounce", ""
        ),
    ),
    "the time of the mail is taken for that of the event": (
        ses_events,
        "at=_instant(part.timestamp) or accepted_at",
        "at=accepted_at",
        event_tests.test_the_time_is_that_of_what_happened_and_not_that_of_the_mail,
    ),
    "of two sends the first is guessed": (
        ses_events,
        "if len(named) != 1 or not all(named):",
        "if not named:",
        refused(ses.sent(tags={"send_id": ["a", "b"]})),
    ),
    "an unknown type is taken for nothing": (
        ses_events,
        'raise NotUnderstood(f"an event of type {word(event.event_type)}")',
        "return Part()",
        refused(ses.event("Open", "open", {})),
    ),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_suite_catches(name):
    module, right, wrong, catcher = MUTANTS[name]
    with put_into(module, right, right):
        catcher()

    with put_into(module, right, wrong), pytest.raises((Exception, pytest.fail.Exception)):
        catcher()
