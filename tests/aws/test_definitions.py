"""Versions of definitions on moto: none is lost, none is missing, and the one that counts is always a whole one."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from shopkeeper.aws.definitions import Definitions, Overtaken, TooLarge, Version
from shopkeeper.clock import Clock
from shopkeeper.mail.utm import Utm
from tests import tables

START = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
AT = "2026-11-21T09:30:00.000Z"


class Crowd:
    """The client of a table that somebody else always reaches first: `others` are run one by one before a write."""

    def __init__(self, dynamodb):
        self.dynamodb, self.others, self.reads = dynamodb, [], 0

    def __getattr__(self, name):
        return getattr(self.dynamodb, name)

    def get_item(self, **request):
        self.reads += 1
        return self.dynamodb.get_item(**request)

    def transact_write_items(self, **request):
        if self.others:
            self.others.pop()()
        return self.dynamodb.transact_write_items(**request)


@pytest.fixture
def table():
    with mock_aws():
        yield Crowd(tables.create("DefinitionsTable"))


@pytest.fixture
def now():
    return [START.timestamp()]


@pytest.fixture
def definitions(table, now):
    return Definitions(table, "DefinitionsTable", Clock(lambda: now[0]))


def version(number, content, definition_id="news", **made):
    return Version("topic", definition_id, number, json.dumps(content), AT, "u-1", made)


def save(definitions, number, content, **named):
    definitions.save(version(number, content, **named), json.dumps({"name": content}))


def test_a_version_never_changes_and_the_newest_counts(definitions):
    save(definitions, 1, {"name": "News"})
    save(definitions, 2, {"name": "New"}, published="{}")

    assert definitions.version("topic", "news", 1) == {"name": "News"}
    assert definitions.current("topic", "news") == (2, {"name": "New", "published": "{}"})
    assert definitions.newest("topic", "news") == version(2, {"name": "New"}, published="{}")
    assert definitions.version("topic", "news", 3) is None
    assert definitions.current("topic", "else") is None


def test_only_the_version_after_the_one_that_counts_is_taken(definitions):
    save(definitions, 1, "a")
    for number in (1, 3):
        with pytest.raises(Overtaken):
            save(definitions, number, "b")

    assert definitions.newest("topic", "news").content == '"a"'
    assert definitions.stored("topic", "news", 3) is None


def test_what_counts_is_asked_for_once_a_minute_and_a_version_once(definitions, table, now):
    save(definitions, 1, {"name": "a"})
    elsewhere = Definitions(table.dynamodb, "DefinitionsTable", Clock(lambda: now[0]))
    for _ in range(3):
        assert definitions.current("topic", "news")[0] == 1
    assert table.reads == 2

    save(elsewhere, 2, {"name": "b"})
    assert definitions.current("topic", "news") == (1, {"name": "a"})
    now[0] += 60
    assert definitions.current("topic", "news") == (2, {"name": "b"})


def test_a_new_definition_counts_at_once_even_if_it_was_asked_for_before(definitions):
    assert definitions.current("topic", "news") is None
    save(definitions, 1, {"name": "a"})
    assert definitions.current("topic", "news") == (1, {"name": "a"})


def test_a_list_shows_each_id_once_in_pages(definitions):
    for name in ("b", "a-2", "a", "c"):
        save(definitions, 1, name, definition_id=name)
    save(definitions, 2, "again", definition_id="a")

    first, after = definitions.listed("topic", 3)
    last, end = definitions.listed("topic", 3, after)

    assert [(entry.id, entry.number) for entry in first + last] == [("a", 2), ("a-2", 1), ("b", 1), ("c", 1)]
    assert (first[0].saved_at, first[0].shown, end) == (AT, '{"name": "again"}', "")


def test_a_link_table_is_written_with_its_version_or_not_at_all(definitions, table):
    definitions.save(version(1, "a"), "{}", {"links": "[]", "home": ""}, "c0ffee")
    with pytest.raises(Overtaken):
        definitions.save(version(1, "b"), "{}", {"links": "[]", "home": ""}, "decaf")

    rows = table.scan(
        TableName="DefinitionsTable", FilterExpression="kind = :l", ExpressionAttributeValues={":l": {"S": "links"}}
    )["Items"]
    assert [{name: value.get("S") for name, value in row.items() if name != "schema"} for row in rows] == [
        {"kind": "links", "id": "c0ffee", "links": "[]", "home": ""}
    ]


def test_each_activity_says_where_its_own_ended_links_lead_and_the_letter_keeps_a_last_resort(definitions, table):
    definitions.save(version(1, "a"), "{}", {"links": "[]", "home": ""}, "c0ffee")

    definitions.lead_home("campaign:a/a-1", "c0ffee", "https://a.example", "https://a.example/sale")
    definitions.lead_home("campaign:b/b-1", "c0ffee", "https://b.example", "")
    definitions.lead_home("campaign:c/c-1", "decaf", "https://c.example", "")

    def led(name):
        key = {"kind": {"S": "links"}, "id": {"S": name}}
        found = table.get_item(TableName="DefinitionsTable", Key=key).get("Item")
        return found and tuple(found[each]["S"] for each in ("home", "fallback") if each in found)

    assert led("campaign:a/a-1") == ("https://a.example", "https://a.example/sale")
    assert led("campaign:b/b-1") == ("https://b.example", "")
    assert (led("c0ffee"), led("decaf")) == (("https://b.example",), None)


def test_links_with_utm_parameters_are_a_table_of_their_own_that_is_written_once(definitions, table):
    said = [{"url": "https://a.example/"}, {"url": "https://b.example/", "ended": True}]
    definitions.save(version(1, "a"), "{}", {"links": json.dumps(said), "home": "h"}, "c0ffee")

    definitions.tag("c0ffee", "decaf", Utm(source="mail", not_on=("b.example",)))
    definitions.tag("c0ffee", "decaf", Utm(source="later"))
    definitions.tag("nothing", "nowhere", Utm(source="mail"))

    assert definitions.links("decaf") == ["https://a.example/?utm_source=mail", "https://b.example/"]
    assert definitions.links("c0ffee") == ["https://a.example/", "https://b.example/"]
    assert definitions.links("nowhere") == []
    key = {"kind": {"S": "links"}, "id": {"S": "decaf"}}
    item = table.get_item(TableName="DefinitionsTable", Key=key)["Item"]
    assert (json.loads(item["links"]["S"])[1]["ended"], item["home"]["S"]) == (True, "h")


def test_what_does_not_fit_into_an_item_is_refused_before_it_is_written(definitions):
    with pytest.raises(TooLarge):
        save(definitions, 1, "x" * 380_000)
    assert definitions.newest("topic", "news") is None


def put(definitions, content, said):
    """As the API does it: read, write the next one, begin again when somebody was faster."""
    while True:
        number = definitions.number("topic", "news") + 1
        try:
            save(definitions, number, content)
        except Overtaken:
            continue
        said[number] = content
        return


@settings(max_examples=12)  # Each makes a table anew, which moto takes its time for.
@given(st.lists(st.lists(st.integers(0, 9), max_size=3), min_size=1, max_size=4))
def test_of_many_at_once_none_is_lost_and_no_number_is_left_out(rounds):
    with mock_aws():
        table = Crowd(tables.create("DefinitionsTable"))
        definitions, said = Definitions(table, "DefinitionsTable", Clock()), {}
        for others in rounds:
            table.others = [lambda other=other: put(definitions, other, said) for other in others]
            put(definitions, "mine", said)

        assert sorted(said) == list(range(1, sum(map(len, rounds)) + len(rounds) + 1))
        assert {number: json.loads(definitions.stored("topic", "news", number).content) for number in said} == said
        assert definitions.number("topic", "news") == max(said)
