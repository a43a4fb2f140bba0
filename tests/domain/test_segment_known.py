"""Leaves about what is known: consents, places, distances, scores, chance, other segments."""

import hashlib
from math import acos, cos, radians, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from shopkeeper.customer.document import Customer, Document, Scores
from shopkeeper.segment import evaluate, rule
from tests.interactions import identified, said
from tests.segment_worlds import customer_of

NOW = 1_772_366_400_000
NOBODY = Customer("c" * 32)


def holds(asked, customer=NOBODY, **segments):
    read = {name: rule.read(each) for name, each in segments.items()}
    found = evaluate.compile_rule(rule.read(asked), segments=read).evaluate(customer, NOW)
    assert found.flips_at is None
    return found.truth


def allowed(topic, is_):
    return {"op": "consent", "topic": topic, "is": is_}


def agreed(*words):
    """Each a topic with what was said of it, in this order."""
    about = [{"topic": topic, "is": is_} for topic, is_ in words]
    told = [
        said("user:jo", f"m{n}", name="Consent Changed", properties=each, at=f"2026-02-0{n + 1}T10:00:00.000Z")
        for n, each in enumerate(about)
    ]
    return customer_of(told)


@pytest.mark.parametrize(
    ("words", "news", "everything"),
    [
        ([], "", ""),
        ([("news", "in")], "in", ""),
        ([("news", "in"), ("news", "out")], "out", ""),
        ([("news", "in"), ("*", "out")], "out", "out"),
        ([("*", "out"), ("news", "in")], "out", "out"),
        ([("*", "out"), ("*", "in"), ("news", "in")], "in", "in"),
        ([("*", "in")], "", "in"),
        ([("offers", "in")], "", ""),
    ],
)
def test_an_opt_out_of_all_goes_before_a_topic_and_silence_is_neither(words, news, everything):
    customer = agreed(*words)
    for topic, is_ in (("news", news), ("*", everything)):
        assert [word for word in ("in", "out") if holds(allowed(topic, word), customer)] == ([is_] if is_ else [])


@pytest.mark.parametrize(
    ("words", "is_"),
    [
        ([], ""),
        ([("news", "in")], "in"),
        ([("news", "in"), ("offers", "out")], "in"),
        ([("news", "out"), ("offers", "out")], "out"),
        ([("news", "in"), ("*", "out")], "out"),
        ([("*", "in")], "in"),
        ([("news", "in"), ("news", "out")], "out"),
    ],
)
def test_over_a_channel_one_yes_is_enough_and_a_no_is_what_is_left_without(words, is_):
    said_ = [word for word in ("in", "out") if holds({"op": "consent", "channel": "email", "is": word}, agreed(*words))]
    assert said_ == ([is_] if is_ else [])


# Of jo@x.example and al@x.example; by hand, as the leaf has no way of its own.
_KEYS = (hashlib.sha256(b"7:address12:" + name + b"@x.example").hexdigest()[:32] for name in (b"jo", b"al"))
JO, AL = (f"address:{key}" for key in _KEYS)


def told_of(n, key, block, name="Email Bounced", **more):
    properties = {"address": key, "block": block}
    at = f"2026-02-0{n + 2}T10:00:00.000Z"
    return said("customer:c", f"b{n}", name=name, properties=properties, at=at, **({"source": "feedback"} | more))


def test_who_is_reachable():
    at_jo = identified("user:jo", "m1", {"email": " Jo@X.example"}, at="2026-02-01T10:00:00.000Z")
    moved = identified("user:jo", "m2", {"email": "al@x.example"}, at="2026-02-08T10:00:00.000Z")
    bounced, freed = told_of(1, JO, "hard_bounce"), told_of(2, JO, "", "Address Released", source="api")
    ways = [
        ((), False),
        ((at_jo,), True),
        ((at_jo, bounced), False),
        ((at_jo, bounced, freed), True),
        ((at_jo, freed, bounced), True),
        ((at_jo, bounced, freed, told_of(3, JO, "by_hand", "Address Blocked", source="api")), False),
        ((at_jo, told_of(1, AL, "hard_bounce")), True),
        ((at_jo, bounced, moved), True),
        ((at_jo, told_of(1, AL, "hard_bounce"), moved), False),
        ((at_jo, told_of(1, JO, "hard_bounce", source="collect")), True),
        ((at_jo, told_of(1, JO, "hard_bounce", trusted=False)), True),
        ((at_jo, told_of(1, JO, "validation", "Not Sent")), False),
        ((bounced,), False),
        ((identified("user:jo", "m1", {"email": "no address"}),), False),
    ]

    asked = {"op": "reachable", "channel": "email"}
    assert [way for way, truth in ways if holds(asked, customer_of(way)) != truth] == []


def at_home(traits, seen=None):
    return customer_of([identified("user:jo", "m1", traits, context={"country": seen} if seen else {})])


@pytest.mark.parametrize(
    ("traits", "seen", "where", "truth"),
    [
        ({"address": {"country": "de"}}, "FR", {"country": ["DE", "AT"]}, True),
        ({"address": {"country": "de"}}, "FR", {"country": ["FR"]}, False),
        ({"country": "FR"}, None, {"country": ["FR"]}, True),
        ({}, "FR", {"country": ["fr "]}, True),
        ({}, None, {"country": ["FR"]}, False),
        ({"address": {"state": "Bayern"}}, None, {"region": ["bayern"]}, True),
        ({"address": {"city": "Köln"}}, None, {"city": ["KÖLN"]}, True),
        ({"city": "Bonn"}, "DE", {"city": ["Köln"]}, False),
        ({"address_country": "DE"}, "FR", {"country": ["de"]}, True),
        ({"address_country": "DE"}, "FR", {"country": ["FR"]}, False),
        ({"address_region": "Bayern"}, None, {"region": ["bayern"]}, True),
        ({"address_state": "Bayern"}, None, {"region": ["bayern"]}, True),
        ({"address_city": "Köln"}, None, {"city": ["KÖLN"]}, True),
    ],
)
def test_a_place_is_where_they_say_they_are_else_where_they_were_seen(traits, seen, where, truth):
    assert holds({"op": "place"} | where, at_home(traits, seen)) == truth


degrees = st.tuples(st.floats(-90, 90), st.floats(-180, 180))


@given(degrees, degrees, st.floats(1, 20_000))
def test_near_is_a_distance_over_the_globe(here, there, km):
    (lat, lon), (other_lat, other_lon) = ([radians(each) for each in place] for place in (here, there))
    angle = sin(lat) * sin(other_lat) + cos(lat) * cos(other_lat) * cos(lon - other_lon)
    apart = 6371.0088 * acos(max(-1, min(1, angle)))
    asked = {"op": "near", "lat": here[0], "lon": here[1], "km": km}

    if abs(apart - km) > 1:
        assert holds(asked, at_home({"location": {"lat": there[0], "lon": there[1]}})) == (apart < km)


@pytest.mark.parametrize(
    "location",
    [None, "Berlin", {"lat": 52}, {"lat": "52", "lon": 13}, {"lat": 152, "lon": 13}, {"lat": True, "lon": 1}],
)
def test_who_is_nowhere_is_near_nothing(location):
    assert not holds({"op": "near", "lat": 52, "lon": 13, "km": 20_000}, at_home({"location": location}))


def test_longitude_has_several_names():
    assert holds(
        {"op": "near", "lat": 52, "lon": 13, "km": 1}, at_home({"location": {"latitude": 52, "longitude": 13}})
    )


@pytest.mark.parametrize(
    ("dim", "cmp", "said_values", "truth", "unscored"),
    [
        ("r", "ge", 4, True, False),
        ("f", "gt", 4, False, False),
        ("m", "eq", 1, True, False),
        ("m", "ne", 1, False, True),
        ("r", "in", [1, 5], True, False),
        ("f", "not_in", [1, 5], True, True),
        ("cell", "eq", "541", True, False),
        ("cell", "in", ["541", "555"], True, False),
        ("cell", "ne", "541", False, True),
    ],
)
def test_who_never_ordered_is_in_no_fifth(dim, cmp, said_values, truth, unscored):
    named = {"values": said_values} if isinstance(said_values, list) else {"value": said_values}
    asked = {"op": "rfm", "dim": dim, "cmp": cmp} | named
    scored = replace(NOBODY, document=Document(scores=Scores(5, 4, 1, "2026-02-01")))

    assert (holds(asked, scored), holds(asked)) == (truth, unscored)


def bucket(salt, from_bp, to_bp):
    return {"op": "bucket", "salt": salt, "from_bp": from_bp, "to_bp": to_bp}


@given(st.text("abcdef0123456789", min_size=1), st.sampled_from(["spring", "a:b"]), st.integers(0, 9_999))
def test_a_bucket_is_drawn_by_salt_and_customer_alone(customer_id, salt, place):
    digits = hashlib.sha256(f"{salt}:{customer_id}".encode()).hexdigest()[:16]
    customer = replace(NOBODY, customer_id=customer_id)

    assert holds(bucket(salt, place, place + 1), customer) == (int(digits, 16) % 10_000 == place)
    assert holds(bucket(salt, 0, place + 1), customer) != (
        place < 9_999 and holds(bucket(salt, place + 1, 10_000), customer)
    )


def test_a_tenth_is_about_a_tenth_and_another_salt_draws_others():
    everybody = [replace(NOBODY, customer_id=f"{n:032x}") for n in range(4000)]
    spring, autumn = (
        {each.customer_id for each in everybody if test(each)} for test in map(drawn, ("spring", "autumn"))
    )

    assert 340 < len(spring) < 460
    assert 15 < len(spring & autumn) < 75


def drawn(salt):
    program = evaluate.compile_rule(rule.read(bucket(salt, 0, 1000)))
    return lambda customer: program.evaluate(customer, NOW).truth
