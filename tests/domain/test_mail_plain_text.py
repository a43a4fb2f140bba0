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
        ('<a href="https://a.example/">never closed', "never closed <https://a.example/>"),
        ('<map><area href="https://a.example/" alt="Our shop">so</map>', "Our shop <https://a.example/> so"),
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
        "seen<p hidden>no</p>",
        "<head><title>no</title><p>seen",
        '<div style="max-height:0; overflow:hidden">no</div>seen',
        "<p style='display:none'>no<p>seen",
        "<!--[if mso]>no<![endif]--><!--[if !mso]><!-->seen<!--<![endif]--><!-- no -->",
        "<head><meta charset=utf-8><title>no</title><body>seen",
        '<img style="display:none" src=x alt="no">seen',
        "<svg/>seen<svg><text>no</text></svg>",
    ],
)
def test_what_nobody_sees_is_not_in_the_text(html):
    assert text(html) == "seen\n"


def test_what_hides_from_outlook_alone_is_what_all_others_see():
    button = (
        '<!--[if mso]><v:roundrect href="https://t/c/T/0"><center>Shop now</center></v:roundrect><![endif]-->'
        '<a href="https://t/c/T/1" style="background:#49a;mso-hide:all;">Shop now</a>'
    )

    assert plain_text.from_html(button, {"https://t/c/T/1": "https://a.example/"}) == "Shop now <https://a.example/>\n"


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("<ul><li {}>no<li>a</ul><p>b", ["* a", "", "b"]),
        ("<ul><li>a<li {}>no<div>no</ul><p>b", ["* a", "", "b"]),
        ("<ul><li {}>no<ul><li>no<li>no</ul>no<li>a</ul>b", ["* a", "", "b"]),
        ("<table><tr><td {}>no<td>a<tr><td>b</table>", ["a", "b"]),
        ("<table><tr><th {}>no<tr><td>a</table>b", ["a", "b"]),
        ("<table><tr {}><td>no<tr><td>a</table>b", ["a", "b"]),
        ("<table><thead {}><tr><td>no<tbody><tr><td>a</table>b", ["a", "b"]),
        ("<table><tr><td {}>no<table><tr><td>no<tr><td>no</table>no<td>a</table>b", ["a", "b"]),
        ("<table><tr><td><span {}>no</td><td>a</table>", ["a"]),
        ("<dl><dt {}>no<dd>a<dt>b</dl>", ["a", "b"]),
        ("<select><option {}>no<option>a</select>", ["a"]),
        ("<p {}>no<div>a</div>b", ["a", "b"]),
        ("<p {}>no<table><tr><td>a</table>", ["a"]),
        ("<p>a<span {}>no</p>b", ["a", "", "b"]),
        ("<div><span {}>no</p>no</div>a", ["a"]),
        ("<ul><li>a<ul><li {}>no</ul><li>b</ul>", ["* a", "* b"]),
        ("<div {}><table><tr><td>no</div>no</table>no</div>a", ["a"]),
        ("<h1 {}>no</h2><h2>a</h2>", ["a", "-"]),
        ("<a {}>no<a>a</a>", ["a"]),
    ],
)
def test_what_is_not_seen_ends_where_its_element_ends_with_or_without_an_end_tag(html, lines):
    assert text(html.format('style="display:none"')).splitlines() == lines


@pytest.mark.parametrize(
    ("html", "lines"),
    [
        ("a<pre>\nSAVE  10\r\nCODE  X\n\n  y\n\n</pre>b", ["a", "", "SAVE  10", "CODE  X", "", "  y", "", "b"]),
        ("<pre>" + "word " * 20 + "</pre>", [("word " * 20).strip()]),
        ('<pre>1\t2 <a href="https://a.example/">x  y</a>\n3</pre>', ["1\t2 x  y <https://a.example/>", "3"]),
        ("<pre>&#10;&lt;b&gt;</pre>", ["<b>"]),
    ],
)
def test_what_is_set_as_written_keeps_its_lines_and_its_white_space(html, lines):
    assert text(html).splitlines() == lines


def test_a_reading_says_which_links_show_something_to_click_on():
    html = "<a href=1>x</a><a href=2><img src=y></a><a href=3> </a><a href=4 hidden>x</a><a href=5><b hidden>x</b></a>"

    assert plain_text.read(html, {}).followed >= {"1", "2"}
    assert not plain_text.read(html, {}).followed & {"3", "4", "5"}
    assert [plain_text.read(page, {}).blank for page in ("<p> ", "<img src=y width=1>", "<img src=y>", "x")] == [
        True,
        True,
        False,
        False,
    ]


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
    if title in ("buttons", "columns", "forty", "world"):
        assert all(f"<{url}>" in letter.text for url in shelf.destinations(title))
