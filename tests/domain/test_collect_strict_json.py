import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer.collect import strict_json
from shopkeeper.customer.collect.strict_json import Flaw


def read(text):
    value, end = strict_json.scan(text, 0)
    assert end == len(text)
    strict_json.check(value)
    return value


def flaw_of(text):
    with pytest.raises(Flaw) as caught:
        read(text)
    return caught.value.code, caught.value.field


def nested(levels):
    return '{"a":' * levels + "1" + "}" * levels


@pytest.mark.parametrize(
    ("text", "code", "field"),
    [
        ('{"a": {"b": 1, "b": 1}}', "duplicate_key", "a.b"),
        ('{"a": [1, NaN]}', "not_a_number", "a[1]"),
        ('{"a": -Infinity}', "not_a_number", "a"),
        ('{"a": 1e400}', "number_too_large", "a"),
        ('{"a": %s}' % ("9" * 39), "number_too_long", "a"),
        ('{"a": 0.%s}' % ("1" * 39), "number_too_long", "a"),
        ('{"a": {"b": [{"c": "\\u0000"}]}}', "nul", "a.b[0].c"),
        ('{"a": "\\ud800"}', "not_unicode", "a"),
        ('{"\\udfff": 1}', "not_unicode", "\\udfff"),
        ('{"a": "%s"}' % ("x" * 8193), "text_too_long", "a"),
        ('{"a": "%s"}' % ("ä" * 4097), "text_too_long", "a"),
        ('{"a": [{"": 1}]}', "empty_key", "a[0]"),
        ('{"%s": 1}' % ("k" * 129), "key_too_long", "k" * 128),
        (f'{{"a": {json.dumps({str(n): n for n in range(301)})}}}', "too_many_keys", "a"),
        (nested(11), "too_deep", ".".join("a" * 10)),
        ("[" * 11 + "]" * 11, "too_deep", "[0]" * 10),
    ],
)
def test_each_broken_rule_has_a_code_and_a_path(text, code, field):
    assert flaw_of(text) == (code, field)


@pytest.mark.parametrize(
    "text",
    [
        nested(10),
        '{"a": "%s"}' % ("x" * 8192),
        '{"%s": 1}' % ("k" * 128),
        json.dumps({str(n): n for n in range(300)}),
        '{"a": 0.%s1}' % ("0" * 60),
        '"\\ud83d\\ude00"',
    ],
)
def test_what_just_keeps_the_rules_is_read(text):
    assert read(text) == json.loads(text)


@pytest.mark.parametrize("key", ["__proto__", "constructor", "prototype"])
def test_keys_that_would_change_objects_in_a_browser_are_left_out(key):
    assert read(f'{{"a": {{"{key}": {{"admin": true}}, "b": 1}}}}') == {"a": {"b": 1}}


def test_two_long_numbers_that_differ_stay_different():
    first, second = read("[12345678901234567890123, 12345678901234567890124]")
    assert (first, second) == ("12345678901234567890123", "12345678901234567890124")
    assert read("[18446744073709551615, -9223372036854775808]") == [2**64 - 1, -(2**63)]


def test_a_hundred_thousand_brackets_are_an_abyss_and_no_crash():
    with pytest.raises(RecursionError):
        strict_json.scan("[" * 100_000, 0)


scalars = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    scalars | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def harmless(value):
    if isinstance(value, dict):
        return all(k and k not in strict_json.HARMFUL_KEYS and "\0" not in k and harmless(v) for k, v in value.items())
    if isinstance(value, list):
        return all(map(harmless, value))
    return not (isinstance(value, str) and "\0" in value)


@given(values.filter(harmless), st.booleans())
def test_sound_json_is_read_as_the_standard_library_reads_it(value, ascii_only):
    read_back = read(json.dumps(value, ensure_ascii=ascii_only))
    assert read_back == value or math.isclose(read_back, value)
