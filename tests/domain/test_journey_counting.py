"""Counts of a journey: what was said of entries one by one is what their rows come to, less what rows forget."""

from collections import Counter
from dataclasses import replace
from datetime import UTC
from random import Random

from msgspec import structs

from shopkeeper.journey.beginning import begin
from shopkeeper.journey.insiders import counting
from shopkeeper.journey.insiders.counting import OTHERS, Line, counted, together
from shopkeeper.journey.insiders.counts import summed
from shopkeeper.journey.rows import MOST_FAILURES, Row
from shopkeeper.journey.run import Cause, Visit, Worth
from tests.journey_graphs import cart
from tests.journey_world import NOON
from tests.mutants import put_into

GOALS = [
    None,
    None,
    ("email_1", Worth(1_000, "EUR")),
    ("email_1", None),
    ("", None),
    ("campaign:x/only", Worth(5, "USD")),
]


def entry(lot):
    """One time that somebody came in, as the books have it."""
    is_apart = lot.random() < 0.2
    return {
        "apart": is_apart,
        "reason": "held_out" if is_apart else lot.choice(["end", "goal"]),
        "goal": lot.choice(GOALS),
    }


def row_of(customer, entries):
    """All of one customer, each of whom is over."""
    run = None
    for each in entries:
        run = begin(cart(), Cause(id="e", kind="entry", at=NOON), customer, "", UTC, NOON, run)
        goal_by, worth = each["goal"] or ("", None)
        line = Visit("leg", 1, "on_1", each["reason"], NOON)
        left = {"status": "over", "left_at": NOON, "reason": each["reason"], "node": "on_1", "visit": 1}
        goal = {"goal_at": NOON if each["goal"] else 0, "goal_by": goal_by, "worth": worth}
        run = structs.replace(run, **left, **goal, history=(line,))
    return Row(customer_id=customer, run=run)


def lives(seed):
    lot = Random(seed)
    return {f"c{n}": [entry(lot) for _ in range(lot.choice([1, 1, 2, 5, 6, 7, 9]))] for n in range(12)}


def fault(seed):
    """Where the counts differ from the books, read in the plainest way."""
    books = lives(seed)
    counts = summed(counted([row_of(*each) for each in books.items()], {1}))
    known = [each for entries in books.values() for each in entries[-6:]]
    met = [each for each in known if not each["apart"]]
    reached = [each["goal"] for each in met if each["goal"]]
    worth = Counter()
    for by, its in reached:
        worth[by, its.currency if its else ""] += its.minor_units if its else 0
    number = len([each for entries in books.values() for each in entries])
    wanted = {
        "entered": (counts.whole["entered"], number),
        "over": (counts.whole["over"], len(known)),
        "held out": (counts.whole["held_out"], len(known) - len(met)),
        "converted": (counts.whole["converted"], len(reached)),
        "of held out": (counts.whole["held_out_converted"], len([e for e in known if e["apart"] and e["goal"]])),
        "left": (counts.left, Counter(each["reason"] for each in met)),
        "ways": (counts.unknown["ways"], number - len(books)),
        "ends": (counts.unknown["ends"], number - len(known)),
        "credit": ({by: each.converted for by, each in counts.credit.items()}, Counter(by for by, _ in reached)),
        "worth": (
            {(by, its): sum_ for by, each in counts.credit.items() for its, sum_ in each.worth.items()},
            {of: sum_ for of, sum_ in worth.items() if sum_},
        ),
        "held out's": (
            sum(counts.held_out_worth.values()),
            sum(e["goal"][1].minor_units for e in known if e["apart"] and e["goal"] and e["goal"][1]),
        ),
        "arrived": (counts.nodes["on_1"].arrived, len([1 for each in books.values() if not each[-1]["apart"]])),
    }
    return next((name for name, (got, meant) in wanted.items() if got != meant), "")


def test_the_counts_are_those_of_the_books_but_for_what_rows_forget():
    for seed in range(25):
        assert not fault(seed), seed


def test_no_small_wrong_goes_unnoticed():
    wrongs = {
        "earlier - len(run.past)": "earlier",
        'yield Line(OTHERS, "", "entered"), 1\n': "pass\n",
        "yield from _goal(past, OTHERS)": "pass",
        "return run.reason == HELD_OUT or (": "return (",
        'else Line(version, run.goal_by, "worth")': 'else Line(version, "", "worth")',
    }
    for right, wrong in wrongs.items():
        with put_into(counting, right, wrong):
            assert any(fault(seed) for seed in range(4)), wrong


def inside(customer="jo", version=1, **said):
    run = begin(cart(version=version), Cause(id="e", kind="entry", at=NOON), customer, "", UTC, NOON)
    return Row(customer_id=customer, run=structs.replace(run, **{"node": "w4", "visit": 3, **said}))


def test_whom_no_leg_has_seen_is_coming_and_stands_nowhere():
    counts = summed(counted([inside(node="", visit=0)], {1}))
    assert (counts.whole, counts.nodes) == ({"entered": 1, "coming": 1}, {})


def test_a_stuck_run_is_one_of_those_that_stand():
    stuck = replace(inside(), failures=MOST_FAILURES)
    counts = summed(counted([stuck, inside()], {1}))
    assert (counts.whole["inside"], counts.whole["stuck"]) == (2, 1)
    assert (counts.nodes["w4"].standing, counts.nodes["w4"].stuck, counts.nodes["w4"].arrived) == (2, 1, 2)
    assert counts.unknown == {"visits": 4}  # Two of each that no line of their history tells of.


def test_versions_are_told_apart_and_old_ones_are_together():
    lines = counted([inside(version=number) for number in (1, 2, 3, 3)], {2, 3})
    told = {version: summed(lines, version).whole["inside"] for version in (OTHERS, 1, 2, 3)}
    assert told == {OTHERS: 1, 1: 0, 2: 1, 3: 2}
    assert summed(lines).nodes["w4"].standing == 4


def test_slices_come_to_the_whole_by_way_of_json_in_any_order():
    rows = [row_of(*each) for each in lives(7).items()]
    parts = [counting.from_json(counting.to_json(counted(rows[n::3], {1}))) for n in (2, 0, 1)]
    assert together(parts) == counted(rows, {1})
    assert counted(rows[5:], {1}, counted(rows[:5], {1})) == counted(rows, {1})


def test_what_has_no_room_is_said_to_be_missing(monkeypatch):
    monkeypatch.setattr(counting, "MOST_BYTES", 200)
    rows = [inside(node=f"n{number}", visit=1) for number in range(3)]
    lines = counted(rows, {1})
    assert len(lines) == 5
    assert lines[Line(OTHERS, "", "unknown", "lines")] == 4
    assert sum(lines.values()) == sum(counted(rows, {1}).values()) == 12
