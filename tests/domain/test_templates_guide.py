"""The guide to templates says what the code does: its tables list all there is, its examples come out as it says."""

import json
import re
from pathlib import Path

import pytest

from shopkeeper.mail import analysis, assets, content, facts, filters, layouts, links, liquid, publishing, writing
from shopkeeper.mail.content import Source
from shopkeeper.mail.shelf import Shared, Shelf

GUIDE = (Path(__file__).parents[2] / "docs/templates.md").read_text()
JO = json.loads(re.search(r'```json\n(\{"customer".*?)```', GUIDE, re.DOTALL)[1])
KINDS = ("layout", "snippet", "template")
OF_THE_ENGINE = {"illegal", "content", "output"}


def table(heading):
    """The rows below it, each as its cells; the first two lines are its head."""
    after = GUIDE.partition(f"\n{heading}\n")[2].partition("\n#")[0]
    rows = [line for line in after.splitlines() if line.startswith("|")][2:]
    return [[cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def named(heading):
    return [cells[0].strip("`") for cells in table(heading)]


def test_the_guide_lists_every_fact():
    known = {f"{name}.<name>" if name in ("traits", facts.SAID) else name for name in facts.names("transactional")}

    assert sorted(named("## Facts")) == sorted({*known, links.UNSUBSCRIBE})


def test_the_guide_lists_every_tag_and_every_filter():
    assert sorted(named("### Tags")) == sorted({*liquid.HTML.tags, "raw"} - OF_THE_ENGINE)
    assert sorted(named("### Filters")) == sorted(liquid.HTML.filters)


@pytest.mark.parametrize(
    ("name", "source", "gives"), [(row[0], *row[2:]) for row in table("### Tags") + table("### Filters")]
)
def test_an_example_comes_out_as_the_guide_says(name, source, gives):
    template = liquid.parse(source.strip("`"), liquid.HTML)

    assert name.strip("`") in source
    assert not list(analysis.check(template, source, facts.NAMES))
    assert liquid.write(template, JO).replace("\n", " ") == gives.strip("`")


def test_the_first_example_deserves_no_warning():
    said = json.loads(re.search(r"-d '(\{.*?\})'\n", GUIDE, re.DOTALL)[1])

    assert not publishing.publish(Source(**said), facts.NAMES, tracking_host="t.x", least=facts.LEAST).warnings


def test_the_example_of_a_layout_makes_a_letter_that_deserves_no_warning():
    said = {kind: json.loads(re.search(rf"```json {kind}\n(.*?)```", GUIDE, re.DOTALL)[1]) for kind in KINDS}
    frame, footer = Shared("layout", "shop", 1, **said["layout"]), Shared("snippet", "footer", 1, **said["snippet"])
    shelf = Shelf(frame, {"footer": footer})
    source = Source(said["template"]["subject"], said["template"]["html"])

    for shared in (frame, footer):
        publishing.check_shared(shared, facts.NAMES, tracking_host="t.x", shelf=shelf)
    assert said["template"]["layout"] == "shop"
    assert not publishing.publish(source, facts.NAMES, tracking_host="t.x", least=facts.LEAST, shelf=shelf).warnings


def test_the_example_in_mjml_deserves_no_warning():
    said = json.loads(re.search(r"```json mjml\n(.*?)```", GUIDE, re.DOTALL)[1])
    source = Source(said["subject"], said["html"], mjml=said["source"] == "mjml")

    assert not publishing.publish(source, facts.NAMES, tracking_host="t.x", least=facts.LEAST).warnings


def test_the_example_of_what_a_snippet_is_told_can_be_put():
    button = Shared("snippet", "button", 1, **json.loads(re.search(r"```json button\n(.*?)```", GUIDE, re.DOTALL)[1]))
    told = re.search(r"```json button\n.*?```liquid\n(.*?)```", GUIDE, re.DOTALL)[1]
    shelf = Shelf(None, {"button": button})

    publishing.check_shared(button, facts.NAMES, tracking_host="t.x")
    kept = publishing.publish(Source("x", told), facts.NAMES, tracking_host="t.x", marketing=False, shelf=shelf)
    assert kept.links == ("https://shop.example/boots", "https://shop.example/cart")


def test_limits_are_those_of_the_code():
    limits = {cells[0]: cells[1] for cells in table("### Limits")}
    told = (
        writing.LONGEST,
        writing.MOST_ITERATIONS,
        writing.MOST_WORK,
        filters.HEAVIEST,
        content.LONGEST_SUBJECT,
        analysis.MOST_FILTERS,
        liquid.Language.block_nesting_limit,
        liquid.LARGEST // 1024,
        layouts.MOST_SNIPPETS,
        assets.MOST,
    )

    for limit in told:
        assert any(re.search(rf"(?<![\d,]){limit:,}(?![\d,])", said) for said in limits.values()), limit


@pytest.mark.parametrize(
    "source",
    [
        "<p>no address</p>",
        "<a href='#'>x</a>",
        "<a href='https://shop.example/'>https://bank.example</a>",
        f"<a href='https://shop.example/{'x' * 1100}'>x</a>",
        "<a href='https://shop.example/'>x</a>" * 251,
        "{% for x in traits.list %}<a href='https://shop.example/{{ x }}'>x</a>{% endfor %}",
        "<script>1</script>",
        "<img src='logo.png'>",
        "<v:fill href='https://shop.example/'>",
        "{{ customer.name }}",
        "{{ traits[customer.name].x }}",
    ],
)
def test_each_warning_is_explained(source):
    source = Source("x", source + f'<a href="{{{{ {links.UNSUBSCRIBE} }}}}">leave</a>')
    found = publishing.publish(source, facts.NAMES, tracking_host="t.x", least=facts.LEAST).warnings
    known = [
        re.escape(name).replace(r"\.\.\.", ".*").replace('"\\#"', '".*"') for name in named("## Refusals and warnings")
    ]

    assert found
    assert all(any(re.match(pattern, warning.message) for pattern in known) for warning in found)
