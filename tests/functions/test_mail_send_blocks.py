"""A mail whose blocks hold what is meant for its recipient, and a row that says which variant that was."""

import json

from shopkeeper.mail import facts, publishing
from shopkeeper.mail.content import Source
from shopkeeper.mail.shelf import Block, Shared, Shelf, Variant
from shopkeeper.segment import rule
from tests.functions.test_mail_send import deliver, shop  # noqa: F401 - a fixture.
from tests.rules import trait

GOLD = rule.to_json(rule.read(trait("level", "eq", "gold")))
HERO = Block(Shared("block", "hero", 1, "for all"), (Variant("gold", GOLD, Shared("block", "hero", 1, "in gold")),))
HTML = '<p>{% block "hero" %} <a href="{{ unsubscribe_url }}">leave</a></p>'


def test_each_gets_the_variant_that_is_meant_for_them_and_the_row_keeps_which(shop):  # noqa: F811
    shelf = Shelf(blocks={"hero": HERO})
    kept = publishing.publish(Source("x", HTML), facts.NAMES, tracking_host="t.shop.example", shelf=shelf)
    shop._define("template", "spring#000001", content="{}", published=json.dumps(kept.to_json()))
    jo, al = (shop.plan(name, email=f"{name}@x.example", level=level) for name, level in (("jo", "gold"), ("al", "")))

    deliver(jo, al)

    assert [json.loads(shop.sends.load(each).blocks) for each in (jo, al)] == [{"hero": "gold"}, {"hero": "general"}]
    assert ["in gold" in mail.raw_data for mail in shop.mails] == [True, False]
