"""What somebody sees at a glance: what came of a mail, which part of the mails is shown, and a way back."""

import pytest

from local.outbox.letters import Letter
from local.outbox.pages import Place, overview
from local.post.mail import Mail
from tests.local.postbag import compose, send


def letter(told=("Send",), **row):
    raw = compose("jo@customers.example")
    mail = Mail("m1", 0.0, "news@shop.example", ("jo@customers.example",), raw, {"send_id": "s"}, None, list(told))
    return Letter(mail, 0, lambda table, key: {"activity": "campaign:hello"} | row)


@pytest.mark.parametrize(
    ("told", "row", "marks"),
    [
        ([], {}, ["accepted"]),
        (["Send"], {}, ["accepted"]),
        (["Send", "Delivery"], {}, ["delivered"]),
        (["Send", "Delivery", "Bounce"], {}, ["delivered", "bounced"]),
        (["Delivery"], {"clicked_at": "2026"}, ["delivered", "opened", "clicked"]),
        (
            ["Delivery"],
            {"opened_machine_at": "2026", "clicked_machine_at": "2026"},
            ["delivered", "machine opened", "machine clicked"],
        ),
        (["Delivery"], {"opened_at": "2026", "unsubscribed_at": "2026"}, ["delivered", "opened", "unsubscribed"]),
    ],
)
def test_marks_say_what_came_of_a_mail_and_whether_it_was_a_machine(told, row, marks):
    assert letter(told, **row).marks == marks


def listed(letters, place):
    return overview(letters, place).body.decode()


def test_what_came_of_a_mail_stands_before_the_name_of_its_campaign():
    text = listed([letter(["Delivery"])], Place("", 0, 100, 1))
    assert text.index(">delivered<") < text.index(">campaign:hello<")


@pytest.mark.parametrize(
    ("offset", "shown", "links"),
    [
        (0, "1-100 of 5,293", ["Older"]),
        (100, "101-200 of 5,293", ["Newer", "Older"]),
        (5200, "5,201-5,293 of 5,293", ["Newer"]),
        (9000, "<span></span>", ["Newer"]),
    ],
)
def test_a_part_of_the_mails_says_which_and_leads_to_the_others(offset, shown, links):
    text = listed([letter()] if offset < 5293 else [], Place("", offset, 100, 5293))
    assert shown in text
    assert [name for name in ("Newer", "Older") if f">{name}</a>" in text] == links


def test_what_fits_on_one_page_is_not_counted_again():
    assert "Newer" not in listed([letter()], Place("", 0, 100, 1))


def test_where_nothing_is_shown_nothing_is_counted_and_a_search_leads_back():
    assert "newest first" not in listed([], Place("", 0, 100, 0))
    assert '<a href="/_local/outbox">All mails</a>' in listed([], Place("zzz", 0, 100, 0))


@pytest.mark.parametrize(("path", "status"), [("outbox/nope", 404), ("outbox?limit=x", 400), ("nope", 404)])
def test_what_a_browser_cannot_have_is_said_on_a_page_that_leads_back(stack, path, status):
    reply = stack.request("GET", f"/_local/{path}", headers={"Accept": "text/html"})
    assert (reply.status, reply.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert 'href="/_local/outbox"' in reply.text


def test_a_letter_names_its_activity_apart_from_what_came_of_it(stack):
    send(stack)
    text = stack.request("GET", "/_local/outbox/0", headers={"Accept": "text/html"}).text
    assert "<dt>Activity</dt>" not in text
    assert '<dd class="marks"><span class="mark plain">accepted</span></dd>' in text
