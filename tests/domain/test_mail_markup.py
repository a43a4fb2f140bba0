import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.mail import markup
from shopkeeper.mail.markup import Tag, Text


def read(source, *, outlook=True):
    found = []
    for token in markup.read(source, outlook=outlook):
        if isinstance(token, Text):
            found.append(source[token.start : token.end])
        else:
            values = {item.name: source[item.start : item.end] for item in token.attributes}
            found.append((f"/{token.name}" if token.closing else token.name, values))
    return found


@pytest.mark.parametrize(
    ("source", "attributes"),
    [
        ("<a href=x>", {"href": "x"}),
        ("<A HREF = 'x y' >", {"href": "x y"}),
        ('<a\nhref\n=\n"x>y"\n>', {"href": "x>y"}),
        ("<a href=x/>", {"href": "x/"}),
        ("<a href/>", {"href": ""}),
        ("<a href=>", {"href": ""}),
        ('<a href="">', {"href": ""}),
        ("<a/href=x>", {"href": "x"}),
        ("<a b href=\"x\"c='y'>", {"b": "", "href": "x", "c": "y"}),
        ("<a =b=c>", {"=b": "c"}),
        ("<a title='<b href=y>' href=x>", {"title": "<b href=y>", "href": "x"}),
    ],
)
def test_attributes_are_found_however_they_are_quoted(source, attributes):
    assert read(source) == [("a", attributes)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<!-- <a> -->x", ["x"]),
        ("<!-->x<!--->y", ["x", "y"]),
        ("<!-- a --!>x", ["x"]),
        ("<!-- never closed <a>", []),
        ("<!doctype html>x<?xml ?>y<![endif]>z", ["x", "y", "z"]),
        ("1 < 2 <3 <é", ["1 < 2 <3 <é"]),
        ("x<a href='y", ["x"]),
        ("<script><a></SCRIPT >x", [("script", {}), ("/script", {}), "x"]),
        ("<style><a></styles></style\n>x", [("style", {}), ("/style", {}), "x"]),
        ("<title><a>", [("title", {})]),
    ],
)
def test_what_a_browser_does_not_take_for_a_tag_is_none(source, found):
    assert read(source) == found


def test_outlook_reads_what_others_take_for_a_comment():
    source = "<!--[if mso]><v:rect href=x><![endif]--><!--[if !mso]><!--><a href=y><!--<![endif]-->"

    assert read(source) == [("v:rect", {"href": "x"}), ("a", {"href": "y"})]
    assert read(source, outlook=False) == [("a", {"href": "y"})]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("?a=1&amp;b=2&#38;c=3&#x26;d", "?a=1&b=2&c=3&d"),
        ("?q=1&copy=1&reg=2&lang=en&sect&notit;", "?q=1&copy=1&reg=2&lang=en&sect&notit;"),
        ("&amp;amp;", "&amp;"),
        ("&euro;&Uuml;", "€Ü"),
        ("&;&#;&#x;&unknown;", "&;&#;&#x;&unknown;"),
        ("plain", "plain"),
    ],
)
def test_only_references_that_end_in_a_semicolon_are_decoded(written, meant):
    assert markup.decoded(written) == meant


@given(st.lists(st.sampled_from([*"<>!-/='\" ab[]", "<a href=", "<!--", "-->", "<style>", "[if x]>"])).map("".join))
def test_tokens_follow_each_other_and_never_overlap(source):
    at = 0
    for token in markup.read(source, outlook=True):
        assert at <= token.start < token.end <= len(source)
        at = token.end
        if isinstance(token, Tag):
            assert source[token.start] == "<"
            assert all(token.start < item.start <= item.end < token.end for item in token.attributes)


@pytest.mark.parametrize(
    "piece",
    ["<", "<a", "<a ", "</a", "<!--", "<!", "<!--[if", "<a b='", '"', "<a =", "<script>", "<a b=c", "& ", "\n", "< a"],
)
def test_reading_four_times_as_much_takes_no_sixteen_times_as_long(piece):
    def effort(times):
        """Processor time, which other work on the machine does not lengthen; the least of three."""
        return min(_effort(piece * times + " " * times) for _ in range(3))

    assert effort(40_000) < 10 * effort(10_000) + 0.05


def _effort(source):
    started = time.process_time()
    for _ in markup.read(source, outlook=True):
        pass
    return time.process_time() - started
