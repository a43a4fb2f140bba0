"""The newsletters would notice: each of these well-known mistakes, made on purpose, breaks what is asked of them."""

import html
import re
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from shopkeeper.mail import destinations, filters, links, liquid, markup, plain_text, quoted
from shopkeeper.mail.content import Letter, Source
from shopkeeper.mail.errors import MailError
from shopkeeper.mail.publishing import publish
from tests.domain.newsletters import shelf


def ask_everything():
    for title in shelf.titles():
        for line_end in ("\n", "\r\n"):
            source = shelf.html(title, line_end)
            assert list(shelf.published(source).links) == shelf.destinations(title)
            for facts in shelf.FACTS:
                ask(source, facts)


def ask(source, facts):
    letter = shelf.rendered(source, facts)
    page = shelf.TRACKED.sub("https://x", letter.html.replace(shelf.PIXEL, ""))
    assert shelf.with_tracked_hrefs_blanked(page) == shelf.with_tracked_hrefs_blanked(shelf.as_written(source, facts))
    assert not any(href and "evil" in href for href in shelf.hrefs(letter.html))
    assert "never.example" not in letter.text
    assert "Fresh stock" not in letter.text
    assert shelf.line_ends(letter.html) == shelf.line_ends(source)


def test_nothing_is_amiss_without_a_mutant():
    ask_everything()


def query_sorted(url):
    parts = urlsplit(url)
    return parts._replace(query=urlencode(sorted(parse_qsl(parts.query)))).geturl()


def without(alternative):
    whole = markup._TOKEN
    assert alternative in whole.pattern
    return re.compile(whole.pattern.replace(alternative, "!--"), whole.flags)


right_check, right_read, right_opaque, right_pieces = destinations.check, markup.read, links.opaque, liquid.pieces


def alike(*template_and_facts):
    return [piece.replace("\r\n", "\n") for piece in right_pieces(*template_and_facts)]


MUTANTS = {
    "references without a semicolon are decoded": (markup, "decoded", html.unescape),
    "references are decoded twice": (markup, "decoded", lambda value: html.unescape(html.unescape(value))),
    "references are not decoded": (markup, "decoded", lambda value: value),
    "the query is parsed and written anew": (destinations, "check", lambda url: query_sorted(right_check(url))),
    "the fragment is dropped": (destinations, "check", lambda url: right_check(url).partition("#")[0]),
    "percent signs are encoded again": (destinations, "check", lambda url: right_check(url).replace("%2", "%252")),
    "what Outlook alone sees is passed over": (markup, "read", lambda text, outlook: right_read(text, outlook=False)),
    "scripts and styles are read as HTML": (markup, "_RAW_TEXT", {}),
    "comments are read as HTML": (markup, "_TOKEN", without(r"!--.*?(?:--!?>|\Z)")),
    "a link table from the second link on": (links, "CLICK", "shopkeeper_click}}1{{shopkeeper_click"),
    "raw blocks are not told apart": (links, "opaque", lambda source: right_opaque(source)._replace(verbatim=())),
    "Liquid in comments counts": (links, "opaque", lambda source: links.Opaque(source, (), ())),
    "line ends are made alike": (liquid, "pieces", alike),
    "facts are not escaped": (liquid, "HTML", liquid.PLAIN),
    "what is hidden is read out": (plain_text, "_HIDDEN_STYLE", re.compile("(?!)")),
}


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS)
def test_the_newsletters_notice(mutant, monkeypatch):
    monkeypatch.setattr(*mutant)

    with pytest.raises((AssertionError, MailError, KeyError)):
        ask_everything()


def test_a_filter_that_is_weighed_only_before_it_grows_is_noticed(monkeypatch):
    assert why_stopped("{{ s | replace: 's', s | size }}", s="s" * 3000).startswith("replace:")

    monkeypatch.setattr(filters, "_growth", lambda name, value, args: 0)
    assert why_stopped("{{ s | replace: 's', s | size }}", s="s" * 3000).startswith("size:")


def why_stopped(source, **facts):
    with pytest.raises(MailError) as error:
        liquid.write(liquid.parse(source, liquid.HTML), facts)
    return str(error.value)


def test_a_template_could_lead_links_astray_if_our_names_were_not_kept_from_it():
    source = "{% assign shopkeeper_click = name %}<a href='https://shop.example/'>x</a>"

    with pytest.raises(MailError, match="cannot be made again"):
        publish(Source("x", source), ["name"], tracking_host=shelf.HOST, marketing=False)


def test_a_fact_could_add_a_link_if_it_might_stand_without_quotes(monkeypatch):
    source = (
        "<a class={{ customer.first_name }} href='https://shop.example/'>x</a><a href='{{ unsubscribe_url }}'>y</a>"
    )
    facts = {"customer": {"first_name": "x href=https://evil.example"}}
    with pytest.raises(MailError, match="must stand in quotes"):
        shelf.rendered(source, facts)

    monkeypatch.setattr(links._Reader, "refuse_loose_outputs", lambda self, tag: None)
    assert "https://evil.example" in shelf.hrefs(shelf.rendered(source, facts).html)


def test_a_boundary_that_a_body_could_hold_would_be_noticed():
    letter = Letter("x", "<p>--=_0 =_", "--=_0", 0)
    raw = quoted.printable(letter.html + letter.text)

    assert b"=_" not in raw
