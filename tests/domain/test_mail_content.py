import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.mail import content, links
from shopkeeper.mail.content import Addresses, Published, Source, load
from shopkeeper.mail.errors import RenderError, UnpublishableError
from shopkeeper.mail.publishing import publish
from tests.domain.newsletters import shelf

LEAVE = '<a href="{{ unsubscribe_url }}">Unsubscribe</a>'
URLS = ["https://shop.example/a?b=1&amp;c=2", "https://shop.example/é#x", "http://www.shop.example/50%"]


def render(source, facts=None, addresses=shelf.ADDRESSES):
    return load(publish(source, ["name", "items"], tracking_host=shelf.HOST)).render(facts or {}, addresses)


def refused(source, **settings):
    with pytest.raises(UnpublishableError) as error:
        publish(source, ["name"], tracking_host=shelf.HOST, **settings)
    return [tuple(problem) for problem in error.value.problems]


def test_a_letter_holds_the_facts_and_addresses_of_its_customer():
    source = Source("Hi {{ name }} & co", f'<p>{{{{ name }}}} <a href="https://shop.example/">in</a> {LEAVE}')
    letter = render(source, {"name": "Jo <3"})

    assert letter.subject == "Hi Jo <3 & co"
    assert letter.html == (
        '<img src="https://t.brand.example/o/OPEN" width="1" height="1" alt="" style="border:0;display:block">'
        '<p>Jo &lt;3 <a href="https://t.brand.example/c/TOKEN/0">in</a> '
        '<a href="https://t.brand.example/u/LEAVE">Unsubscribe</a>'
    )
    assert letter.text == "Jo <3 in <https://shop.example/> Unsubscribe\n<https://t.brand.example/u/LEAVE>\n"
    assert letter.link_count == 1


def test_a_text_of_its_own_is_taken_as_it_is_and_not_escaped():
    letter = render(Source("x", LEAVE, "{{ name }}\nLeave: {{ unsubscribe_url }}\n"), {"name": "Jo & <Al>"})

    assert letter.text == "Jo & <Al>\nLeave: https://t.brand.example/u/LEAVE\n"


def test_a_text_of_its_own_that_says_the_address_to_few_says_it_to_all():
    letter = render(Source("x", LEAVE, "Hi\n{% if name %}{{ unsubscribe_url }}{% endif %}\n"))

    assert letter.text == "Hi\n\nhttps://t.brand.example/u/LEAVE\n"


def test_all_that_is_wrong_is_said_at_once_with_part_and_line():
    source = Source("{{ nobody }}", "<p>\n{{ nothing }}{% if %}", "\n\n{{ name | nope }}")

    assert refused(source) == [
        ("subject", 1, "there is no fact named nobody; there are name"),
        ("html", 2, "missing expression"),
        ("text", 3, "there is no filter named nope"),
    ]


def test_a_marketing_template_needs_a_link_to_leave_in_each_part():
    source = Source("x", '<p>{{ unsubscribe_url }}<!-- <a href="{{ unsubscribe_url }}">x</a> -->', "Bye")

    assert [(part, line) for part, line, _ in refused(source)] == [("html", 1), ("text", 1)]
    assert publish(source, [], tracking_host=shelf.HOST, marketing=False).links == ()


def test_links_are_refused_together_with_the_missing_link_to_leave():
    assert [problem[1] for problem in refused(Source("x", '\n<a href="/a">x</a>\n<a href="{{ name }}">y</a>'))] == [
        2,
        3,
        1,
    ]


def test_the_subject_has_no_address_to_unsubscribe():
    message = "there is no fact named unsubscribe_url; there are name"

    assert refused(Source("{{ unsubscribe_url }}", LEAVE)) == [("subject", 1, message)]


@pytest.mark.parametrize("title", shelf.titles())
def test_what_is_kept_of_a_template_survives_json(title):
    published = shelf.published(shelf.html(title))

    assert Published.from_json(json.loads(json.dumps(published.to_json()))) == published


@given(st.text())
def test_a_subject_is_one_line_whatever_the_facts_say(name):
    subject = render(Source("Hi {{ name }}!", LEAVE), {"name": name}).subject

    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", subject)
    assert len(subject) <= content.LONGEST_SUBJECT
    assert subject.startswith("Hi")


def test_a_long_subject_is_cut_and_an_empty_one_is_no_subject():
    assert render(Source("{{ name }}", LEAVE), {"name": "x" * 300}).subject == "x" * 254 + "…"
    with pytest.raises(RenderError, match="the subject is empty"):
        render(Source("{{ name }}", LEAVE), {"name": " \r\n "})


def test_half_a_surrogate_pair_in_a_fact_spoils_no_mail():
    letter = render(Source("{{ name }}", f"{{{{ name }}}}{LEAVE}"), {"name": "a\ud83c"})

    assert letter.subject == "a?"
    assert "a?" in letter.html
    assert "a?" in letter.text


def test_facts_cannot_stand_in_for_our_addresses():
    facts = {links.CLICK: "https://evil.example/", links.UNSUBSCRIBE: "https://evil.example/"}

    assert "evil" not in render(Source("x", f'<a href="https://shop.example">x</a>{LEAVE}'), facts).html


@pytest.mark.parametrize(
    "click", ["https://t.example/c/T", "https://t.example/c/'/", "https://t.example/c/ /", "/c/T/"]
)
def test_our_addresses_need_no_escaping(click):
    with pytest.raises(ValueError, match="click"):
        Addresses(click, "https://t.example/o", "https://t.example/u", "https://t.example/a/")


LINKS = st.tuples(st.sampled_from(["<a href={}>", "<a href='{}' >", '<AREA\n HREF = "{}">']), st.sampled_from(URLS))
LEAVES = (
    LINKS.map(lambda link: (link[0].format(link[1]), [link[1]]))
    | st.text("ab &;#<\r\n\té🌷}%", max_size=8).map(lambda text: (text.replace("<", "< "), []))
    | st.sampled_from(["{{ name }}", "{{- name -}}", "<!-- {{ name }} -->", "{{ name | append: '<i>' }}", LEAVE]).map(
        lambda text: (text, [])
    )
)


def joined(parts):
    return "".join(text for text, _ in parts), [url for _, urls in parts for url in urls]


def around(before, after):
    return lambda part: (before + part[0] + after, part[1])


TEMPLATES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=6).map(joined)
        | inner.map(around("{% if name == 'Jo' %}", "{%- endif %}"))
        | inner.map(around("{% for item in items %}", "{{ item }}{% else %}none{% endfor %}"))
        | inner.map(around("<!--[if mso]>", "<![endif]-->"))
        | inner.map(around("<body class='{{ name }}'>", ""))
    ),
    max_leaves=12,
)


NAMES = st.text(max_size=12) | st.sampled_from(["Jo", "<a href='https://evil.example'>", "-->", "{{ name }}"])


@given(TEMPLATES, NAMES, st.lists(st.text(max_size=4), max_size=3))
def test_taking_our_addresses_out_of_a_letter_gives_the_page_as_it_was_written(template, name, items):
    source, urls = template
    source += LEAVE
    facts = {"name": name, "items": items}
    page = render(Source("x", source), facts).html

    assert shelf.TRACKED.sub(lambda found: urls[int(found[1])], page.replace(shelf.PIXEL, "")) == (
        content._sound(shelf.as_written(source, facts))
    )
    assert {href.removeprefix(shelf.ADDRESSES.click) for href in shelf.hrefs(page)} <= {
        shelf.ADDRESSES.unsubscribe,
        *map(str, range(len(urls))),
    }


HIDING = st.sampled_from(
    [
        "<td hidden>",
        "<li style='display:none'>",
        "<pre>",
        "</p>",
        "<a href=#>",
        "<!--[if mso]>",
        "<svg>",
        "</ul>",
        "<p>",
    ]
)


@given(st.lists(HIDING | TEMPLATES.map(lambda part: part[0]), max_size=8), NAMES)
def test_no_letter_has_a_text_without_the_address_to_unsubscribe(parts, name):
    source = Source("x", "".join(["Hi", *parts, LEAVE]))
    letter = load(publish(source, ["name", "items"], tracking_host=shelf.HOST, marketing=False)).render(
        {"name": name, "items": []}, shelf.ADDRESSES
    )

    assert shelf.ADDRESSES.unsubscribe in letter.text
