"""What people write is read strictly, and what is wrong is said in our own words."""

import json
from typing import Annotated, Literal

import pytest
from pydantic import Field

from shopkeeper.api.brands import Brand
from shopkeeper.api.campaigns import First
from shopkeeper.api.hours import Quiet
from shopkeeper.api.messages import Wanted
from shopkeeper.customer.requests import BadRequest, Lines, Strict, Text, read
from shopkeeper.mail.asked import Variant

BRAND = {
    "name": "Shop",
    "sender": {"name": "Shop", "email": "hello@shop.example"},
    "reply_to": "hello@shop.example",
    "home_page": "https://shop.example/",
    "footer_address": "1 High Street, Ulm",
}


class Note(Strict):
    name: Text = "x"
    text: Annotated[Lines, Field(max_length=20)] = "x"


def findings(said, model=Note):
    with pytest.raises(BadRequest) as refused:
        read(model, said)
    return dict(refused.value.findings)


@pytest.mark.parametrize("sign", ["\\u0000", "\\n", "\\r\\n", "\\t", "\\u001b", "\\u007f", "\\u0085", "\\u2028"])
def test_a_name_is_one_line_without_control_characters(sign):
    assert findings(f'{{"name": "Jo{sign}Bcc: x"}}') == {"name": "is one line, without control characters"}


@pytest.mark.parametrize("sign", ["\\u0000", "\\r", "\\u001b", "\\u0085"])
def test_longer_texts_have_line_breaks_and_tabs_and_nothing_else_that_cannot_be_seen(sign):
    assert list(findings(f'{{"text": "a{sign}b"}}')) == ["text"]
    assert read(Note, '{"text": " 1 High St\\r\\nTown\\n\\tX "}').text == "1 High St\nTown\n\tX"
    assert list(findings(f'{{"text": "{"a" * 21}"}}')) == ["text"]


def test_white_space_around_a_name_is_no_part_of_it_and_other_letters_are():
    assert read(Note, '{"name": "\\n Zoë ü 👩\u200d🍳 shop\\t"}').name == "Zoë ü 👩\u200d🍳 shop"


def test_a_sender_with_a_line_break_in_its_name_is_refused_by_name():
    said = BRAND | {"sender": {"name": "Shop\r\nBcc: all@x.example", "email": "hello@shop.example"}}
    assert list(findings(json.dumps(said), Brand)) == ["sender.name"]


def test_what_is_wrong_is_said_without_the_words_of_a_library():
    said = json.dumps(BRAND | {"home_page": "ftp://shop.example"})
    assert not findings(said, Brand)["home_page"].lower().startswith("value error")


class Wish(Strict):
    who: list[str] = Field(min_length=1, max_length=2)
    n: int = Field(ge=0, le=9)
    both: tuple[int, ...] = Field((1, 2), min_length=2)
    kind: Literal["a", "b"] = "a"
    name: Text
    on: bool = False


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        ({"n": -1}, "n", "must be 0 or more"),
        ({"n": 10}, "n", "must be 9 or less"),
        ({"n": 1.5}, "n", "must be a whole number"),
        ({"n": "1"}, "n", "must be a whole number"),
        ({"kind": "c"}, "kind", "there is only 'a' or 'b'"),
        ({"name": 7}, "name", "must be text"),
        ({"name": "x" * 201}, "name", "is longer than 200 characters"),
        ({"name": " "}, "name", "must not be empty"),
        ({"who": "jo"}, "who", "must be a list"),
        ({"who": []}, "who", "must not be empty"),
        ({"who": ["a", "b", "c"]}, "who", "has more than 2 entries"),
        ({"who": [1]}, "who.0", "must be text"),
        ({"both": [1]}, "both", "has fewer than 2 entries"),
        ({"both": [1, "b"]}, "both.1", "must be a whole number"),
        ({"on": "yes"}, "on", "must be true or false"),
        ({"when": 1}, "when", "is not known here"),
    ],
)
def test_each_field_is_told_in_our_words(said, field, reason):
    whole = {"who": ["jo"], "n": 1, "name": "Jo"} | said

    assert findings(json.dumps(whole), Wish) == {field: reason}


@pytest.mark.parametrize(
    ("model", "said", "field", "words"),
    [
        (First, {"count": 3, "then": "xx"}, "then", "is either 'wait' or so many minutes"),
        (First, {"count": 3, "then": 0}, "then", "is either 'wait' or so many minutes"),
        (Quiet, {"from": "25:00", "to": "08:00"}, "from", "is a time of day from 00:00"),
        (Variant, {"id": "A b", "template": "x", "share": 50}, "id", "is 1 to 64 small letters"),
        (Wanted, {"template": "x", "to": "jo", "brand": "x", "facts": {"a b": 1}}, "facts.a b", "is no name for a "),
    ],
)
def test_what_has_a_form_of_its_own_is_refused_in_words_and_not_by_a_pattern(model, said, field, words):
    ((named, reason),) = findings(json.dumps(said), model).items()

    assert (named, reason[: len(words)]) == (field, words)


@pytest.mark.parametrize(
    ("said", "where"), [('{"n": 1', "line 1 column 7"), ("n=1", "line 1 column 2"), ('{\n"n": x}', "line 2 column 6")]
)
def test_what_is_no_json_is_said_to_be_none_and_where(said, where):
    (reason,) = findings(said, Wish).values()
    assert reason.startswith("is no JSON: ")
    assert reason.endswith(where)


def test_a_missing_field_is_named():
    assert findings('{"who": ["jo"], "n": 1}', Wish) == {"name": "is missing"}
