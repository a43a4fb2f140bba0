"""Pages that anybody can read and use, that show little, and that fetch nothing."""

import hashlib
import re
from base64 import b64encode
from html.parser import HTMLParser

import pytest

from shopkeeper import pages as plain
from shopkeeper.consent import pages
from shopkeeper.consent.pages import Shown, masked

SHOWN = Shown("News & <offers>", masked("jo.doe@example.com"), "Jo's Shop")
ALL = [
    pages.ask(SHOWN),
    pages.ask(Shown()),
    pages.left(SHOWN, can_undo=True),
    pages.left(Shown(), can_undo=False),
    pages.back(SHOWN),
    pages.stays_out(SHOWN),
    pages.only_a_test(SHOWN),
    pages.left(SHOWN, can_undo=False, just_now=False, from_all=True),
    plain.missing(),
    plain.page(405, "This address can only be read", "Please open the link in the mail.", Allow="GET, HEAD"),
]
VOID = {"meta", "!doctype"}


class Outline(HTMLParser):
    """Every tag is closed where it was opened; what is fetched or run is noted."""

    def __init__(self, html):
        super().__init__()
        self.open, self.seen = [], []
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.seen.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def named(self, tag):
        return [attributes for name, attributes in self.seen if name == tag]


@pytest.mark.parametrize("page", ALL)
def test_a_page_has_a_language_a_title_one_heading_and_room_for_a_phone(page):
    outline = Outline(page["body"])

    assert outline.named("html") == [{"lang": "en"}]
    assert len(outline.named("title")) == len(outline.named("h1")) == len(outline.named("main")) == 1
    assert {"name": "viewport", "content": "width=device-width, initial-scale=1"} in outline.named("meta")


@pytest.mark.parametrize("page", ALL)
def test_a_page_fetches_nothing_runs_nothing_and_may_be_kept_or_framed_by_nobody(page):
    tags = {tag for tag, _ in Outline(page["body"]).seen}
    assert not tags & {"script", "img", "link", "iframe", "object", "a"}
    assert "url(" not in page["body"]

    style = re.search(r"<style>(.*?)</style>", page["body"], re.DOTALL)[1]
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert page["headers"]["Content-Security-Policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    assert page["headers"]["Cache-Control"] == "no-store, no-cache, private, max-age=0"
    assert page["headers"]["Referrer-Policy"] == "no-referrer"
    assert "Location" not in page["headers"]


@pytest.mark.parametrize(("page", "button"), [(ALL[0], "confirm"), (ALL[2], "undo"), (ALL[4], "confirm")])
def test_a_button_posts_to_the_page_itself(page, button):
    outline = Outline(page["body"])

    assert outline.named("form") == [{"method": "post"}]
    assert [(each["name"], each["value"]) for each in outline.named("button")] == [(button, "1")]


def test_names_are_shown_as_text_and_of_the_address_no_more_than_its_mask():
    body = ALL[0]["body"]

    assert "News &amp; &lt;offers&gt;" in body
    assert "j•••@e•••.com" in body
    assert "Jo&#x27;s Shop" in body
    assert "jo.doe" not in body


def test_a_name_with_braces_is_a_name():
    assert "{address} {0}" in pages.ask(Shown("{address} {0}", "j•••@e•••.com"))["body"]


@pytest.mark.parametrize(
    ("address", "mask"),
    [
        ("jo@example.com", "j•••@e•••.com"),
        ("J@E.UK", "j•••@e•••.uk"),
        ("jo.doe@shop.example.co.uk", "j•••@s•••.uk"),
        ('"a@b"@example.com', '"•••@e•••.com'),
        ("", ""),
        ("nobody", ""),
        ("jo@localhost", ""),
        ("@example.com", ""),
    ],
)
def test_a_mask_shows_two_letters_and_the_end_of_the_domain(address, mask):
    assert masked(address) == mask


def luminance(colour):
    parts = [
        int(part * 2 if len(colour) == 4 else part, 16) / 255
        for part in re.findall(r"[0-9a-f]{2}" if len(colour) == 7 else r"[0-9a-f]", colour[1:])
    ]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def test_text_and_buttons_stand_out_in_light_and_in_dark():
    schemes = re.findall(r":root\{([^}]*)\}", ALL[0]["body"])
    assert len(schemes) == 2
    for scheme in schemes:
        colour = dict(re.findall(r"--(\w+):(#[0-9a-f]{3,6})", scheme))
        for ink, ground in (("ink", "card"), ("soft", "card"), ("on", "act"), ("act", "card")):
            assert contrast(colour[ink], colour[ground]) >= 7, (ink, ground)
