from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.mail import analysis, liquid
from shopkeeper.mail.errors import RenderError
from shopkeeper.mail.liquid import HTML, PLAIN, RefusedError


def write(source, language=HTML, **facts):
    return liquid.write(liquid.parse(source, language), facts)


def check(source, names):
    return [(found.line, found.message) for found in analysis.check(liquid.parse(source, HTML), source, names)]


def test_facts_are_escaped_in_html_and_only_there():
    assert write("{{ a }}", a="<b> & \"'") == "&lt;b&gt; &amp; &#34;&#39;"
    assert write("{{ a }}", PLAIN, a="<b> & \"'") == "<b> & \"'"


@given(st.text())
def test_a_fact_is_never_read_as_a_template(text):
    assert write("{{ a }}", PLAIN, a=f"{{{{ 7 | times: 7 }}}}{text}{{% if a %}}") == (
        f"{{{{ 7 | times: 7 }}}}{text}{{% if a %}}"
    )


def test_line_ends_stay_as_they_are():
    assert (
        write("a\r\n{{ a }}\r\rb\n{% capture c %}\r\n{% endcapture %}{{ c }}", PLAIN, a="\r\n")
        == "a\r\n\r\n\r\rb\n\r\n"
    )


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("{% if a %}x{% else %}y{% endif %}", "y"),
        ("{% if a == nil %}x{% endif %}{% if a == 'b' %}y{% endif %}", "x"),
        ("{% unless a.b.c %}x{% endunless %}", "x"),
        ("{{ a | default: 'friend' }} {{ a.b | default: 'there' }}", "friend there"),
    ],
)
def test_a_missing_fact_can_be_asked_for_and_replaced(source, page):
    assert write(source) == page


@pytest.mark.parametrize(
    "source", ["{{ a }}", "{{ a.b.c }}", "{{ a | upcase }}", "{% for b in a %}{% endfor %}", "{{ now }}"]
)
def test_a_missing_fact_is_never_written_as_nothing(source):
    with pytest.raises(RenderError, match=r"^there is no (a|now)"):
        write(source)


@pytest.mark.parametrize(
    "path",
    [
        'a["first name"]',
        "a['b c'].d",
        "a[a.b]",
        "a[a[b]]",
        "a.list[3].x-y",
    ],
)
def test_the_fact_that_is_missing_is_called_as_the_template_calls_it(path):
    for form in ("{{ PATH }}", "{{ 'x' | append: PATH | upcase }}", "{% for i in PATH %}{% endfor %}"):
        source = form.replace("PATH", path)
        with pytest.raises(RenderError) as failure:
            write(source)
        assert (str(failure.value), failure.value.short) == (f"there is no {path} for this customer", path)


def test_a_long_name_of_a_fact_is_told_in_part():
    with pytest.raises(RenderError) as failure:
        write("{{ a" + ".b" * 500 + " }}")

    assert len(failure.value.short) == liquid.LONGEST_PATH


def test_the_reason_of_a_failure_holds_no_fact():
    for source in ("{{ a[b] }}", "{{ b | times: 2 }}{{ b | slice: b }}", "{{ b | date: b }}{{ b | truncate: b }}"):
        with pytest.raises(RenderError) as failure:
            write(source, a={}, b="jo@shop.example")
        assert "jo@" not in str(failure.value) + failure.value.short


def test_money_as_decimal_can_be_reckoned_with():
    assert write("{{ a | times: 2 }} {{ b | plus: 1 }} {{ a }}", a=Decimal("2.50"), b=Decimal("3.00")) == "5.0 4 2.50"


def test_dates_are_read_from_facts_and_never_from_a_clock():
    instant = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    assert write("{{ a | date: '%-d %B %Y, %H:%M' }}", a=instant) == "21 November 2026, 09:30"
    assert write("{{ a | date: '%Y' }} {{ b | date: '%d' }}", a="2026-11-21T09:30:00.250Z", b=0) == "2026 01"
    assert write("{{ 'now' | date: '%Y' }}{{ 'today' | date }}") == "nowtoday"


@pytest.mark.parametrize("form", ["%9999999d", "%" + "-" * 5 + "d", "x" * 101, "%"])
def test_a_date_format_cannot_grow(form):
    with pytest.raises(RenderError):
        write(f"{{{{ '2026-01-01' | date: '{form}' }}}}")


class Thing:
    name = "x"

    def __html__(self):
        return "<script>"


@pytest.mark.parametrize("fact", [Thing(), b"x", {"a": Thing()}, [("a",)], {1}])
def test_facts_that_are_not_plain_data_are_a_mistake_of_ours(fact):
    with pytest.raises(TypeError, match="plain data"):
        write("x", a=fact)


@pytest.mark.parametrize(
    "tag",
    ["include 'a'", "render 'a'", "tablerow a in b", "increment a", "decrement a", "liquid", "ifchanged", "cycle 1"],
)
def test_tags_that_reach_for_files_or_keep_state_are_not_in_the_language(tag):
    with pytest.raises(RefusedError) as refused:
        liquid.parse(f"x\n\n{{% {tag} %}}", HTML)

    assert refused.value.line == 3


@pytest.mark.parametrize("name", "safe base64_decode base64_url_safe_decode url_decode escapejs nonsense".split())
def test_filters_that_undo_escaping_are_not_in_the_language(name):
    assert check(f"\n{{{{ a | {name} }}}}", ["a"]) == [(2, f"there is no filter named {name}")]
    with pytest.raises(RenderError):
        write(f"{{{{ a | {name} }}}}", a="PGI+")


def test_unknown_names_are_told_with_their_line():
    source = "{{ customer.first_name }}\n{{ customer.name }}{% if shop %}\n{{ traits.size }}{% endif %}{{ now }}"

    assert sorted(check(source, ["customer.first_name", "traits"])) == [
        (2, "there is no fact named customer.name; there are customer.first_name, traits"),
        (2, "there is no fact named shop; there are customer.first_name, traits"),
        (3, "there is no fact named now; there are customer.first_name, traits"),
    ]


def test_names_that_a_template_makes_are_known_and_facts_cannot_be_made_again():
    fine = (
        "{% assign b = a %}{% for c in b %}{{ c }}{{ forloop.index }}{% endfor %}{% capture d %}{% endcapture %}{{ d }}"
    )

    assert check(fine, ["a"]) == []
    for tag in ("assign a = 1", "capture a %}{% endcapture", "for a in (1..2) %}{% endfor"):
        assert check(f"{{% {tag} %}}", ["a"]) == [(1, "a is the name of a fact and cannot be made again")]
    assert check("{% assign shopkeeper_click = 1 %}", []) != []


def test_at_most_eight_filters_stand_in_one_expression():
    assert check("{{ a" + " | upcase" * 8 + " }}", ["a"]) == []
    assert check("{% assign b = a" + " | upcase" * 9 + " %}", ["a"]) == [(1, "more than 8 filters in one expression")]


ONE_FILTER, ALL_FILTERS = "more than 200000 characters in one filter", "more than 2000000 characters in all filters"
LOOP, OUTPUT, NAMES = "more iterations than allowed", "the output is too long", "the template keeps too much"
GREEDY = {
    "filters in a row": ("{{ 'xxxxxxxxxx'" + " | replace: 'x', 'xxxxxxxxxx'" * 8 + " }}", ONE_FILTER),
    "growing text": (
        "{% assign x = 'xxxx' %}{% for i in (1..999) %}{% assign x = x | append: x %}{% endfor %}",
        ONE_FILTER,
    ),
    "growing number": (
        "{% assign x = 3 %}{% for i in (1..999) %}{% assign x = x | times: x %}{% endfor %}",
        ONE_FILTER,
    ),
    "growing list": (
        "{% assign x = 'ab' | split: '' %}{% for i in (1..99) %}{% assign x = x | concat: x %}{% endfor %}",
        ONE_FILTER,
    ),
    "a long range": ("{{ (1..100000000) | join }}", ONE_FILTER),
    "a longer range": ("{{ (1..99999999999999999999999999) | reverse }}", ONE_FILTER),
    "a long join": ("{% assign x = (1..1900) | join: s %}", ONE_FILTER),
    "a long loop": ("{% for i in (1..999999999999) %}{% endfor %}", LOOP),
    "loops in loops": (
        "{% for i in (1..200) %}{% for j in (1..200) %}{% endfor %}{% endfor %}",
        "loop iteration limit reached",
    ),
    "loops in a row": ("{% for i in (1..20000) %}{% endfor %}" * 2, LOOP),
    "much output": ("{% for i in (1..20000) %}{{ s }}{% endfor %}", OUTPUT),
    "much captured": ("{% for i in (1..20000) %}{% capture x %}{{ s }}{% endcapture %}{% endfor %}", OUTPUT),
    "many names": ("".join(f"{{% assign a{i} = 1 %}}" for i in range(10000)), NAMES),
    "much filtering": ("{% for i in (1..20000) %}{% assign z = s | upcase %}{% endfor %}", ALL_FILTERS),
    "much sorting": ("{% for i in (1..20000) %}{% assign z = l | sort | uniq %}{% endfor %}", ALL_FILTERS),
}


@pytest.mark.parametrize(("source", "limit"), GREEDY.values(), ids=GREEDY)
def test_a_greedy_template_is_stopped_by_a_limit(source, limit):
    """Without it each of these would keep the processor busy for minutes, or fill the memory."""
    with pytest.raises(RenderError, match=limit):
        write(source, s="s" * 100_000, l=[str(n) for n in range(1500)])


UNREAD = {
    "too large": "x" * (256 * 1024 + 1),
    "too large in bytes": "é" * (128 * 1024 + 1),
    "raw without end": "{% raw %}" * 25_000,
    "doc without end": "{%- doc -%}" * 20_000,
    "raw after its end": "{% endraw %}" * 9_000 + "{% raw %}" * 9_000,
    "output without end": "{% comment %}" + "{{ " * 80_000 + "{% endcomment %}",
    "tag without end": "{{ }}{% comment %}" + "{% a " * 40_000,
    "spaces": "{{" + " " * 200_000 + "}}",
    "spaces after a name": ("{% if" + " " * 25 + "%}") * 5_000,
    "no text": "a\0b",
    "half a pair": "\ud800",
}


@pytest.mark.parametrize("source", UNREAD.values(), ids=UNREAD)
def test_what_the_engine_would_read_for_minutes_it_never_gets(source, monkeypatch):
    monkeypatch.setattr(liquid.Language, "from_string", None)

    with pytest.raises(RefusedError):
        liquid.parse(source, HTML)


ODD = {
    "too deep": "{% if a %}" * 21 + "{% endif %}" * 21,
    "many spaces": ("{{" + " " * 19 + "}}") * 1_000,
    "a long condition": "{% if " + "a or " * 5_000 + "a %}{% endif %}",
    "no end": "{% if a %}",
}


@pytest.mark.parametrize("source", ODD.values(), ids=ODD)
def test_what_the_engine_cannot_read_is_refused(source):
    with pytest.raises(RefusedError):
        liquid.parse(source, HTML)


def test_the_last_line_end_stays_whatever_was_stripped_before_it():
    assert write("{{ a -}} \r\n b\r\n", PLAIN, a=1) == "1b\r\n"
    assert write("{%- assign a = 1 -%}\n", PLAIN) == ""
