import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.mail import plain_text
from tests.domain.newsletters import shelf


def text(html, **destinations):
    return plain_text.from_html(html, destinations)


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("Hello\n  <b>dear</b> Jo<br>Bye", ["Hello dear Jo", "Bye"]),
        ("<p>One<p>Two</p>\n\n<p></p><p>&nbsp;</p><p>Three</p>", ["One", "", "Two", "", "Three"]),
        ("<div>One</div><div>Two</div><div><div>Three</div></div>", ["One", "Two", "Three"]),
        ("a &amp; b &lt;c&gt; &copy; &#127799;", ["a & b <c> © 🌷"]),
        (
            "<h1>Spring</h1><p>is here<h2>Soon</h2>more",
            ["Spring", "======", "", "is here", "", "Soon", "----", "", "more"],
        ),
        ("a<hr>b", ["a", "", "-" * 72, "", "b"]),
        ("soft&shy;hyphen&#8203; and 👩‍🌾", ["softhyphen and 👩‍🌾"]),
    ],
)
def test_a_page_reads_as_a_letter(html, lines):
    assert text(html).splitlines() == lines


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<ul><li>One<li>Two</ul>", ["* One", "* Two"]),
        ("<ol><li>One</li><li>Two</li></ol>x", ["1. One", "2. Two", "", "x"]),
        ("<ul><li>One<ol><li>a</li><li>b</li></ol></li><li>Two</li></ul>", ["* One", "  1. a", "  2. b", "* Two"]),
        ("<ul><li><p>One</p></li></ul>", ["* One"]),
        ("<li>Loose", ["* Loose"]),
        ("<ul><li>" + "word " * 20 + "</ul>", ["* " + "word " * 13 + "word", "  " + "word " * 5 + "word"]),
    ],
)
def test_lists_keep_their_marks_and_margins(html, lines):
    assert text(html).splitlines() == lines


def test_the_cells_of_a_row_stand_side_by_side_if_they_fit():
    html = "<table><tr><th>Item<th>Price<tr><td>Tulip</td> <td>2.50</td></tr></table>"
    wide = f"<table><tr><td>{'left ' * 10}<td>{'right ' * 10}</table>"

    assert text(html).splitlines() == ["Item  Price", "Tulip  2.50"]
    assert text(wide).splitlines() == [("left " * 10).strip(), ("right " * 10).strip()]


@pytest.mark.parametrize(
    ("html", "line"),
    [
        ('<a href="https://a.example/?x=1&amp;y=2">in</a>!', "in <https://a.example/?x=1&y=2>!"),
        ('<a href="https://a.example/">https://a.example/</a>', "https://a.example/"),
        ('<a href="https://a.example">a.example</a>', "a.example"),
        ('<a href="mailto:jo@a.example?subject=x">jo@a.example</a>', "jo@a.example"),
        ('<a href="mailto:jo@a.example?subject=x">Write</a>', "Write <jo@a.example>"),
        ('<a href="tel:+1555">Call</a>', "Call <+1555>"),
        ('<a href="#top">Top</a> <a name=x>y</a>', "Top y"),
        ('<a href="https://a.example/"><img src=x alt="Our &amp; shop"></a>', "Our & shop <https://a.example/>"),
        ('<a href="https://a.example/"><img src=x></a>', "<https://a.example/>"),
        (
            "<a href=https://a.example/1>one<a href=https://a.example/2>two</a>",
            "one <https://a.example/1>two <https://a.example/2>",
        ),
        ('<a href="https://a.example/">never closed', "never closed"),
    ],
)
def test_a_link_is_its_words_and_its_address(html, line):
    assert text(html) == f"{line}\n"


def test_a_tracked_link_is_shown_by_where_it_leads():
    assert plain_text.from_html("<a href='https://t/c/T/0'>x</a>", {"https://t/c/T/0": "https://a.example/"}) == (
        "x <https://a.example/>\n"
    )


@pytest.mark.parametrize(
    "html",
    [
        "<head><title>no</title></head>seen",
        "<style>no{}</style><script>no()</script>seen<template>no</template>",
        '<div style="display : NONE">no <div>no</div> no</div>seen',
        '<span style="mso-hide:all">no</span>seen<p hidden>no</p>',
        "<p style='display:none'>no<p>seen",
        "<!--[if mso]>no<![endif]--><!--[if !mso]><!-->seen<!--<![endif]--><!-- no -->",
        "<head><meta charset=utf-8><title>no</title><body>seen",
        '<img style="display:none" src=x>seen',
    ],
)
def test_what_nobody_sees_is_not_in_the_text(html):
    assert text(html) == "seen\n"


@given(st.text())
def test_any_text_can_be_made_plain_and_has_no_line_too_long_for_its_words(html):
    lines = text(html).split("\n")

    assert lines.pop() == ""
    assert all(len(line) <= 72 or " " not in line.strip() for line in lines)


@pytest.mark.parametrize("title", shelf.titles())
def test_the_text_of_a_newsletter_shows_no_markup_no_liquid_and_each_destination(title):
    letter = shelf.rendered(shelf.html(title), shelf.FACTS[0])

    assert not {"{%", "shopkeeper_", "</a", "<td", "never.example", "&nbsp;", "/c/TOKEN"} & set(letter.text.split())
    assert "/c/TOKEN" not in letter.text
    assert shelf.ADDRESSES.unsubscribe in letter.text
    if title in ("forty", "world"):
        assert all(f"<{url}>" in letter.text for url in shelf.destinations(title))
