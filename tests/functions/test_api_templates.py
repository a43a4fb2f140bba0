"""Templates over the API: published when they are put, with all that is wrong named by part and line."""

import json

import pytest
from moto import mock_aws

from shopkeeper import ids
from shopkeeper.customer import document as documents
from shopkeeper.mail import content
from shopkeeper.mail.content import Published
from shopkeeper.track.links import LinkTable
from tests.api_world import TEMPLATE, World, refusal


@pytest.fixture
def world(monkeypatch):
    with mock_aws():
        yield World(monkeypatch)


def table_of(world, template_id, number):
    key = {"kind": {"S": "links"}, "id": {"S": ids.content_ref(template_id, number).hex()}}
    item = world.dynamodb.get_item(TableName="DefinitionsTable", Key=key)["Item"]
    return LinkTable.parse(item["links"]["S"], home=item["home"]["S"])


def test_a_template_is_kept_as_it_can_be_sent_with_the_table_of_its_links(world):
    status, made, _ = world.put("/v1/templates/news", TEMPLATE)
    kept = world.definitions.version("template", "news", 1)

    assert (status, made["links"], made["warnings"]) == (201, ["https://shop.example/sale"], [])
    assert [link.url for link in table_of(world, "news", 1).links] == made["links"]
    assert content.load(Published.from_json(json.loads(kept["published"]))).links == tuple(made["links"])


def test_each_version_has_links_of_its_own(world):
    world.put("/v1/templates/news", TEMPLATE)
    world.put("/v1/templates/news", TEMPLATE | {"html": TEMPLATE["html"].replace("/sale", "/new")})

    assert [table_of(world, "news", n).links[0].url[-5:] for n in (1, 2)] == ["/sale", "e/new"]


def test_all_that_is_wrong_is_said_by_part_and_line_and_nothing_is_kept(world):
    bad = {"subject": "Hi {{ customer.age }}", "html": "<p>\n{{ customer.first_nam }}\n{% include 'x' %}</p>"}
    status, problem, _ = world.put("/v1/templates/news", bad)

    assert status == 400
    assert [(error["field"], error["reason"].split(":")[0]) for error in problem["errors"]] == [
        ("subject", "line 1"),
        ("html", "line 3"),
    ]
    assert world.get("/v1/templates/news")[0] == 404


def test_marketing_mail_needs_a_way_to_unsubscribe_and_receipts_do_not(world):
    plain = {"subject": "News", "html": "<p>Hello</p>"}

    assert refusal(world.put("/v1/templates/news", plain)) == (400, ["html"])
    assert world.put("/v1/templates/news", plain | {"class": "transactional"})[0] == 201


def test_receipts_know_what_each_message_says_and_no_way_out_and_other_letters_the_other_way_round(world):
    receipt = {"subject": "Order {{ message.order }}", "html": "<p>{{ message.lines[0].name }}</p>"}
    receipt["class"] = "transactional"

    status, kept, _ = world.put("/v1/templates/receipt", receipt)
    assert (status, kept["warnings"]) == (201, [])
    assert refusal(world.put("/v1/templates/receipt", receipt | {"class": "service"})) == (400, ["subject", "html"])
    assert refusal(world.put("/v1/templates/receipt", TEMPLATE | {"class": "transactional"})) == (400, ["html"])


def test_what_nobody_could_get_is_refused_and_what_some_could_not_is_said_with_the_version(world):
    hidden = TEMPLATE | {"html": f"{{% if false %}}{TEMPLATE['html']}{{% endif %}}Hello"}
    some = TEMPLATE | {"subject": "{% if traits.city %}News of {{ traits.city }}{% endif %}"}

    assert refusal(world.put("/v1/templates/news", hidden)) == (400, ["html"])
    assert refusal(world.put("/v1/templates/news", TEMPLATE | {"subject": "  "})) == (400, ["subject"])
    assert world.put("/v1/templates/news", some)[1]["warnings"] == [
        {
            "part": "subject",
            "line": 1,
            "message": "customers of whom nothing is known would not be written to: the subject is empty",
        }
    ]
    assert len(world.get("/v1/templates/news")[1]["warnings"]) == 1


def test_a_preview_shows_a_brand_too(world):
    world.put("/v1/templates/news", TEMPLATE | {"subject": "{{ brand.name }}"})

    assert world.get("/v1/templates/news/render")[1]["subject"] == "Example"


def test_a_template_that_cannot_be_kept_is_refused(world):
    long = TEMPLATE | {"html": TEMPLATE["html"] + "x" * 250_000}

    assert refusal(world.put("/v1/templates/news", long)) == (400, [""])


def test_a_template_in_mjml_is_kept_as_it_was_written_and_sent_as_html(world):
    leave = '{{ brand.footer_address }} <a href="{{ unsubscribe_url }}">No more</a>'
    section = f"<mj-section><mj-column><mj-text>{leave}</mj-text></mj-column></mj-section>"
    frame = {"source": "mjml", "html": "<mjml><mj-body>{{ content }}</mj-body></mjml>"}
    news = {"source": "mjml", "subject": "News", "layout": "shop", "html": section}
    world.put("/v1/layouts/shop", frame)
    status, made, _ = world.put("/v1/templates/news", news)

    assert (status, made["definition"]["html"], made["warnings"]) == (201, section, [])
    assert "<!doctype html>" in world.get("/v1/templates/news/render")[1]["html"]
    assert refusal(world.put("/v1/templates/other", news | {"source": "html"})) == (400, ["layout"])
    assert refusal(world.put("/v1/templates/other", news | {"layout": "gone"})) == (400, ["layout"])
    assert refusal(world.put("/v1/templates/other", news | {"html": "<mj-foo/>"})) == (400, ["html"])
    assert refusal(world.put("/v1/templates/other", news | {"source": "pug"})) == (400, ["source"])
    assert refusal(world.put("/v1/layouts/other", frame | {"html": "{{ content }}"})) == (400, ["html"])


def test_a_preview_shows_the_letter_and_leads_nowhere(world):
    world.put("/v1/templates/news", TEMPLATE)
    world.put("/v1/templates/news", TEMPLATE | {"subject": "Newer"})

    status, seen, _ = world.get("/v1/templates/news/render", group="viewer", query="version=1")

    assert (status, seen["version"], seen["subject"]) == (200, 1, "News")
    assert "Hello Jo" in seen["html"]
    assert "t.shop.example" not in seen["html"]
    assert seen["links"] == ["https://shop.example/sale"]
    assert "https://shop.example/sale" in seen["text"]


def test_a_preview_is_made_for_a_customer_or_says_why_not(world):
    world.put("/v1/templates/news", TEMPLATE | {"subject": "For {{ traits.city }}"})
    traits = {"firstName": "Ann", "city": "Ulm"}
    document = documents.Document(traits=traits, told=dict.fromkeys(traits, (0, "m1")))
    world.adapters["customers"].save(documents.store(documents.Customer("c1", 1, document)))

    seen = world.get("/v1/templates/news/render", query="customer=c1")[1]
    without = world.get("/v1/templates/news/render")

    assert (seen["subject"], "Hello Ann" in seen["html"]) == ("For Ulm", True)
    assert (without[0], "traits.city" in without[1]["detail"]) == (409, True)
    assert world.get("/v1/templates/news/render", query="customer=c2")[0] == 404
    assert world.get("/v1/templates/else/render")[0] == 404
