"""What what is kept of a customer cannot tell is refused when it is written down, naming the node."""

import json

import pytest

from shopkeeper.customer.requests import BadRequest
from shopkeeper.segment import refusals, rule
from tests.rules import ORDERS, all_of, at_least, count, lately, negated, total
from tests.segment_asked import KINDS, MUCH, asked

LOOKED = {"event": "Looked"}
BY_DAYS = "is counted by whole days: there is days, weeks, months, calendar, and between two days"
KEPT = "is at most {} here: the newest 400 days are kept"
DATE = {"op": "date", "path": "day", "cmp": "on"}
MAIL = {"op": "outcome", "activity": "campaign:spring", "is": "opened", "window": "ever"}
MAILED = {"op": "engaged", "kind": "opened", "window": "ever", "cmp": "ge", "n": 1}
RFM = {"op": "rfm", "dim": "r", "cmp": "eq"}


def found(said):
    with pytest.raises(BadRequest) as refused:
        rule.read(said)
    return refused.value.findings


def within(window, n=1, cmp="ge"):
    return count(n, cmp, "Looked") | {"window": window}


def first(window):
    return {"op": "first", "measure": LOOKED, "window": window}


def regular(k, n, unit):
    return {"op": "regular", "measure": ORDERS, "at_least": k, "of_last": n, "unit": unit}


def sums(fn="sum", window="ever", **more):
    return total(1) | {"fn": fn, "window": window} | more


@pytest.mark.parametrize(
    ("said", "field", "reason"),
    [
        *((lately(1, seconds), "window.rolling.seconds", "must be 1 or more") for seconds in (0, -1)),
        (lately(1, 10**9 + 1), "window.rolling.seconds", "must be 1000000000 or less"),
        *((lately(1, seconds), "window.rolling.seconds", "must be a whole number") for seconds in ("60", 1.5, True)),
        (within({"rolling": {"seconds": 60, "days": 1}}), "window.rolling.days", "is not known here"),
        (within({"rolling": 60}), "window.rolling", "must be an object"),
        (within({"days": {}}), "window.days.n", "is missing"),
        (within({"between": {}}), "window.between", "needs `from`, `to` or both"),
        (
            within({"between": {"from": "2026-02-01", "to": "2026-02-01"}}),
            "window.between",
            "`to` is not later than `from`",
        ),
        (
            within({"between": {"from": "2026-02-30"}}),
            "window.between.from",
            "is no day such as 2026-11-20, and no instant such as 2026-11-20T09:00:00Z",
        ),
        (within({"between": {"to": "2026-02-01T10:00:00Z"}}), "window", BY_DAYS),
        (within({"calendar": "last_year"}), "window", "reaches further back than the 400 days that are kept"),
        (
            within({"days": {"n": 400}}, 17),
            "window",
            KEPT.format("399 days") + "; with a longer one `n` is at most 16",
        ),
        (sums(window={"days": {"n": 400}}), "window", KEPT.format("399 days")),
        (sums(window={"weeks": {"n": 58}}), "window", KEPT.format("57 weeks")),
        (sums(window={"months": {"n": 14}}), "window", KEPT.format("13 months")),
        (
            sums("max") | {"measure": ORDERS | {"amount": MUCH}},
            "fn",
            "cannot be max of what has an `amount`: it is a question of its own",
        ),
        (sums("max", {"between": {"to": "2026-02-01T10:00:00Z"}}), "window", BY_DAYS),
        (
            first("ever") | {"measure": LOOKED | {"amount": MUCH | {"x": "5.001"}}},
            "measure.amount.x",
            "is finer than the smallest unit of USD",
        ),
        (
            first("ever") | {"measure": LOOKED | {"amount": MUCH | {"x": "dear"}}},
            "measure.amount.x",
            'is no amount such as "100.00"',
        ),
        (
            first("ever") | {"measure": LOOKED | {"amount": MUCH | {"y": 1}}},
            "measure.amount.y",
            "is not known here; `amount` has prop, currency, cmp, x",
        ),
        (sums("avg", {"days": {"n": 3}}), "window", 'is "ever" for an average: of one day only the sum is kept'),
        (sums("active_days"), "window", "is not for days on which it happened: only the newest 400 are kept"),
        (sums("active_days", {"days": {"n": 3}}, x="1.5"), "x", "is no number of days, 0 to 999"),
        (sums(currency=None), "fn", "needs a `currency`, such as USD, or XXX for what has none"),
        (regular(3, 2, "days"), "of_last", "is less than `at_least`"),
        (regular(3, 58, "weeks"), "unit", "are at most 57 here: the newest 400 days are kept"),
        (first({"rolling": {"seconds": 0}}), "window.rolling.seconds", "must be 1 or more"),
        (DATE | {"ref": {"now": 5}}, "ref", "is a single instant: `on` wants a day, or days of the calendar"),
        (
            DATE | {"ref": {"day": "2026-13-01"}},
            "ref.day",
            "is no day such as 2026-11-20, and no instant such as 2026-11-20T09:00:00Z",
        ),
        (DATE | {"ref": {"day": "2026-11-20T09:00:00Z"}}, "ref.day", "is no day such as 2026-11-20"),
        (
            DATE | {"cmp": "after", "ref": {"instant": "2026-11-20"}},
            "ref.instant",
            "is no instant such as 2026-11-20T09:00:00Z",
        ),
        (DATE | {"ref": {"today": {"hours": 1}}}, "ref.today.hours", "is not known here"),
        (RFM | {"value": 6}, "value", "is no fifth, 1 to 5"),
        (RFM | {"dim": "cell", "value": "55"}, "value", 'is no cell such as "555"'),
        (
            RFM | {"dim": "cell", "cmp": "ge", "value": "555"},
            "cmp",
            "there is only 'eq', 'ne', 'in' or 'not_in' for `cell`",
        ),
        (
            MAIL | {"activity": "spring"},
            "activity",
            "is no activity such as campaign:spring-sale, which is the campaign spring-sale",
        ),
        (
            MAIL | {"is": "targeted"},
            "is",
            "cannot be targeted: who is to get a letter is in the report of its campaign; there is any of `sent` and "
            "`not_sent`",
        ),
        *(
            (
                MAIL | {"is": rung},
                "is",
                f"cannot be {rung}: that is so for a moment, or until more is known, and is in the report of its "
                "campaign; what became of it is remembered: `sent`, `delivered`, `not_sent`",
            )
            for rung in ("pending", "in_flight", "unknown")
        ),
        (MAIL | {"link": "https://a.example/"}, "link", "is for `clicked` and `ordered` alone"),
        (MAIL | {"is": "ordered"}, "within", "is missing: how long after the letter"),
        (MAIL | {"within": {"seconds": 5}}, "within", "is for `ordered` alone"),
        (MAIL | {"window": {"between": {"to": "2026-02-01T10:00:00Z"}}}, "window", BY_DAYS),
        (MAILED | {"scope": {"activity": "campaign:a", "link": "x"}}, "scope.link", "is not known here"),
        (
            MAILED | {"scope": {"activity": "a b"}},
            "scope.activity",
            "is no activity such as campaign:spring-sale, which is the campaign spring-sale",
        ),
        (
            MAILED | {"scope": "spring"},
            "scope",
            'there is "any", and {"activity": "campaign:spring-sale"}, with a `step` if one is meant',
        ),
        ({"op": "bucket", "salt": "a", "from_bp": 5, "to_bp": 5}, "to_bp", "must be more than `from_bp`"),
        ({"op": "place", "country": ["DE"], "city": ["Bonn"]}, "", "has one of `country`, `region` and `city`"),
        ({"op": "place", "country": []}, "country", "are 1 to 300 names"),
        ({"op": "near", "lat": 91, "lon": 0, "km": 1}, "lat", "must be 90.0 or less"),
        ({"op": "consent", "channel": "post", "is": "in"}, "channel", "there is only 'email'"),
        ({"op": "consent", "is": "in"}, "", "has one of `topic` and `channel`"),
        ({"op": "in_segment", "id": "vip", "version": 0}, "version", "must be 1 or more"),
        ({"op": "consent", "topic": "news", "is": "maybe"}, "is", "there is only 'in' or 'out'"),
        (
            {"op": "consent", "topic": "news", "channel": "email", "is": "in"},
            "",
            "has one of `topic` and `channel`",
        ),
        (
            {"op": "abandoned", "did": LOOKED, "without": LOOKED, "grace": {"hours": 1, "seconds": 5}},
            "grace.hours",
            "is not known here; `grace` has seconds",
        ),
        (
            first("ever") | {"measure": LOOKED | {"where": [{"prop": "x", "cmp": "eq"}]}},
            "measure.where[0].value",
            "must be text that is not blank, a number, true or false",
        ),
        (first("ever") | {"measure": LOOKED | {"where": []}}, "measure.where", "has 1 to 8 tests, or is left out"),
    ],
)
def test_a_refusal_names_the_field_inside_of_the_node(said, field, reason):
    assert found(said) == [(f"audience.{field}".rstrip("."), reason)]
    assert found(all_of(negated(said))) == [(f"audience.all.of[0].not.rule.{field}".rstrip("."), reason)]


def test_at_least_wants_no_more_than_there_are():
    assert found(at_least(3, count(1), count(2))) == [("audience.at_least.k", "is more than there are rules")]
    assert found(at_least(0, count(1))) == [("audience.at_least.k", "must be 1 or more")]


@pytest.mark.parametrize(("op", "why"), refusals.NOT_YET.items())
def test_what_cannot_be_told_yet_is_refused_by_its_name_and_with_the_reason(op, why):
    ((field, reason),) = found(all_of({"op": op}))

    assert field == "audience.all.of[0].op"
    assert reason.startswith(f"there is no `{op}` yet: {why}; there are all, ")


@pytest.mark.parametrize("op", KINDS)
def test_every_leaf_survives_its_stable_form(op):
    for said in asked(op, 1_774_742_400_000):
        read = rule.read(said)
        assert rule.read(json.loads(rule.to_json(read))) == read
        assert {"op", *said} <= json.loads(rule.to_json(read)).keys()
