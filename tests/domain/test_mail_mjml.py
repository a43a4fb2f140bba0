"""MJML becomes HTML when a template is put; Liquid, addresses and lines come through."""

import subprocess
import sys
import time
from pathlib import Path

import pytest
from mjml import mjml2html

from shopkeeper.mail import assets, layouts, liquid, mjml
from shopkeeper.mail.content import NOWHERE, Source, load
from shopkeeper.mail.errors import UnpublishableError
from shopkeeper.mail.publishing import check_shared, publish
from shopkeeper.mail.shelf import EMPTY, Shared, Shelf

ROOT = Path(__file__).parents[2]
NAMES = ["name", "vip", "items"]
PAGE = "<mjml><mj-body><mj-section>\n<mj-column>\n{}\n</mj-column></mj-section></mj-body></mjml>"
SECTION = "<mj-section><mj-column><mj-text>{}</mj-text></mj-column></mj-section>"


def source(html, text=None):
    return Source("News", html, text, mjml=True)


def published(html, shelf=EMPTY):
    return publish(source(html), NAMES, tracking_host="t.x", marketing=False, shelf=shelf)


def made(html):
    return mjml.made(assets.shown(layouts.whole("html", html, EMPTY), {})).text


def refused(work):
    with pytest.raises(UnpublishableError) as error:
        work()
    return [tuple(problem) for problem in error.value.problems]


def test_without_liquid_it_is_what_the_engine_writes():
    page = PAGE.format('<mj-text align="center">Hi &amp; &copy; <b>you</b><br></mj-text><mj-divider/>')

    assert made(page) == mjml2html(page)


def test_a_letter_is_written_with_its_facts_and_its_links_are_counted():
    button = '<mj-button href="https://shop.example/a?b=1&amp;c=2">Go</mj-button>'
    kept = published(PAGE.format(f"<mj-text>Hi {{{{ name }}}} ü</mj-text>{button}"))
    letter = load(kept).render({"name": "<Jo>"}, NOWHERE)

    assert kept.links == ("https://shop.example/a?b=1&c=2",)
    assert "Hi &lt;Jo&gt; ü</div>" in letter.html
    assert '<a href="https://preview.invalid/c/0" target="_blank"' in letter.html
    assert letter.text == "Hi <Jo> ü\nGo <https://shop.example/a?b=1&c=2>\n"


@pytest.mark.parametrize("vip", [True, False])
def test_a_condition_or_loop_around_sections_leaves_them_out_or_repeats_them(vip):
    one, two = SECTION.format("one"), SECTION.format("two")
    page = f"<mjml><mj-body>{one}{{% if vip %}}{two}{{% endif %}}{one}</mj-body></mjml>"
    written = liquid.write(liquid.parse(made(page), liquid.HTML), {"vip": vip})

    assert written == mjml2html(f"<mjml><mj-body>{one}{two if vip else ''}{one}</mj-body></mjml>")


def test_what_stands_in_attributes_comes_back_as_it_was():
    image = """<mj-image alt='say "ü❤️" \\ {{ name | upcase }}\n' href="{{ items['a'] }}" src="https://x.y/ü.png"/>"""

    html = made(PAGE.format(image))

    assert """ alt="say &#34;ü❤️&#34; \\ {{ name | upcase }} " """ in html
    assert """ href="{{ items['a'] }}" """ in html
    assert ' src="https://x.y/ü.png" ' in html


def test_a_word_like_a_mark_is_no_mark():
    assert "mark0x markk1x a</div>" in made(PAGE.format("<mj-text>mark0x markk1x {{ 'a' }}</mj-text>")).replace(
        "{{ 'a' }}", "a"
    )


@pytest.mark.parametrize(
    ("html", "line", "said"),
    [
        ("<mj-foo/>", 3, "there is no <mj-foo>"),
        ("<mj-include path='/etc/passwd'/>", 3, "there are no files to include"),
        ("<mj-text>\n<mj-image/></mj-text>", 4, "<mj-image> cannot stand in <mj-text>"),
        ("<mj-text>\n<p>x<p>y</mj-text>", 4, "</mj-text> closes no <p>"),
        ("</mj-column>\n</mj-section></mj-body></mjml></p>", 4, "</p> closes nothing"),
        ("<mj-text>\n\na < b</mj-text>", 5, "a < that begins no tag"),
        ("<mj-text color={{ name }}>x</mj-text>", 3, "a < that begins no tag"),
        ("\n<mj-image width='{{ name }}' src='https://x.y/z'/>", 4, "MJML leaves out what stands here"),
        ("ü {{ name }}\n<mj-social>\nx</mj-social>", 4, "MJML: unexpected token"),
        ("<mj-carousel>" + "<mj-carousel-image/>" * 51 + "</mj-carousel>", 3, "more than 50 images in carousels"),
        ("<mj-button\nhref='/x'>x</mj-button>", 4, "only full https://"),
        ("<mj-text>\n<a\nhref='https://{{ name }}/'>x</a></mj-text>", 5, "facts cannot say where a link leads"),
        ("<mj-raw>\n\n<form action='/x'></form></mj-raw>", 5, "<form>"),
        ("<mj-text>{{ nobody }}</mj-text>", 3, "there is no fact named nobody"),
        ("{% if vip %}\n<mj-text>x</mj-text>", 1, "expected tag endif"),
        (f"<mj-text>{'<b>' * 120}</mj-text>", 3, "more than 100 elements in each other"),
        (SECTION.format("x") * 400, 1, "made into HTML: the template is larger"),
    ],
)
def test_what_is_wrong_is_told_by_its_line(html, line, said):
    found = refused(lambda: published(PAGE.format(html)))

    assert (found[0][:2], said in found[0][2]) == (("html", line), True), found


@pytest.mark.parametrize("html", ["", "x", "<mjml>", "</mj-body>", "<html></html>", "<!doctype html><mjml></mjml>"])
def test_what_is_no_mjml_is_refused(html):
    assert refused(lambda: published(html or " "))[0][:2] == ("html", 1)


def test_snippets_and_layouts_of_mjml_are_put_together_before_html_is_made_of_them():
    footer = Shared("snippet", "footer", 1, SECTION.format("\n<a href='/x'>{{ name }}</a>"))
    frame = Shared(
        "layout", "shop", 1, '<mjml><mj-body>{{ content }}{% snippet "footer" %}</mj-body></mjml>', mjml=True
    )
    shelf = Shelf(frame, {"footer": footer})

    assert refused(lambda: published(SECTION.format("x"), shelf))[0][1:] == (
        2,
        "in snippet footer: only full https:// and http:// addresses can be linked: /x",
    )
    with pytest.raises(UnpublishableError, match="in snippet footer"):
        check_shared(frame, NAMES, tracking_host="t.x", shelf=shelf)
    check_shared(frame, NAMES, tracking_host="t.x", shelf=Shelf(None, {"footer": Shared("snippet", "footer", 1, "x")}))


@pytest.mark.parametrize(
    "html",
    ["<a x='" * 40_000, "<a b" + " " * 200_000, "<!--" * 60_000, "<a " + "b " * 99_000],
)
def test_hostile_pages_end_soon(html):
    started = time.process_time()

    assert refused(lambda: published(html))
    assert time.process_time() - started < 2


def test_the_engine_is_loaded_by_nobody_who_puts_no_mjml():
    program = "import sys; from shopkeeper.mail import publishing; sys.exit('mjml' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True, env={"PYTHONPATH": "layers/core"}, cwd=ROOT)
