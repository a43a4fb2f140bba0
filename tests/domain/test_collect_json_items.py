import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer.collect import json_items
from shopkeeper.customer.collect.json_items import Unreadable

GOOD = {
    "type": "track",
    "event": "Tea, poured [hot]",
    "properties": {"note": 'a "quoted" } \\ word', "n": [1, 2.5, None]},
}
# Each can be told apart from its neighbours by strings and brackets, and each breaks a rule.
BAD = [
    ('{"a": NaN}', "not_a_number"),
    ('{"a": 1, "a": 2}', "duplicate_key"),
    ('{"a": tru}', "not_json"),
    ('{"a": 01}', "not_json"),
    ("{'a': 1}", "not_json"),
    ('{"a" 1}', "not_json"),
    ('{"a": "\\q"}', "not_json"),
    ('{"a": "line\nbreak"}', "not_json"),
    ('{"a": 1,}', "not_json"),
    ('{"a": 1} {"b": 2}', "not_json"),
    ("", "not_json"),
    ("nonsense", "not_json"),
    ('{"a": "\\u0000"}', "nul"),
    ('{"a": "\\ud800"}', "not_unicode"),
    ('{"a": "\udcff"}', "not_unicode"),
    ("[" * 3000 + "]" * 3000, "too_deep"),
    ("[" * 100_000 + "]" * 100_000, "too_deep"),
]


def read(*items, before="", after=""):
    return json_items.read_members('{{{}"batch": [{}]{}}}'.format(before, ",".join(items), after), "batch")


@pytest.mark.parametrize(("bad", "code"), BAD)
def test_a_bad_item_costs_itself_only(bad, code):
    good = json.dumps(GOOD)
    items, _ = read(good, bad, good)
    assert [item.flaw and item.flaw.code for item in items] == [None, code, None]
    assert items[0].value == items[2].value == GOOD


@given(st.lists(st.sampled_from([json.dumps(GOOD), *(bad for bad, _ in BAD[:-1])]), min_size=1, max_size=12))
def test_good_items_survive_any_neighbours(texts):
    if texts == [""]:
        texts = ["null"]
    items, _ = read(*texts)
    assert len(items) == len(texts)
    for text, item in zip(texts, items, strict=True):
        assert (item.value == GOOD and not item.flaw) == (text == json.dumps(GOOD)) or text == "null"


@given(st.text(alphabet='{}[]",:\\ aN1', max_size=40))
def test_whatever_stands_between_good_items_never_changes_them_unnoticed(rubbish):
    good = json.dumps(GOOD)
    try:
        items, _ = read(good, rubbish, good)
    except Unreadable:
        return
    assert items[0].value == GOOD


def test_the_other_members_are_read_before_and_behind_the_list():
    items, members = read("1", before='"sentAt": "now", ', after=', "context": {"a": NaN}, "writeKey": "k"')
    assert [item.value for item in items] == [1]
    assert {name: item.flaw and item.flaw.code for name, item in members.items()} == {
        "sentAt": None,
        "context": "not_a_number",
        "writeKey": None,
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "not_json"),
        ("[]", "not_json"),
        ('{"batch": [1, 2', "not_json"),
        ('{"batch": ["open]}', "not_json"),
        ('{"batch": [{"a": 1]}', "not_json"),
        ('{"batch": []} x', "not_json"),
        ('{"batch": [], "batch": []}', "duplicate_key"),
        ('{"sentAt": 1, "sentAt": 2, "batch": []}', "duplicate_key"),
        ('{"batch": 1}', "no_batch"),
        ('{"batch": null}', "no_batch"),
        ("{}", "no_batch"),
        ('{1: 2, "batch": []}', "not_json"),
        ("{{{}}}".format(",".join(f'"{n}": x' for n in range(200))), "too_many_keys"),
    ],
)
def test_where_items_cannot_be_told_apart_nothing_is_read(text, code):
    with pytest.raises(Unreadable) as caught:
        json_items.read_members(text, "batch")
    assert caught.value.code == code


def test_beyond_five_hundred_one_flaw_stands_for_the_rest():
    items, members = read(*["{}"] * 500, "{}", '{"a": "],"}', "x", after=', "sentAt": 1')
    assert [item.flaw and item.flaw.code for item in items] == [None] * 500 + ["too_many_items"]
    assert members["sentAt"].value == 1


def test_sizes_are_bytes_as_sent():
    items, _ = read('{"a":"ä"}', '{"a":"\\u00e4"}', '{"a":"x"}')
    assert [item.size for item in items] == [10, 14, 9]


def test_a_string_that_never_ends_is_given_up_once():
    with pytest.raises(Unreadable):
        read('{"a": ' + '"\\"' + '\\"' * 400_000)


@pytest.mark.parametrize("text", ["", "   ", "x", "1 2", '{"a": tru}', '"text"', "[]", "null"])
def test_a_single_call_is_one_object(text):
    with pytest.raises(Unreadable):
        json_items.read_one(text)


def test_a_flaw_in_a_single_call_is_told_like_one_in_a_batch():
    assert json_items.read_one(' {"a": NaN} ').flaw.field == "a"
    assert json_items.read_one('{"a":' * 5000 + "1" + "}" * 5000).flaw.code == "too_deep"
