"""Blocks: all variants stand in the letter that is kept, and each customer gets the one that is meant for them."""

from datetime import UTC, datetime

import pytest

from shopkeeper.customer.document import Customer, Document
from shopkeeper.mail import layouts
from shopkeeper.mail.choosing import Blocks
from shopkeeper.mail.content import NOWHERE, Published, Source, load
from shopkeeper.mail.errors import UnpublishableError
from shopkeeper.mail.publishing import check_shared, publish
from shopkeeper.mail.shelf import CHOSEN, Block, Shared, Shelf, Variant
from shopkeeper.segment import rule
from tests.rules import trait

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOLD, ULM = (rule.to_json(rule.read(each)) for each in (trait("level", "eq", "gold"), trait("city", "eq", "Ulm")))
RULES = {"hero": {"gold": GOLD, "ulm": ULM}, "foot": {"ulm": ULM}}


def said(html, text=None, of="block"):
    return Shared(of, "hero", 1, html, text)


def hero(gold="<b>gold</b>", ulm="<b>Ulm</b>", general="<b>all</b>", text=None):
    variants = [("gold", GOLD, gold), ("ulm", ULM, ulm)]
    return Block(said(general, text), tuple(Variant(id_, its, said(html, text)) for id_, its, html in variants))


def published(block, html='<p>Hi {% block "hero" %}</p>', text=None, layout=None):
    frame = Shared("layout", "shop", 1, layout) if layout else None
    shelf = Shelf(frame, blocks={"hero": block})
    return publish(Source("News", html, text), ["name"], tracking_host="t.x", marketing=False, shelf=shelf)


def refused(work):
    with pytest.raises(UnpublishableError) as error:
        work()
    return error.value.problems[0]


def html_for(kept, **chosen):
    return load(Published.from_json(kept.to_json())).render({CHOSEN: chosen} if chosen else {}, NOWHERE).html


def customer(**traits):
    return Customer("jo", 1, Document(traits=traits))


@pytest.mark.parametrize(
    ("traits", "chosen"),
    [
        ({"level": "gold", "city": "Ulm"}, {"hero": "gold", "foot": "ulm"}),
        ({"city": "Ulm"}, {"hero": "ulm", "foot": "ulm"}),
        ({"level": "tin"}, {"hero": "general", "foot": "general"}),
    ],
)
def test_a_customer_gets_the_first_variant_whose_rule_holds_or_the_general_one(traits, chosen):
    assert Blocks(RULES).chosen(customer(**traits), NOON, "Europe/Berlin") == chosen


def test_a_letter_without_blocks_asks_no_rule():
    assert (Blocks().chosen(customer(), NOON, "UTC"), Blocks(RULES).general()["hero"]) == ({}, "general")


def test_a_letter_shows_the_variant_that_was_chosen_and_the_general_one_where_none_was():
    kept = published(hero())

    for each, shown in (("gold", "gold"), ("ulm", "Ulm"), ("general", "all")):
        assert html_for(kept, hero=each).endswith(f"<p>Hi <b>{shown}</b></p>")
    assert "<b>all</b>" in html_for(kept)
    assert kept.blocks == {"hero": {"gold": GOLD, "ulm": ULM}}


def test_links_of_all_variants_have_numbers_of_their_own():
    link = '<a href="https://shop.example/{}">x</a>'.format
    kept = published(hero(link("gold"), link("ulm"), link("all")), layout='{{ content }}{% block "hero" %}')

    assert [url.rpartition("/")[2] for url in kept.links] == ["gold", "ulm", "all"] * 2
    assert html_for(kept, hero="ulm").count('/c/1"') == 1


def test_a_text_by_hand_shows_the_variants_texts_and_asks_for_all_of_them():
    kept = published(hero(text="for you"), "x", 'Hi {% block "hero" %}')

    assert load(kept).render({CHOSEN: {"hero": "gold"}}, NOWHERE).text == "Hi for you"
    assert "has no text" in refused(lambda: published(hero(), "x", '{% block "hero" %}')).message


def test_a_variant_that_nobody_can_get_is_refused_by_its_name():
    blank = refused(lambda: published(hero(ulm="<i></i>"), '{% block "hero" %}'))

    assert (blank.part, blank.message) == ("html", "with variant ulm of block hero: the letter is empty")


def test_what_a_variant_lacks_of_customers_of_whom_nothing_is_known_is_a_warning():
    warnings = [each.message for each in published(hero(ulm="{{ name }}")).warnings]

    assert warnings == [
        "with variant ulm of block hero: customers of whom nothing is known would not be written to: "
        "there is no name for this customer"
    ]


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("\n{% block hero %}", layouts._NO_BLOCK),
        ('\n{% block "gone" %}', "there is no block gone"),
        ('\n{{ shopkeeper_blocks["hero"] }}', "there is no fact named shopkeeper_blocks"),
    ],
)
def test_a_block_is_named_as_a_snippet_is_and_what_was_chosen_is_no_fact_for_templates(html, reason):
    problem = refused(lambda: published(hero(), html))

    assert (problem.line, reason in problem.message) == (2, True)


@pytest.mark.parametrize("inside", ['{% block "foot" %}', '{% snippet "foot" %}'])
def test_a_variant_holds_neither_blocks_nor_snippets(inside):
    problem = refused(lambda: check_shared(said(inside), ["name"], tracking_host="t.x"))

    assert "a block cannot hold another" in problem.message
