"""What we write ourselves is what the engine would have written, piece by piece, with the same errors."""

from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liquid import BoundTemplate
from liquid.builtin.output import Output
from liquid.builtin.tags.for_tag import ForTag
from liquid.utils import ReadOnlyChainMap

from shopkeeper.mail import liquid, writing
from shopkeeper.mail.errors import RenderError

NAMES = ("a", "b", "c", "d")
PATHS = (
    "a",
    "b",
    "a.b",
    "b.a",
    "c.a",
    "c.b.a",
    "a[0]",
    "c['b']",
    "d",
    "d.size",
    "c.first",
    "e",
    "forloop.index",
    "partial",
)
FILTERS = ("", "", " | default: 'x'", " | upcase", " | append: b", " | date: '%Y'", " | size", " | join: '<'")
TESTS = ("a", "b == 'x'", "c.a and b", "d contains 'x'", "a.b != blank", "a > 1")
LOOPS = (
    "a in d",
    "b in c",
    "a in c.b",
    "c in (1..3)",
    "d in d limit: 1",
    "a in d reversed",
    "b in e",
    "a in d offset: continue",
)
words = st.sampled_from(
    ("x", "<p>\n", "é & ", " ", "\r\n", "{% break %}", "{% continue %}", "{% comment %}x{% endcomment %}")
)
written = st.builds("{{{{ {}{} }}}}".format, st.sampled_from(PATHS), st.sampled_from(FILTERS))
assigned = st.builds("{{% assign {} = {} %}}".format, st.sampled_from(NAMES), st.sampled_from(PATHS))


def blocks(inner):
    body, test, loop = st.lists(inner, max_size=4).map("".join), st.sampled_from(TESTS), st.sampled_from(LOOPS)
    return st.one_of(
        st.builds("{{% if {} %}}{}{{% elsif {} %}}{}{{% else %}}{}{{% endif %}}".format, test, body, test, body, body),
        st.builds("{{% unless {} %}}{}{{% else %}}{}{{% endunless %}}".format, test, body, body),
        st.builds("{{% for {} %}}{}{{% else %}}{}{{% endfor %}}".format, loop, body, body),
        st.builds("{{% case b %}}{{% when 'x', a %}}{}{{% else %}}{}{{% endcase %}}".format, body, body),
        st.builds("{{% capture {} %}}{}{{% endcapture %}}".format, st.sampled_from(NAMES), body),
    )


sources = st.lists(st.recursive(words | written | assigned, blocks, max_leaves=12), max_size=8).map("\n".join)
plain = st.sampled_from(("", "x", "<b>'&\"", "é", "2026-01-02", None, True, 2, 1.5))
values = st.recursive(
    plain, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner), max_leaves=6
)
facts = st.dictionaries(st.sampled_from(NAMES), values)


class Engine(liquid.Language):
    def setup_tags_and_filters(self, *, extra=False):
        super().setup_tags_and_filters(extra=extra)
        self.add_tag(Output)
        self.add_tag(ForTag)


def told(template, known):
    """What is written, piece by piece, or all that is said of why it is not."""
    try:
        return liquid.pieces(template, known)
    except RenderError as error:
        return type(error), str(error), error.line, error.short


def told_by_the_engine(source, known, *, autoescape):
    engine = Engine(autoescape=autoescape, undefined=liquid.Missing)
    with (
        patch.object(writing, "write_all", BoundTemplate.render_with_context),
        patch.object(writing, "Scope", ReadOnlyChainMap),
    ):
        return told(engine.from_string(source), known)


@settings(max_examples=60)
@given(sources, facts, st.booleans(), st.sampled_from((5, 40, 1_000)))
def test_what_is_written_or_refused_is_what_the_engine_says(source, known, autoescape, longest):
    template = liquid.parse(source, liquid.HTML if autoescape else liquid.PLAIN)

    with patch.object(writing, "LONGEST", longest):
        assert told(template, known) == told_by_the_engine(source, known, autoescape=autoescape)


@pytest.mark.parametrize(
    "source",
    [
        "x\n{{ d }}{% for a in d %}{% if a %}{{ a }}{% break %}{% endif %}\n{{ e }}{% endfor %}",
        "x\n{% if b %}\n{% for a in d %}12345678901234567890{% endfor %}{% endif %}",
        "{{ b }}12345678901234567890\n{% if b %}1234567{% endif %}",
        "x\n\n{% if b %}{% break %}{% endif %}",
        "{% capture a %}<{{ b }}>{% endcapture %}{{ a }}{% case b %}{% when '<x>' %}{{ b }}{{ e.f }}{% endcase %}",
        "{{ partial }}{{ '' }}{{ d[0] }}{{ d.first }}{{ b.size }}",
    ],
)
def test_what_ends_early_ends_where_the_engine_has_it(source):
    known = {"b": "<x>", "d": ["1", "2"], "": "nothing"}

    with patch.object(writing, "LONGEST", 30):
        assert told(liquid.parse(source, liquid.HTML), known) == told_by_the_engine(source, known, autoescape=True)


def test_what_is_written_in_blocks_is_written_by_us():
    source = "{% if a %}{% for b in c %}{% capture d %}x{% endcapture %}{% endfor %}{% endif %}"
    source += "{% case b %}{% when 1 %}x{% endcase %}"
    found = [type(node) for node in writing.every(liquid.parse(source, liquid.HTML))]

    assert found.count(writing._Block) == 4
