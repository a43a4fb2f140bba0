import email
import re
from datetime import UTC, datetime, timedelta, timezone
from email import policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.mail import mime
from shopkeeper.mail.content import Letter
from shopkeeper.mail.errors import MalformedError
from shopkeeper.mail.mime import Envelope, Mailbox
from tests.domain.newsletters import shelf

AT = datetime(2026, 11, 21, 10, 30, tzinfo=timezone(timedelta(hours=1)))
BOXES = Mailbox("news@shop.example", "The Corner Shop"), Mailbox("jo@bücher.example"), Mailbox("hello@shop.example")
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
LINES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"])).map(lambda text: " ".join(text.split()))


def envelope(sender=BOXES[0], to=BOXES[1], **settings):
    return Envelope(sender, to, BOXES[2], AT, **settings)


def compose(letter=None, sealed=None):
    return mime.compose(letter or Letter("News", "<p>Hi", "Hi\n", 0), sealed or envelope())


def read(raw):
    return email.message_from_bytes(raw, policy=policy.default)


def body(message, kind):
    return message.get_body((kind,)).get_payload(decode=True).decode()


def in_crlf(text):
    return re.sub(r"\r?\n", "\r\n", text)


def longest_line(raw):
    return max(map(len, raw.split(b"\r\n")))


def test_a_message_says_who_writes_to_whom_about_what_and_when():
    message = read(compose(Letter("Spring 🌷 is here", "<p>Hi", "Hi", 0)))

    assert message["From"] == "The Corner Shop <news@shop.example>"
    assert message["To"] == "jo@xn--bcher-kva.example"
    assert message["Reply-To"] == "hello@shop.example"
    assert message["Subject"] == "Spring 🌷 is here"
    assert message["Date"].datetime == AT
    assert message["MIME-Version"] == "1.0"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Message-ID"] is None
    assert "List-Unsubscribe" not in message


def test_a_newsletter_carries_the_one_click_headers():
    address = f"https://t.brand.example/u/{'x' * 59}"
    sealed = envelope(unsubscribe=address, list_id="spring-news.brand.example", list_name="Frühling & mehr")
    message = read(compose(sealed=sealed))

    assert message["List-Unsubscribe"] == f"<{address}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "Frühling & mehr <spring-news.brand.example>"


@given(LINES.filter(bool), TEXT, TEXT)
def test_any_subject_and_any_body_arrive_as_they_were(subject, html, text):
    raw = compose(Letter(subject, html, text, 0))
    message = read(raw)

    assert message["Subject"] == subject
    assert body(message, "html") == in_crlf(html)
    assert body(message, "plain") == in_crlf(text)
    assert longest_line(raw) <= 76
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")


@given(LINES)
def test_any_name_arrives_beside_its_address_and_never_in_its_place(name):
    raw = compose(sealed=envelope(sender=Mailbox("news@shop.example", name)))
    shown, address = parseaddr(email.message_from_bytes(raw)["From"].replace("\r\n", ""))

    assert address == "news@shop.example"
    assert str(make_header(decode_header(shown))) == name
    assert longest_line(raw) <= 76


@given(TEXT)
def test_a_name_can_start_no_header(name):
    message = read(compose(sealed=envelope(to=Mailbox("jo@shop.example", f"{name}\r\nBcc: al@shop.example"))))

    assert len(message.keys()) == 7
    assert message["Bcc"] is None


@pytest.mark.parametrize("title", shelf.titles())
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_newsletters_arrive_intact(title, line_end):
    letter = shelf.rendered(shelf.html(title, line_end), shelf.FACTS[0])
    raw = compose(letter)

    assert body(read(raw), "html") == in_crlf(letter.html)
    assert body(read(raw), "plain") == in_crlf(letter.text)
    assert longest_line(raw) <= 76


def test_the_same_letter_gives_the_same_bytes():
    assert compose() == compose()


@pytest.mark.parametrize(
    "subject", ["x" * 255, "long words " * 22 + "end", "🌷" * 255, "=?utf-8?B?eA==?=", "a" * 80 + " b", ""]
)
def test_subjects_of_every_length_fold(subject):
    raw = compose(Letter(subject, "", "", 0))

    assert read(raw)["Subject"] == subject.strip()
    assert longest_line(raw) <= 76


@pytest.mark.parametrize("who", ["sender", "to"])
def test_a_malformed_address_is_told_before_anything_is_sent(who):
    with pytest.raises(MalformedError):
        compose(sealed=envelope(**{who: Mailbox("jo@shop.example\r\nBcc: al@shop.example")}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"unsubscribe": "http://t.example/u"},
        {"unsubscribe": "http://localhost.evil.example/u"},
        {"unsubscribe": "http://127.0.0.1.evil.example/u"},
        {"unsubscribe": "http://127x0.0.1/u"},
        {"unsubscribe": "https://t.example/u>\r\nBcc: <x"},
        {"list_id": "a b"},
        {"list_id": "news>\r\nBcc: x"},
    ],
)
def test_an_envelope_that_would_break_a_header_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        compose(sealed=envelope(**wrong))


@pytest.mark.parametrize("address", ["http://localhost:8080/u/x", "http://127.0.0.1:8080/u/x"])
def test_on_ones_own_machine_the_address_to_unsubscribe_may_be_plain_http(address):
    assert read(compose(sealed=envelope(unsubscribe=address)))["List-Unsubscribe"] == f"<{address}>"


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="sent_at"):
        compose(sealed=Envelope(*BOXES, datetime(2026, 1, 1)))  # noqa: DTZ001


def test_the_date_is_utc():
    assert b"\r\nDate: Sat, 21 Nov 2026 09:30:00 +0000\r\n" in compose()
    assert AT.astimezone(UTC).hour == 9
