"""The destination is what was published. Nothing that a request holds can change it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.tokens import PERSONAL, Kind, read
from shopkeeper.track import links
from shopkeeper.track.links import LinkTable
from tests.track_fakes import ENDING, NOON, RING, SEND, TABLE, token

PUBLISHED = LinkTable.parse(**TABLE)
OVER = LinkTable.parse("[]", **ENDING)
PLAIN = read(token(Kind.CLICK), Kind.CLICK, RING)
OWN = read(token(Kind.CLICK, PERSONAL), Kind.CLICK, RING)


class Stored:
    def __init__(self, table=PUBLISHED, personal=None, ending=OVER):
        self._table = table
        self._personal = personal or {}
        self._ending = ending
        self.asked = []

    def table(self, content_ref, now):
        return self._table

    def personal(self, send_id):
        self.asked.append(send_id)
        return self._personal

    def ending(self, send_id, now):
        self.asked.append(send_id)
        return self._ending


def leads_to(n, stored=None, token=PLAIN, *, verified=True):
    return links.destination(token, n, stored or Stored(), NOON, verified=verified)


def test_a_link_leads_where_it_was_published_to_byte_for_byte():
    assert leads_to(0) == "https://shop.example/new?a=1&b=%C3%BC#top"


def test_an_address_of_two_thousand_characters_arrives_whole():
    long = "https://shop.example/" + "x" * 2000

    assert leads_to(0, Stored(LinkTable.parse(json.dumps([{"url": long}])))) == long


def test_an_ended_link_leads_to_the_fallback_of_its_activity_and_without_one_to_the_home_of_its_brand():
    assert leads_to(1) == "https://shop.example/sale"
    assert leads_to(1, Stored(ending=OVER._replace(fallback=""))) == "https://other.example/"


def test_an_ended_link_of_an_activity_that_nobody_knows_leads_to_the_home_of_its_letter():
    assert leads_to(1, Stored(ending=LinkTable(()))) == "https://shop.example/"


def test_for_a_token_that_could_not_be_verified_the_activity_is_not_looked_up():
    stored = Stored()

    assert leads_to(1, stored, verified=False) == "https://shop.example/"
    assert stored.asked == []


def test_a_blocked_link_leads_nowhere():
    assert leads_to(2) == ""


def test_a_link_that_does_not_exist_is_unknown():
    with pytest.raises(links.UnknownLinkError):
        leads_to(3)


def test_a_personal_address_is_that_of_the_send_and_other_links_are_everybodys():
    stored = Stored(personal={"0": "https://shop.example/basket/jo"})

    assert leads_to(0, stored, OWN) == "https://shop.example/basket/jo"
    assert leads_to(0, Stored(), OWN) == "https://shop.example/new?a=1&b=%C3%BC#top"
    assert stored.asked == [str(SEND)]


def test_mails_without_personal_links_never_cost_a_look_at_the_send():
    stored = Stored(personal={"0": "https://shop.example/basket/jo"})

    assert leads_to(0, stored) == "https://shop.example/new?a=1&b=%C3%BC#top"
    assert stored.asked == []


def test_a_personal_link_that_was_ended_or_blocked_is_not_looked_up():
    stored = Stored(personal={"1": "https://shop.example/basket/jo", "2": "https://evil.example/"})

    assert leads_to(1, stored, OWN) == "https://shop.example/sale"
    assert leads_to(2, stored, OWN) == ""
    assert stored.asked == [str(SEND)], "only for where the ended one leads"


def test_a_personal_address_is_not_shown_to_a_token_that_could_not_be_verified():
    with pytest.raises(links.UnreachableError):
        leads_to(0, Stored(personal={"0": "https://shop.example/basket/jo"}), OWN, verified=False)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//evil.example",
        "https://a\r\nSet-Cookie: x",
        "https:\\\\evil.example",
        "",
        "https://ü.example",
        "data:,x",
    ],
)
def test_what_is_no_web_address_is_never_a_destination(url):
    row, over = json.dumps([{"url": url}]), links.LinkTable.parse("[]", fallback=url, home=url)

    assert (
        leads_to(0, Stored(LinkTable.parse(row, home="https://shop.example/"), ending=over)) == "https://shop.example/"
    )
    assert leads_to(0, Stored(LinkTable.parse(row, home=url), ending=over)) == ""
    assert leads_to(0, Stored(LinkTable.parse(row), {"0": url}, over), OWN) == ""


@pytest.mark.parametrize("segment", ["0", "7", "42", "9999", "7.", "7)"])
def test_a_plain_number_names_a_link(segment):
    assert links.number(segment) == int(segment.rstrip(".)"))


@pytest.mark.parametrize(
    "segment", ["", "07", "00", "+7", "-1", "7.0", "1e1", "0x1", "\u0667", "10000", "7 7", ".7", "\u00b2"]
)
def test_anything_else_names_none(segment):
    with pytest.raises(links.UnknownLinkError):
        links.number(segment)


@given(st.text(max_size=20))
def test_a_number_reads_back_as_it_was_written(segment):
    try:
        n = links.number(segment)
    except links.UnknownLinkError:
        return
    assert segment.startswith(str(n))


@pytest.mark.parametrize("stored", ["", "{}", "[1]", "null", '"x"'])
def test_a_damaged_table_is_an_error_and_not_an_empty_table(stored):
    with pytest.raises(ValueError, match=r"links: expected|Expecting value"):
        LinkTable.parse(stored)
