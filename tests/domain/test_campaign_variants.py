"""Of several letters each customer gets one, always the same; and each is reported by itself."""

from collections import Counter
from dataclasses import replace

import pytest

from shopkeeper.campaign import hold_outs, report
from shopkeeper.campaign.hold_outs import HoldOut
from shopkeeper.campaign.launching import Launcher
from shopkeeper.campaign.recipients import START, Who, recipients
from shopkeeper.customer.requests import BadRequest
from shopkeeper.mail import ledger, variants
from shopkeeper.mail.terms import Letter
from shopkeeper.mail.variants import Variant
from tests.launch_fakes import CAMPAIGN, Definitions
from tests.launch_story import launched, to_the_end
from tests.launch_world import customer

PEOPLE = [f"c{number:04}" for number in range(4_000)]
SHOP = [customer(name, 3) for name in PEOPLE[:60]]
SAID = [{"id": "short", "template": "one", "share": 50}, {"id": "long", "template": "two", "share": 50}]
BOTH = [Variant(id="short", template="one#3", share=50), Variant(id="long", template="two#3", share=50)]
TESTED = {name: said for name, said in CAMPAIGN.items() if name != "template"} | {"variants": SAID}


def spring(customers=SHOP, **more):
    return launched(customers, definitions=Definitions(TESTED | more))


def given(shares, activity="campaign:spring"):
    said = [Variant(id=f"v{place}", template="t#1", share=share) for place, share in enumerate(shares)]
    return {each: variants.drawn(said, activity, each).id for each in PEOPLE}


@pytest.mark.parametrize("shares", [(50, 50), (1, 99), (70, 20, 10), (12, 13, 12, 13, 12, 13, 12, 13)])
def test_each_variant_gets_about_its_share_and_everybody_gets_one(shares):
    found = Counter(given(shares).values())

    assert sum(found.values()) == len(PEOPLE)
    for place, share in enumerate(shares):
        assert found[f"v{place}"] / len(PEOPLE) == pytest.approx(share / 100, rel=0.25)


def test_who_gets_what_depends_on_the_campaign_and_not_on_who_is_held_out():
    spring, autumn = given((50, 50)), given((50, 50), "campaign:autumn")
    out = [each for each in PEOPLE if hold_outs.by_which(HoldOut(campaign=50), "campaign:spring", each)]

    assert sum(spring[each] == autumn[each] for each in PEOPLE) / len(PEOPLE) == pytest.approx(0.5, abs=0.03)
    assert Counter(spring[each] for each in out)["v0"] / len(out) == pytest.approx(0.5, abs=0.03)


def test_each_row_names_the_letter_of_its_variant_and_the_links_of_both_lead_home():
    world = spring()
    to_the_end(world)

    for row in world.sends.values():
        letter = variants.drawn(BOTH, "campaign:spring", row.customer_id).letter
        assert (row.variant, row.template, row.content_ref) == (letter.variant, letter.template, letter.content_ref)
    assert world.mails == dict.fromkeys(PEOPLE[:60], 1)
    assert [ref for _, ref, *_ in world.led] == [each.letter.content_ref for each in BOTH]
    assert world.launch.pins.template == ""


def test_another_launch_to_others_gives_everybody_the_same_letter():
    one, other = spring(), spring(SHOP[10:30])
    to_the_end(one)
    to_the_end(other)
    first = {row.customer_id: row.variant for row in one.sends.values()}

    assert {row.customer_id: row.variant for row in other.sends.values()}.items() <= first.items()


def test_who_is_held_out_was_to_get_no_letter():
    world = spring(hold_out=30)
    to_the_end(world)
    out = [row for row in world.sends.values() if row.state == ledger.HELD_OUT]

    assert out
    assert {(row.variant, row.template, row.content_ref) for row in out} == {("", "", "")}


def test_the_report_counts_each_variant_from_its_own_rows():
    world = spring(hold_out=10)
    to_the_end(world)
    for place, row in enumerate(list(world.sends.values())):
        if row.state == ledger.ACCEPTED and place % 3 == 0:
            world.sends[row.send_id] = replace(row, clicked_at="2026-03-02T13:00:00.000Z")

    seen = report.shown(report.report(world.launch, world, world.now), lambda _: ())

    rows = [row for row in world.sends.values() if row.variant]
    for each in seen["variants"]:
        own = [row for row in rows if row.variant == each["id"]]
        clicked = sum(bool(row.clicked_at) for row in own)
        assert (each["targeted"], each["sent"], each["held_out"]) == (len(own), len(own), 0)
        assert each["clicks"] == {"human": clicked, "machine": 0, "unknown": 0, "any": clicked}
    assert [(each["id"], each["template"], each["share"]) for each in seen["variants"]] == [
        ("short", "one#3", 50),
        ("long", "two#3", 50),
    ]
    assert sum(each["sent"] for each in seen["variants"]) == seen["sent"]
    assert seen["broken"] == []


def test_recipients_may_be_asked_for_by_variant():
    world = spring()
    to_the_end(world)

    found, after = [], START
    while after:
        page, after = recipients(world.launch, world, Who("sent", "long"), 7, world.now, after)
        found += page

    assert {row.send_id for row in found} == {row.send_id for row in world.sends.values() if row.variant == "long"}
    with pytest.raises(BadRequest, match="short, long"):
        recipients(world.launch, world, Who("sent", "other"), 7, world.now)


def test_a_variant_whose_template_is_gone_is_refused_by_its_field():
    definitions = Definitions(TESTED, template=0)
    world = launched()
    launcher = Launcher(world, None, world.launcher._clock)

    with pytest.raises(BadRequest) as refused:
        launcher.launch("other", 1, definitions)

    assert [field for field, _ in refused.value.findings] == ["variants.0.template"]


def test_without_variants_there_is_one_letter():
    assert launched().launch.pins.letters == (Letter(template="hello#3"),)
