"""Definitions over the API: versions, ETags, and every bad field named."""

import pytest
from moto import mock_aws

from shopkeeper.mail.brands import brand_of
from shopkeeper.mail.content import Addresses
from tests.api_world import AUDIENCE, BRAND, CAMPAIGN, TEMPLATE, World, ask, cursor, refusal

PLURALS = {
    "brands": BRAND,
    "topics": {"name": "News"},
    "lists": {"name": "Friends"},
    "templates": TEMPLATE,
    "campaigns": CAMPAIGN,
}


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        yield World(monkeypatch)


@pytest.mark.parametrize("plural", PLURALS)
def test_what_is_put_is_shown_in_versions_that_never_change(world, plural):
    world.define()
    path, first = f"/v1/{plural}/spring", PLURALS[plural]
    renamed = {"subject": "Other"} if plural == "templates" else {"name": "Other"}

    made = world.put(path, first)
    changed = world.put(path, first | renamed)

    assert (made[0], made[1]["version"], made[2]["etag"]) == (201, 1, '"1"')
    assert (changed[0], changed[1]["version"], changed[2]["etag"]) == (200, 2, '"2"')
    assert world.get(path, group="viewer")[1] == changed[1]
    assert world.get(path, query="version=1")[1:] == made[1:]
    assert made[1]["definition"].items() >= first.items()
    assert made[1]["saved_by"] == "u-1"


def test_equal_content_makes_no_new_version_whoever_sends_it_and_in_whichever_order(world):
    world.put("/v1/brands/shop", BRAND)
    again = world.put("/v1/brands/shop", dict(reversed(BRAND.items())), sub="u-2")

    assert (again[0], again[1]["version"], again[1]["saved_by"]) == (200, 1, "u-1")
    assert world.put("/v1/topics/news", {"name": "News"})[1]["definition"]["opt_in"] == "required"
    assert world.put("/v1/topics/news", {"name": "News", "opt_in": "required"})[1]["version"] == 1


def test_a_change_upon_an_old_version_is_refused_and_changes_nothing(world):
    world.put("/v1/topics/news", {"name": "a"})
    world.put("/v1/topics/news", {"name": "b"}, if_match='"1"')

    assert refusal(world.put("/v1/topics/news", {"name": "c"}, if_match='"1"')) == (412, ["If-Match"])
    assert refusal(world.put("/v1/topics/news", {"name": "c"}, if_match='W/"2"')) == (412, ["If-Match"])
    assert refusal(world.put("/v1/topics/else", {"name": "c"}, if_match="*")) == (412, ["If-Match"])
    assert refusal(world.put("/v1/topics/news", {"name": "c"}, if_none_match="*")) == (412, ["If-None-Match"])
    assert refusal(world.put("/v1/topics/news", {"name": "c"}, if_match="2")) == (400, ["If-Match"])
    assert refusal(world.put("/v1/topics/news", {"name": "c"}, if_none_match="2")) == (400, ["If-None-Match"])
    assert world.get("/v1/topics/news")[1]["definition"]["name"] == "b"
    assert world.put("/v1/topics/news", {"name": "c"}, if_match='"7", "2"')[0] == 200
    assert world.put("/v1/topics/else", {"name": "c"}, if_none_match="*")[0] == 201


def test_a_change_whose_answer_was_lost_may_be_sent_again(world):
    world.put("/v1/topics/news", {"name": "a"})
    first = world.put("/v1/topics/news", {"name": "b"}, if_match='"1"')

    assert world.put("/v1/topics/news", {"name": "b"}, if_match='"1"') == first


def test_of_two_changes_at_once_both_are_kept_unless_one_said_upon_which(world, monkeypatch):
    world.put("/v1/topics/news", {"name": "a"})
    save = world.definitions.save

    def late(*args, **named):
        monkeypatch.setattr(world.definitions, "save", save)
        world.put("/v1/topics/news", {"name": "other"})
        save(*args, **named)

    monkeypatch.setattr(world.definitions, "save", late)
    assert world.put("/v1/topics/news", {"name": "mine"})[1]["version"] == 3
    monkeypatch.setattr(world.definitions, "save", late)
    assert refusal(world.put("/v1/topics/news", {"name": "c"}, if_match='"3"')) == (412, ["If-Match"])
    names = [world.get("/v1/topics/news", query=f"version={n}")[1]["definition"]["name"] for n in range(1, 5)]
    assert names == ["a", "other", "mine", "other"]


def test_lists_are_given_in_pages_without_the_long_parts(world):
    for name in ("b", "a", "c"):
        world.put(f"/v1/templates/{name}", TEMPLATE)

    first = world.get("/v1/templates", query="limit=2", group="viewer")[1]
    last = world.get("/v1/templates", query=f"limit=2&{cursor(first)}")[1]

    assert [line["id"] for line in first["items"] + last["items"]] == ["a", "b", "c"]
    assert first["items"][0]["definition"] == {"subject": "News", "source": "html", "class": "marketing"}
    assert last["next"] is None


def test_what_is_not_there_is_said_to_be_missing(world):
    world.put("/v1/topics/news", {"name": "a"})
    for path in ("/v1/topics/else", "/v1/brands/news"):
        assert world.get(path)[0] == 404
    assert world.get("/v1/topics/news", query="version=2")[0] == 404
    for number in ("0", "x", "1000000", "01"):
        assert refusal(world.get("/v1/topics/news", query=f"version={number}")) == (400, ["version"])


BAD = [
    ("brands", BRAND | {"sender": {"name": " ", "email": "jo"}}, ["sender.name", "sender.email"]),
    ("brands", {"name": "x"}, ["sender", "reply_to", "home_page", "footer_address"]),
    ("brands", BRAND | {"home_page": "javascript:alert(1)", "colour": "red"}, ["home_page", "colour"]),
    ("brands", BRAND | {"tracking_url": "https://t.shop.example/path"}, ["tracking_url"]),
    ("brands", BRAND | {"tracking_url": "http://t.shop.example"}, ["tracking_url"]),
    ("topics", {"name": "News", "opt_in": "maybe"}, ["opt_in"]),
    ("lists", {"name": 7}, ["name"]),
    ("campaigns", CAMPAIGN | {"class": "transactional"}, ["class"]),
    ("campaigns", CAMPAIGN | {"critical": True}, ["critical"]),
    ("campaigns", CAMPAIGN | {"unless_bought": {"days": 0}, "most": 0}, ["unless_bought.days", "most"]),
    ("campaigns", CAMPAIGN | {"unless_bought": {"days": 1}}, ["unless_bought"]),
    (
        "campaigns",
        CAMPAIGN | {"conversion": {"window_days": 31, "counts": {}}},
        ["conversion.window_days", "conversion.counts"],
    ),
    ("campaigns", CAMPAIGN | {"conversion": {"counts": {"colour": "red"}}}, ["conversion.counts.colour"]),
    ("campaigns", CAMPAIGN | {"quiet": {"from": "25:00"}, "priority": 10}, ["quiet.from", "quiet.to", "priority"]),
    ("campaigns", CAMPAIGN | {"schedule": {"at": "tomorrow"}}, ["schedule.at"]),
    ("campaigns", CAMPAIGN | {"schedule": {"at": "2026-12-01T09:00:00"}}, ["schedule.at"]),
    ("campaigns", CAMPAIGN | {"template": "a", "brand": "b", "topic": "c"}, ["template", "brand", "topic"]),
    ("campaigns", CAMPAIGN | {"audience": {"op": "in_list", "id": "friends"}}, ["audience.id"]),
    ("campaigns", CAMPAIGN | {"audience": {"op": "not", "rule": AUDIENCE | {"n": -1}}}, ["audience.not.rule.n"]),
]


@pytest.mark.parametrize(("plural", "body", "fields"), BAD)
def test_every_bad_field_is_named_and_nothing_is_kept(world, plural, body, fields):
    world.define()
    status, found = refusal(world.put(f"/v1/{plural}/bad", body))

    assert (status, sorted(found)) == (400, sorted(fields))
    assert world.get(f"/v1/{plural}/bad")[0] == 404


@pytest.mark.parametrize("name", ["Shop", "-a", "a b", "x" * 65])
def test_an_id_has_a_form(world, name):
    assert refusal(world.put(f"/v1/topics/{name}", {"name": "News"})) == (400, ["id"])


def test_the_same_rule_is_the_same_campaign_however_it_is_written(world):
    world.define()
    total = {"op": "total", "measure": {"event": "Order Completed"}, "currency": "USD", "fn": "sum", "window": "ever"}
    written = [total | {"cmp": "ge", "x": 100}, {"x": "100.00", "cmp": "ge", "prop": "total"} | total]
    versions = [world.put("/v1/campaigns/c", CAMPAIGN | {"audience": rule})[1]["version"] for rule in written]

    assert versions == [1, 1]


@pytest.mark.parametrize("url", ["https://T.Shop.example/", "https://t.bücher.example", "http://localhost:8080"])
def test_a_brand_and_its_letters_agree_on_what_a_brand_says(world, url):
    said = world.put("/v1/brands/shop", BRAND | {"tracking_url": url})[1]["definition"]
    brand = brand_of(said, "https://public.example")

    assert (brand.sender.address, brand.sender.name, brand.reply_to.address) == (
        "news@shop.example",
        "The shop",
        "hello@shop.example",
    )
    Addresses(*(f"{brand.tracking_url}/{path}" for path in ("c/x/", "o/x", "u/x", "a/")))


def test_a_campaign_needs_a_letter_that_one_can_leave(world):
    world.define()
    world.put("/v1/templates/receipt", {"subject": "Receipt", "html": "<p>Paid</p>", "class": "transactional"})

    assert refusal(world.put("/v1/campaigns/c", CAMPAIGN | {"template": "receipt"})) == (400, ["template"])


def test_a_campaign_may_name_a_list_that_is_there(world):
    world.define()
    world.put("/v1/lists/friends", {"name": "Friends"})

    assert world.put("/v1/campaigns/c", CAMPAIGN | {"audience": {"op": "in_list", "id": "friends"}})[0] == 201


@pytest.mark.parametrize("plural", PLURALS)
def test_all_may_look_and_only_marketers_may_change(world, plural):
    for group in ("viewer", "agent", ""):
        assert ask("PUT", f"/v1/{plural}/x", PLURALS[plural], group=group)[0] == 403
    assert ask("GET", f"/v1/{plural}", group="guests")[0] == 403
    assert ask("GET", f"/v1/{plural}", group="viewer")[0] == 200


def test_a_brand_says_what_its_links_carry_and_where_they_do_not(world):
    utm = {"source": "newsletter", "not_on": ["Bücher.example"]}
    status, made, _ = world.put("/v1/brands/shop", BRAND | {"utm": utm})

    assert (status, made["definition"]["utm"]["not_on"]) == (201, ["xn--bcher-kva.example"])
    assert refusal(world.put("/v1/brands/shop", BRAND | {"utm": {"not_on": ["a b"], "term": "x"}}))[0] == 400
