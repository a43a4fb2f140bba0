"""A template with its layout and snippets: put together as text, checked as a whole, each problem where it was made."""

import resource
import time

import pytest

from shopkeeper.mail import layouts, liquid
from shopkeeper.mail.content import NOWHERE, Source, load
from shopkeeper.mail.errors import UnpublishableError
from shopkeeper.mail.publishing import check_shared, publish
from shopkeeper.mail.shelf import Shared, Shelf

LEAVE = '<a href="{{ unsubscribe_url }}">leave</a>'
NAMES = ["name", "items"]


def snippet(html, text=None, name="footer", version=1):
    return Shared("snippet", name, version, html, text)


def shelf(*snippets, layout=None, text=None):
    frame = Shared("layout", "shop", 1, layout, text) if layout else None
    return Shelf(frame, {each.id: each for each in snippets})


def published(html, held, text=None, **settings):
    settings = {"marketing": False} | settings
    return publish(Source("News", html, text), NAMES, tracking_host="t.x", shelf=held, **settings)


def whole(html, held):
    return layouts.whole("html", html, held).text


def refused(work):
    with pytest.raises(UnpublishableError) as error:
        work()
    return [tuple(problem) for problem in error.value.problems]


def test_a_letter_is_its_template_in_its_layout_byte_for_byte():
    held = shelf(snippet("<i>\r\nü</i>"), layout="<body>\n {{content}}\t{%snippet 'footer'%}\n</body>")

    assert whole("<p>&copy=1</p>\n", held) == "<body>\n <p>&copy=1</p>\n\t<i>\r\nü</i>\n</body>"


def test_white_space_beside_a_snippet_goes_where_the_tag_asks_for_that():
    html = whole('a \n {%- snippet "footer" -%} \n b', shelf(snippet(" x ")))

    assert liquid.write(liquid.parse(html, liquid.HTML), {}) == "a x b"


def test_what_stands_in_raw_or_in_a_comment_is_no_snippet():
    source = '{% raw %}{% snippet "a" %}{% endraw %}{% comment %}{% snippet "b" %}{% endcomment %}'

    assert (layouts.named(source), whole(source, shelf())) == ((), source)


def test_the_whole_is_what_is_kept_so_nothing_is_looked_up_for_a_letter():
    footer = snippet(f"{{{{ name }}}} {LEAVE}", "{{ unsubscribe_url }}")
    held = shelf(footer, layout="<b>{{ content }}</b>", text="={{ content }}=")
    kept = published('Hi {% snippet "footer" %}', held, 'Hi {% snippet "footer" %}', marketing=True)
    letter = load(kept).render({"name": "<Jo>"}, NOWHERE)

    assert letter.html.endswith('<b>Hi &lt;Jo&gt; <a href="https://preview.invalid/u">leave</a></b>')
    assert letter.text == "=Hi https://preview.invalid/u="


def test_a_text_without_a_layout_of_its_own_stays_as_it_is():
    assert published("x", shelf(layout="<b>{{ content }}</b>"), "by hand").text == "by hand"


def test_links_of_all_parts_are_counted_in_the_order_of_the_whole():
    link = '<a href="https://shop.example/{}">{}</a>'.format
    held = shelf(snippet(link("c", "c")), layout=link("a", "a") + '{{ content }}{% snippet "footer" %}')

    assert [url[-1] for url in published(link("b", "b"), held).links] == ["a", "b", "c"]


def test_a_problem_is_told_where_it_was_made():
    held = shelf(snippet('\n\n<a href="/c">x</a>'), layout='\n<a href="/a">\n{{ content }}{% snippet "footer" %}')
    links = refused(lambda: published("\n<a href='/b'>", held))

    assert [(line, message.partition(": ")[0]) for _, line, message in links] == [
        (2, "in layout shop"),
        (2, "only full https:// and http:// addresses can be linked"),
        (3, "in snippet footer"),
    ]
    assert refused(lambda: published("{{ nobody }}", held))[0][:2] == ("html", 1)


@pytest.mark.parametrize(
    "rest", ["", "footer", '"footer" x', '"footer", x: {1}', '"footer", x: 1, x: 2', '"footer", X: 1', '"FOOTER"']
)
def test_a_snippet_is_named_in_quotes_and_told_values_by_their_names(rest):
    assert refused(lambda: published(f"\n{{% snippet {rest} %}}", shelf(snippet("x")))) == [
        ("html", 2, layouts._NO_NAME)
    ]


def test_a_snippet_that_is_not_there_is_told_where_it_is_named():
    held = shelf(snippet("x"), layout='\n\n{{ content }}{% snippet "gone" %}')

    assert refused(lambda: published("x", held)) == [("html", 3, "in layout shop: there is no snippet gone")]
    assert refused(lambda: published("x", shelf(snippet("x")), '\n{% snippet "footer" %}')) == [
        ("text", 2, "snippet footer has no text")
    ]


@pytest.mark.parametrize(
    ("shared", "said"),
    [
        (Shared("layout", "shop", 1, "<b></b>"), "once"),
        (Shared("layout", "shop", 1, "{{ content }}{{ content }}"), "once"),
        (Shared("layout", "shop", 1, "{{ content | upcase }}"), "no fact named content"),
        (Shared("layout", "shop", 1, "{{ content }}", "no"), "once"),
        (Shared("layout", "shop", 1, "{% if name %}{{ content }}"), "endif"),
        (Shared("layout", "shop", 1, '{{ content }}{% snippet "gone" %}'), "no snippet gone"),
        (snippet("{{ content }}"), "no fact named content"),
        (snippet('{% snippet "footer" %}'), "cannot hold another"),
        (snippet("{% if name %}"), "endif"),
        (snippet("{% raw %}"), "endraw"),
        (snippet("{% if name %}x{% "), "{% without %}"),
        (snippet('<a href="/x">'), "only full https"),
        (snippet("x", "{{ name | nope }}"), "no filter named nope"),
        (snippet("{{ name.__class__ }}{{ nobody.__class__ }}"), "no fact named nobody"),
    ],
)
def test_a_layout_or_snippet_is_checked_when_it_is_put(shared, said):
    assert said in refused(lambda: check_shared(shared, NAMES, tracking_host="t.x"))[0][2].replace("'", "")


LOOPS = "{% for a in items %}" * 19 + "{{ a }}" + "{% endfor %}" * 19
NAMED = '{% snippet "footer" %}'
WIDE = "{% for a in (1..99999) %}{% for b in (1..99999) %}{{ content }}{% endfor %}{% endfor %}"
HOSTILE = {
    "ten thousand times a large snippet": (NAMED * 10_000, "x" * 200_000, "{{ content }}"),
    "deeper together than each alone": ("{% if name %}" * 15 + NAMED + "{% endif %}" * 15, LOOPS, "{{ content }}"),
    "loops in loops": (NAMED, LOOPS.replace("items", "(1..9)"), "{{ content }}"),
    "what doubles": (
        NAMED,
        "{% assign a = 'xxxxxxxxxx' %}" + "{% capture a %}{{ a }}{{ a }}{% endcapture %}" * 40,
        "{{ content }}",
    ),
    "replaces in a row": (NAMED, "{{ 'a' " + f"| replace: 'a', '{'a' * 20}' " * 8 + "}}", "{{ content }}"),
    "a layout that goes on and on": ("x", "x", WIDE),
    "names of the machine": (NAMED, "{{ name.__class__.__mro__ }}{{ self.__init__ }}", "{{ content }}"),
    "tags without an end": ("<a " * 30_000, "x", "<b " * 10_000 + "{{ content }}"),
    "comments without an end": ("{% comment %}" * 5_000, "x", "<!-- " * 10_000 + "{{ content }}"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_parts_end_soon_and_small_with_a_clear_error(name):
    html, footer, layout = HOSTILE[name]
    before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()

    assert refused(lambda: published(html, shelf(snippet(footer), layout=layout)))
    assert time.process_time() - started < 5
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000
