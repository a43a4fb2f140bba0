"""What a snippet is told where it stands: text of the letter, or the name of a fact."""

import pytest

from shopkeeper.mail import layouts, liquid
from shopkeeper.mail.content import NOWHERE, Source, load
from shopkeeper.mail.errors import UnpublishableError
from shopkeeper.mail.publishing import check_shared, publish
from shopkeeper.mail.shelf import Shared, Shelf

NAMES = ["name", "items"]
FACTS = {"name": "<Jo>", "items": [{"name": "tea"}, {"name": "cake"}]}
BUTTON = '\n<a href="{{ value.link }}">{{ value.label }}</a>'


def snippet(html, text=None, **values):
    return Shared("snippet", "button", 1, html, text, values)


def shelf(html, text=None, **values):
    return Shelf(None, {"button": snippet(html, text, **values)})


def written(tag, html, **values):
    whole = layouts.whole("html", tag, shelf(html, **values)).text
    return liquid.write(liquid.parse(whole, liquid.HTML), FACTS)


def refused(work):
    with pytest.raises(UnpublishableError) as error:
        work()
    return [tuple(problem) for problem in error.value.problems]


def published(html, held):
    return publish(Source("News", html), NAMES, tracking_host="t.x", marketing=False, shelf=held)


@pytest.mark.parametrize(
    ("told", "said", "gives"),
    [
        ('a: "x & y"', "{{ value.a }}", "x &amp; y"),
        ("a: 'say \"x\"'", "{{ value.a | upcase }}", 'SAY "X"'),
        (", a: 3", "{{ value.a }}{{ value.a | plus: 1 }}", "34"),
        ("a: name", "{{ value.a }}{{ value.a | size }}", "&lt;Jo&gt;4"),
        ("a: items[1].name", "{{ value.a | upcase }}", "CAKE"),
        ("a: items[0]", "{{ value.a.name }}", "tea"),
        ("a: nobody", "{{ value.a | default: 'you' }}", "you"),
        ('a: "x"', "{% if value.a == 'x' %}yes{% endif %}", "yes"),
        ("a: true", "{% unless value.a %}no{% endunless %}{{ value.a }}", "true"),
        ('a: "1"', " {{- value . a -}} .", "1."),
        ('a: "1"', "{{ 'value.a' }}{% raw %}{{ value.a }}{% endraw %}", "value.a{{ value.a }}"),
        (
            'a: "1"',
            "{% comment %}{{ value.a }}{% endcomment %}{% assign x_value = 2 %}{{ x_value.a | default: 2 }}",
            "2",
        ),
        ("", "{{ value.a }}", "usual"),
    ],
)
def test_a_value_stands_in_the_snippet_as_it_was_told(told, said, gives):
    assert written(f'{{% snippet "button" {told} %}}', said, a="usual") == gives


def test_each_place_tells_its_own_and_nothing_stays_behind():
    tag = '{% for item in items %}{% snippet "button", a: item.name %}{% endfor %}{% snippet "button" %}'

    assert written(tag, "{{ value.a }} ", a="none") == "tea cake none "


def test_what_a_text_is_told_is_not_escaped():
    whole = layouts.whole("text", '{% snippet "button" a: "x & y" %}', shelf("x", "{{ value.a }}", a=None))

    assert whole.text == "x & y"


def test_the_address_of_a_link_may_be_told_and_the_link_is_counted():
    kept = published(
        '{% snippet "button" link: "https://shop.example/a", label: name %}', shelf(BUTTON, link=None, label="Go")
    )
    letter = load(kept).render(FACTS, NOWHERE)

    assert kept.links == ("https://shop.example/a",)
    assert letter.html.endswith('<a href="https://preview.invalid/c/0">&lt;Jo&gt;</a>')


@pytest.mark.parametrize(
    ("tag", "line", "said"),
    [
        ('\n{% snippet "button" %}', 2, "snippet button has to be told link"),
        ('\n{% snippet "button", link: "x", labl: 1 %}', 2, "snippet button knows no value labl"),
        ("\n{% snippet 'button', link: nobody.name %}", 2, "there is no fact named nobody.name"),
        ('{% snippet "button", link: "/a" %}', 2, "in snippet button: only full https://"),
        ('{% snippet "button", link: name %}', 2, "in snippet button: facts cannot say where a link leads"),
    ],
)
def test_what_is_told_wrongly_is_refused_where_it_stands(tag, line, said):
    found = refused(lambda: published(tag, shelf(BUTTON, link=None, label="Go")))

    assert (found[0][:2], found[0][2].startswith(said)) == (("html", line), True)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (snippet("{{ value.b }}", a=None), "there is no b among its values"),
        (snippet("x", "{{ value.b }}", a=None), "there is no b among its values"),
        (snippet("{{ value['a'] }}", a=None), "there is no fact named value"),
        (snippet("x", "{{ value }}", a=None), "there is no fact named value"),
        (snippet("{% assign value = 1 %}", a=None), "cannot be made again"),
        (snippet("{{ value.a }}" * 200, a="x" * 2000), "larger than 256 KB"),
        (snippet('<a href="{{ value.a }}">', a="/x"), "only full https://"),
    ],
)
def test_a_snippet_is_checked_with_its_usual_values(made, said):
    assert said in refused(lambda: check_shared(made, NAMES, tracking_host="t.x"))[0][2]


def test_a_snippet_that_must_be_told_the_address_of_a_link_can_be_put():
    check_shared(snippet(BUTTON, link=None, label="Go"), NAMES, tracking_host="t.x")
