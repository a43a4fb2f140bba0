import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.mail import markup
from shopkeeper.mail.markup import Tag, Text
from tests.counting import characters


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
def test_no_part_of_a_source_is_walked_over_again_and_again(piece):
    source = piece * 1000 + " " * 1000

    assert walked_over(source) <= 2 * len(source)


def test_a_reader_that_goes_back_is_noticed(monkeypatch):
    """It looks for the end of each script, finds none, and goes on after its tag."""
    ahead = markup._raw_text_end
    monkeypatch.setattr(markup, "_raw_text_end", lambda source, tag: ahead(source, tag) and tag.end)

    assert walked_over("<script>" * 1000) > 100 * len("<script>" * 1000)


def walked_over(source):
    with characters(markup, "_TOKEN", "_COMMENT", "_ATTRIBUTE", "_GAP", "_RAW_TEXT") as walked:
        list(markup.read(source, outlook=True))
    return sum(walked)
