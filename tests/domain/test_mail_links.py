import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.mail import destinations, links, liquid, markup

HOST = "t.brand.example"
NOWHERE_SAID = "facts cannot say where a link leads: write out https://, the host and a / behind it"
MARK = re.compile(r"\{\{shopkeeper_click\}\}([0-9]+)")


def mark(source):
    liquid.parse(source, liquid.HTML)
    return links.mark(source, HOST)


def problems(source):
    return [(problem.line, problem.message) for problem in mark(source).problems]


@pytest.mark.parametrize(
    "href",
    [
        "mailto:jo@shop.example?subject={{ customer.name }}",
        "tel:+1555",
        "sms:+1555",
        "cid:logo",
        "#top",
        "",
        "{{ unsubscribe_url }}",
        "{{-unsubscribe_url-}}",
        "https://t.brand.example/v/abc",
        "https://shop.example/reset?token=abc",
        "https://files.example/x?a=1&amp;X-Amz-Signature=abc",
        "https://files.example/x?sig=abc",
    ],
)
def test_links_that_are_not_ours_to_track_are_left_as_they_are(href):
    marked = mark(f'<p><a href="{href}">x</a>')

    assert marked.html == f'{links.PIXEL}<p><a href="{href}">x</a>'
    assert marked.links == marked.problems == ()


@pytest.mark.parametrize("off", ['data-track="off"', "data-track=off", "DATA-TRACK='OFF'", 'data-track=" off "'])
def test_a_link_can_ask_not_to_be_tracked(off):
    assert mark(f'<a href="https://shop.example/" {off}>x</a>').links == ()


@pytest.mark.parametrize("tag", ["a", "A", "area", "v:roundrect", "v:rect", "V:Shape", "v:oval", "v:image"])
def test_what_can_be_clicked_is_tracked(tag):
    assert mark(f'<{tag} href="https://shop.example/">').links == ("https://shop.example/",)


def test_a_link_in_a_drawing_is_tracked_and_checked_like_any_other():
    drawing = "<svg><a xlink:href='{}'><text>x</text></a></svg>"

    assert mark(drawing.format("https://shop.example/")).links == ("https://shop.example/",)
    assert problems(drawing.format("{{ traits.url }}")) == [(1, f"{NOWHERE_SAID}: {{{{ traits.url }}}}")]


def test_an_address_of_outlook_that_is_no_link_is_worth_a_warning():
    source = '\n<!--[if mso]><v:fill href="http://x.example/{{ a }}" src="y.png"/><v:fill src=z><![endif]-->'

    assert mark(source).links == mark(source).problems == ()
    assert mark(source).warnings == (
        ("html", 2, "the href of <v:fill> is not one of a link: it is neither checked nor counted"),
    )


@pytest.mark.parametrize("tag", ["link", "abbr", "v:imagedata", "address", "svg"])
def test_what_cannot_be_clicked_is_not_a_link(tag):
    assert mark(f'<{tag} href="/relative">').links == mark(f'<{tag} href="/relative">').problems == ()


@pytest.mark.parametrize(
    "href", ["/a", "//shop.example/", "www.shop.example", "javascript:alert(1)", "jo@shop.example"]
)
def test_a_link_that_leads_nowhere_is_named_with_its_line(href):
    [(line, message)] = problems(f'<p>one\n<p>two <a class="x"\n href="{href}">x</a>')

    assert line == 3
    assert message.endswith(f": {href}")


@pytest.mark.parametrize(
    "href",
    [
        "{{ url }}",
        "https://{{ host }}/",
        "{% if a %}https://shop.example/{% endif %}",
        "{{ unsubscribe_url }}?x=1",
        "{{ unsubscribe_url | upcase }}",
    ],
)
def test_a_link_whose_host_is_not_written_out_is_refused(href):
    assert problems(f"<p>\n<a href='{href}'>x</a>") == [(2, f"{NOWHERE_SAID}: {href}")]


@pytest.mark.parametrize(
    "tag",
    [
        "<a class={{ name }} href='https://shop.example/'>",
        "<td {{ name }}>",
        "<td{{ name }}>",
        "<td title='x' {% if name %}{{ name }}{% endif %}>",
        "<td title='x'{{ name }}>",
        "<td title=x{{ name }}>",
        "<!--[if mso]><v:rect style={{ name }}><![endif]-->",
        "</td {{ name }}>",
    ],
)
def test_merge_data_in_a_tag_must_stand_in_quotes(tag):
    assert problems(f"\n{tag}") == [(2, "merge data inside a tag must stand in quotes, as the value of an attribute")]


@pytest.mark.parametrize(
    "tag",
    [
        "<td title='{{ name }}'>",
        '<td\ntitle = "a {{ name }} b">',
        "<td {% if name %}class=x{% endif %}>",
        "<p>{{ name }}<p>",
    ],
)
def test_merge_data_in_quotes_or_text_is_fine(tag):
    assert problems(tag) == []


@pytest.mark.parametrize("source", ["<{{ name }}>", "</{{ name }}>", "a <{% if a %}{{ name }}{% endif %}"])
def test_merge_data_cannot_make_a_tag(source):
    assert [line for line, _ in problems(f"\n{source}")] == [2]


@pytest.mark.parametrize("tag", ["base", "form"])
def test_tags_that_break_in_mail_are_refused(tag):
    [(line, message)] = problems(f"\n<{tag.upper()} href=x>")

    assert line == 2
    assert message.startswith(f"<{tag}>")


def test_a_link_that_shows_one_host_and_leads_to_another_is_worth_a_warning():
    def shown(text):
        return [warning.message for warning in mark(f'<a href="https://www.shop.example/x">{text}</a>').warnings]

    assert shown("https://bank.example/") == ["the link shows bank.example and leads to www.shop.example"]
    assert shown("www.shop.example") == shown("http://SHOP.example/y") == shown("Our shop") == []


def test_more_than_250_links_are_worth_a_warning_and_a_table_too_large_is_refused():
    many = mark("<a href=https://shop.example/>" * 251)
    large = mark(f"<a href=https://shop.example/{'é' * 300}>" * 300)

    assert many.warnings[0].message == "251 links are many for one mail"
    assert not many.problems
    assert large.problems[0].message == "the links take more room than one link table has"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>x", ""),
        ("<body class='{{ a }}'>", "<p>x"),
        ("<BODY\n>", "x</BODY>"),
        ("<html><head><style>p{}</style></head>", "<p>x"),
        ("<html>", "<p>x"),
        ("{% assign a = 1 %}\n<!DOCTYPE html>", "<p>x"),
        ("", "Hello {{ a }}"),
        ("<!-- <body> --><script>'<body>'</script><body>", "x"),
    ],
)
def test_the_pixel_stands_first_in_the_body(before, after):
    expected = links.PIXEL + before + after if before == "<p>x" else before + links.PIXEL + after

    assert mark(before + after).html == expected


def test_each_body_of_a_template_with_several_has_the_pixel():
    source = "{% if a %}<body dir=rtl>{% else %}<body>{% endif %}x"

    assert mark(source).html == source.replace("rtl>", f"rtl>{links.PIXEL}").replace("<body>", f"<body>{links.PIXEL}")


PARTS = """
<a href="|</a>|"|'|>|<|<!--|-->|<!--[if mso]>|<![endif]-->|<script>|</script>|<style>|</style>|<body>|</head>|<textarea>
{{ a }}|{% if a %}|{% endif %}|{% raw %}|{% endraw %}|{% comment %}|{% endcomment %}|{{ unsubscribe_url }}
<!doctype html>|data-track=off|=|/|&|&amp;|&copy=|é|🌷|<A HREF=https://shop.example/x|<area href='https://shop.example/y'|href|href=
https://|https://shop.example/z#é|<a href="https://shop.example/?a=1&copy=2&amp;b">|<a class=x href=https://shop.example/x/>x</a>
""".replace("\n", "|").split("|")
SOURCES = st.lists(st.sampled_from([*PARTS, "\n", "\r\n", " ", "\t"]) | st.text(max_size=5), max_size=30).map("".join)


@given(SOURCES)
def test_taking_our_marks_out_of_any_template_gives_back_the_template(source):
    try:
        marked = mark(source)
    except liquid.RefusedError:
        return
    ours = marked.html
    for wrapped in (f"{{% endraw %}}{links.PIXEL}{{% raw %}}", links.PIXEL):
        ours = ours.replace(wrapped, "")
    ours = re.sub(r"\{% endraw %\}(\{\{shopkeeper_click\}\}[0-9]+)\{% raw %\}", r"\1", ours)
    pieces = MARK.split(ours)
    pattern = "(.*?)".join(re.escape(piece) for piece in pieces[::2])
    written = re.fullmatch(pattern, source, re.DOTALL)

    assert written
    assert [int(n) for n in pieces[1::2]] == list(range(len(marked.links)))
    assert [destinations.check(markup.decoded(value)) for value in written.groups()] == list(marked.links)


@given(SOURCES)
def test_what_was_marked_still_parses_and_is_marked_no_second_time(source):
    try:
        marked = mark(source)
    except liquid.RefusedError:
        return
    again = mark(marked.html)

    assert again.links == ()
