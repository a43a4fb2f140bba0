"""A rule stands for itself with all that it names, and what cannot be so is refused at the node that names it."""

import pytest

from shopkeeper.customer.measures import registered
from shopkeeper.customer.measures.registered import Registered
from shopkeeper.customer.requests import BadRequest
from shopkeeper.segment import references, rule
from shopkeeper.segment.references import Name, Naming, Part, Written, inlined, measured, needs
from tests.rules import all_of, any_of, count, negated, trait

GERMAN = trait("country", "eq", "DE")
BUYER = count(1)


def segment(name, version=None):
    return {"op": "in_segment", "id": name} | ({"version": version} if version else {})


def read(said):
    return rule.read(said, "rule")


def looking(**said):
    """By names, `vip_2` being version 2 of vip and `vip__new` a part of it."""
    known = {name.replace("__", "/"): read(each) for name, each in said.items()}
    return lambda name: known.get(f"{name.id}_{name.version}" if name.version else name.id)


def refused(said, look, name=""):
    with pytest.raises(BadRequest) as problem:
        inlined(read(said), look, "rule", name)
    return problem.value.findings


def test_a_rule_without_segments_stays_as_it_is():
    said = read(all_of(GERMAN, negated(BUYER)))
    assert inlined(said, looking()) == said


def test_each_segment_is_replaced_by_its_rule_however_deep_it_stands():
    look = looking(buyer=BUYER, regular=all_of(segment("buyer"), GERMAN))
    said = read(any_of(segment("regular"), negated(segment("buyer"))))
    assert inlined(said, look) == read(any_of(all_of(BUYER, GERMAN), negated(BUYER)))


def test_a_rule_may_be_nothing_but_another_segment():
    assert inlined(read(segment("a")), looking(a=segment("b"), b=GERMAN)) == read(GERMAN)


def test_all_unknown_segments_are_told_with_the_way_to_their_nodes():
    look = looking(outer=all_of(GERMAN, segment("gone")))
    assert refused(all_of(GERMAN, segment("no"), negated(segment("outer"))), look) == [
        ("rule.all.of[1].id", "there is no segment no"),
        ("rule.all.of[2].not.rule.id", "there is no segment gone, which outer names"),
    ]


def test_a_circle_is_told_as_it_goes_round():
    look = looking(a=segment("b"), b=all_of(GERMAN, segment("c")), c=any_of(segment("a"), BUYER))
    assert refused(all_of(GERMAN, segment("b")), look, "a") == [
        ("rule.all.of[1].id", "goes round in a circle: a -> b -> c -> a")
    ]


def test_whoever_names_a_circle_without_being_in_it_is_refused_as_well():
    look = looking(a=segment("b"), b=segment("a"))
    assert refused(segment("a"), look) == [("rule.id", "goes round in a circle: a -> b -> a")]


def test_a_segment_cannot_name_itself():
    assert refused(negated(segment("a")), looking(a=GERMAN), "a") == [
        ("rule.not.rule.id", "goes round in a circle: a -> a")
    ]


def test_a_rule_is_too_costly_with_more_nodes_than_may_be():
    wide = all_of(*[GERMAN] * 199)
    look = looking(wide=wide)
    whole = inlined(read(any_of(*[segment("wide")] * 9)), look)
    assert len(list(rule.nodes(whole))) == 1_801
    [(path, reason)] = refused(any_of(*[segment("wide")] * 10), look)
    assert path == "rule.any.of[9]"
    assert reason == "is too costly: with all the segments it names a rule has at most 2000 nodes"


def test_a_rule_that_doubles_at_each_step_is_refused_at_once():
    doubling = {f"s{n}": all_of(segment(f"s{n + 1}"), segment(f"s{n + 1}")) for n in range(60)}
    [(_, reason)] = refused(segment("s0"), looking(**doubling, s60=GERMAN))
    assert reason.startswith("is too costly")


def nested(levels):
    return {f"s{n}": negated(segment(f"s{n + 1}")) for n in range(levels)} | {f"s{levels}": GERMAN}


def test_the_deepest_rule_can_be_kept_and_read_again_and_one_deeper_is_refused():
    deepest = inlined(read(segment("s0")), looking(**nested(references.DEEPEST - 1)))
    assert max(depth for _, _, depth in rule.nodes(deepest)) == references.DEEPEST
    assert rule.kept(rule.to_json(deepest)) == deepest
    assert refused(segment("s0"), looking(**nested(references.DEEPEST))) == [
        ("rule", "is too deep: with all the segments it names a rule has at most 64 levels")
    ]


def test_segments_that_only_name_each_other_are_not_followed_without_end():
    chain = {f"s{n}": segment(f"s{n + 1}") for n in range(400)}
    [(_, reason)] = refused(segment("s0"), looking(**chain, s400=GERMAN))
    assert reason.startswith("is too deep")


def test_a_rule_is_too_large_with_all_that_it_names():
    places = {"op": "place", "city": [f"{n:0100}" for n in range(290)]}
    look = looking(places=places)
    inlined(read(any_of(*[segment("places")] * 8)), look)
    assert refused(any_of(*[segment("places")] * 9), look) == [
        ("rule", "is larger than 262144 bytes with all the segments it names")
    ]


PARTS = Written(read(BUYER), (Part("german", read(GERMAN)), Part("late", read(count(3))), Part("rest")))


def test_each_customer_of_a_segment_is_in_the_first_part_that_fits():
    rules = PARTS.rules("buyers")
    assert rules == {
        "buyers": read(BUYER),
        "buyers/german": read(all_of(BUYER, GERMAN)),
        "buyers/late": read(all_of(BUYER, count(3), negated(GERMAN))),
        "buyers/rest": read(all_of(BUYER, negated(any_of(GERMAN, count(3))))),
    }


def test_there_is_no_part_of_another_name():
    assert PARTS.of("other") is None


def test_a_part_may_be_named_like_a_segment():
    look = looking(vip__new=all_of(BUYER, GERMAN))
    assert inlined(read(negated(segment("vip/new"))), look) == read(negated(all_of(BUYER, GERMAN)))


def naming(look=lambda name: None, **said):
    return Naming(
        {name: each if isinstance(each, Written) else Written(read(each)) for name, each in said.items()}, look
    )


def test_whoever_names_a_segment_also_through_others_is_made_anew_with_it():
    its = naming(a=GERMAN, b=segment("a"), c=negated(segment("b")), d=BUYER, e=any_of(segment("d"), segment("c/x")))
    assert its.dependants("a") == ["b", "c", "e"]
    assert its.dependants("d") == ["e"]
    assert its.dependants("e") == []


def test_a_version_that_is_named_by_its_number_stays_what_it_was():
    look = looking(a=GERMAN, a_1=BUYER)
    assert inlined(read(negated(segment("a", 1))), look) == read(negated(BUYER))
    assert refused(negated(segment("a", 2)), look) == [("rule.not.rule.id", "there is no segment a (version 2)")]


def test_a_version_of_before_may_name_who_names_it_now():
    look = looking(a=segment("b"), a_1=BUYER, b=all_of(GERMAN, segment("a", 1)))
    assert inlined(read(segment("b")), look, name="a") == read(all_of(GERMAN, BUYER))


def test_who_names_a_version_is_not_made_anew_but_cannot_do_without_the_segment():
    look = looking(a_1=segment("c"))
    its = naming(look, a=GERMAN, b=segment("a", 1), c=BUYER, d=segment("b"))
    assert (its.dependants("a"), its.naming("a")) == ([], ["b", "d"])
    assert its.dependants("c") == its.naming("c") == ["b", "d"]


def test_a_segment_depends_on_what_its_parts_name():
    its = naming(a=GERMAN, b=Written(read(BUYER), (Part("x", read(segment("a"))), Part("y"))), c=segment("b/y"))
    assert its.dependants("a") == ["b", "c"]


def test_needed_measures_are_each_told_once():
    printed = count(1) | {
        "measure": {"event": "Order Completed", "where": [{"prop": "kind", "cmp": "eq", "value": "x"}]}
    }
    wanted = Registered(event="Order Completed", where=(registered.Test(prop="kind", cmp="eq", value="x"),))
    assert list(needs([read(all_of(printed, BUYER)), read(negated(printed))]).values()) == [wanted]


def test_days_are_what_makes_a_measure_large():
    plain, days = Registered(event="x"), Registered(event="x", tiles=True)
    assert measured([plain, plain]) == 2 * 156
    assert measured([days]) == 4156
    assert str(Name("vip", 3)) == "vip (version 3)"
