"""What a write says of where a customer stands, what is new about that, and when to look again."""

import json
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.lists import Stay
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.standing import Standing, changes_anything
from shopkeeper.segment.standing import MOST_CHANGES, Standings, stood
from tests.standing_world import FakeEditions, edition_of

NOON = to_ms("2026-11-22T12:00:00.000Z")
HOUR = 3_600_000
ORDERED = {"op": "count", "measure": {"event": "Order Completed"}, "window": "ever", "cmp": "ge", "n": 1}
LATELY = ORDERED | {"window": {"rolling": {"seconds": 3600}}}
TODAY = ORDERED | {"window": {"days": {"n": 1}}}
NOT = {"op": "not", "rule": ORDERED}


def ordered(*ats):
    newest = tuple(sorted(ats, reverse=True))
    tail = Measure(len(ats), min(ats), newest, tiles={})
    return Customer("c1", 1, Document(updated_at=NOON - HOUR), {"Order Completed": tail})


def news(customer):
    return [(row.name, json.loads(bytes(row.body))["properties"]["segment"]) for row in customer.pending]


def written(current, before, after, now=NOON, cause="interaction"):
    return stood(current, before, replace(after, version=before.version + 1), now, cause)


def test_who_fits_enters_and_it_is_told_once():
    current = edition_of({"buyers": ORDERED, "strangers": NOT})
    first = written(current, Customer("c1"), ordered(NOON))
    assert first.document.standing == Standing(1, (1,))
    assert news(first) == [("Segment Entered", "buyers")]
    assert first.document.moved == {"segment:buyers@1": True}
    again = written(current, first, replace(first, pending=()))
    assert (again.document.standing, again.pending, again.document.moved) == (Standing(1, (1,)), (), {})


def test_who_fits_no_longer_leaves():
    current = edition_of({"strangers": NOT})
    first = written(current, Customer("c1"), Customer("c1"))
    left = written(current, first, replace(ordered(NOON), document=first.document))
    assert news(left) == [("Segment Left", "strangers")]
    assert left.document.moved == {"segment:strangers@1": False}
    assert left.document.standing == Standing(1, ())


def test_a_row_of_it_says_who_when_why_and_is_part_of_no_document():
    (row,) = written(edition_of({"buyers": ORDERED}), Customer("c1"), ordered(NOON)).pending
    assert row.key == ("customer:c1", "segment/buyers/entered/1")
    assert (row.at, row.received_at, row.version, row.customer_id) == (from_ms(NOON), from_ms(NOON), 1, "c1")
    assert (row.source, row.trusted, row.unfolded) == ("segment", True, "own_news")
    assert row.said() == {"properties": {"segment": "buyers", "version": 1, "cause": "interaction"}}


def test_what_is_building_moves_without_news():
    current = edition_of({"buyers": ORDERED}, building={"newest": ORDERED})
    first = written(current, Customer("c1"), ordered(NOON))
    assert first.document.standing == Standing(1, (1, 2))
    assert news(first) == [("Segment Entered", "buyers")]
    assert first.document.moved == {"segment:buyers@1": True, "segment:newest@2": True}


def test_what_is_no_longer_in_the_edition_is_dropped_without_a_word():
    held = Customer("c1", 4, Document(standing=Standing(1, (1, 9))))
    after = written(edition_of({"buyers": ORDERED}, number=2), held, replace(held, measures=ordered(NOON).measures))
    assert after.document.standing == Standing(2, (1,))
    assert after.pending == ()
    assert after.document.moved == {}


def test_a_customer_is_due_when_the_first_segment_may_flip():
    after = written(edition_of({"lately": LATELY}), Customer("c1"), ordered(NOON - HOUR + 1))
    assert after.due_at == NOON + 1_000  # At a full second, not before it.


def test_news_only_move_it_earlier():
    current = edition_of({"lately": LATELY})
    first = written(current, Customer("c1"), ordered(NOON - HOUR + 5_000))
    assert first.due_at == NOON + 5_000
    later = written(current, first, replace(ordered(NOON), due_at=first.due_at), NOON + 1_000)
    assert later.due_at == first.due_at
    woken = written(current, later, later, NOON + 5_000, "clock")
    assert woken.due_at == NOON + HOUR
    sooner = edition_of({"lately": LATELY, "just": ORDERED | {"window": {"rolling": {"seconds": 60}}}})
    assert written(sooner, woken, replace(woken, document=woken.document), NOON + 5_500).due_at == NOON + 60_000


def test_what_is_overdue_is_seen_to_by_whoever_writes():
    current = edition_of({"lately": LATELY})
    first = written(current, Customer("c1"), ordered(NOON - HOUR + 5_000))
    after = written(current, first, first, NOON + 6_000)
    assert (after.due_at, news(after)) == (0, [*news(first), ("Segment Left", "lately")])


def test_the_clock_tells_since_when():
    current = edition_of({"lately": LATELY})
    first = written(current, Customer("c1"), ordered(NOON - HOUR + 5_250))
    held = replace(first, pending=(), document=replace(first.document, updated_at=NOON))
    (row,) = written(current, held, held, NOON + 2 * HOUR, "clock").pending
    assert (row.name, row.at, row.received_at) == ("Segment Left", from_ms(NOON + 5_250), from_ms(NOON + 2 * HOUR))


@pytest.mark.parametrize("prompt", [False, True])
def test_whom_midnight_changes_are_spread_over_two_hours_unless_somebody_waits(prompt):
    zone = ZoneInfo("Europe/Berlin")
    current = edition_of({"today": LATELY | {"window": {"calendar": "today"}}}, zone=zone, prompt=prompt)
    midnight = to_ms("2026-11-22T23:00:00.000Z")
    due = set()
    for number in range(50):
        person = replace(ordered(NOON), customer_id=f"c{number}")
        due.add(written(current, Customer(person.customer_id), person).due_at - midnight)
    assert due == {0} if prompt else len(due) > 40 and min(due) >= 0 and max(due) < 2 * HOUR


def test_a_wake_that_finds_nothing_has_nothing_to_write():
    current = edition_of({"buyers": ORDERED, "lately": LATELY})
    held = written(current, Customer("c1"), ordered(NOON))
    held = replace(held, pending=(), document=replace(held.document, moved={}))
    assert not changes_anything(held, written(current, held, held, NOON + 1, "clock"))
    assert changes_anything(held, written(current, held, held, NOON + HOUR, "clock"))


def test_who_was_merged_away_is_nowhere():
    current = edition_of({"buyers": ORDERED})
    held = replace(written(current, Customer("c1"), ordered(NOON)), pending=())
    held = replace(held, document=replace(held.document, lists={"staff": Stay(NOON, is_on=True)}))
    gone = written(current, held, Customer("c1", 0, Document(merged_into="c2")))
    assert (gone.document.standing, gone.pending, gone.due_at) == (Standing(1, ()), (), 0)
    assert gone.document.moved == {"segment:buyers@1": False, "list:staff": False}


def test_more_changes_than_have_room_wait_for_the_next_write_at_once():
    current = edition_of({f"s{number:03}": ORDERED for number in range(MOST_CHANGES + 20)})
    first = written(current, Customer("c1"), ordered(NOON), NOON + 1)
    assert (len(first.document.standing.slots), len(first.pending)) == (MOST_CHANGES, MOST_CHANGES)
    assert first.due_at == NOON + 1_000
    held = replace(first, pending=())
    second = written(current, held, held, NOON + 1_000, "clock")
    assert (len(second.document.standing.slots), len(second.pending), second.due_at) == (MOST_CHANGES + 20, 20, 0)


def test_without_segments_only_lists_move():
    after = Customer("c1", 0, Document(lists={"staff": Stay(NOON, is_on=True), "old": Stay(NOON, is_on=False)}))
    whole = written(edition_of(number=0), Customer("c1"), after)
    assert (whole.document.standing, whole.document.moved, whole.due_at) == (None, {"list:staff": True}, 0)


def test_a_document_of_a_newer_edition_is_written_by_that_edition():
    editions = FakeEditions(edition_of({"buyers": ORDERED}))
    editions.held = edition_of({"buyers": ORDERED}, building={"newest": ORDERED}, number=2)
    stand = Standings(editions).stand
    held = Customer("c1", 3, Document(standing=Standing(2, ())))
    after = stand(held, replace(ordered(NOON), version=4), NOON, "interaction")
    assert (after.document.standing, editions.reads) == (Standing(2, (1, 2)), 1)


@pytest.mark.parametrize("said", ["9999-12-31", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00"])
def test_what_changes_at_the_end_of_all_calendars_never_does(said):
    current = edition_of({"over": {"op": "date", "path": "until", "cmp": "before", "ref": {"now": 0}}})
    told = Document(traits={"until": said}, told={"until": (1, "m1")})
    after = written(current, Customer("c1"), Customer("c1", 0, told))
    assert (after.due_at, document.store(after).due_at) == (0, "")


def test_whom_midnight_changes_is_looked_at_no_later_than_something_else_changes():
    day = {"op": "date", "path": "day", "cmp": "before", "ref": {"today": {"days": 0}}}
    current = edition_of({"day": day, "instant": day | {"path": "instant", "ref": {"now": 0}}})
    traits = {"day": "2026-11-22", "instant": "2026-11-23T00:00:30Z"}
    told = Document(traits=traits, told=dict.fromkeys(traits, (1, "m1")))
    dues = {written(current, Customer(f"c{n}"), Customer(f"c{n}", 0, told)).due_at for n in range(20)}
    assert max(dues) == to_ms("2026-11-23T00:00:31Z")


@pytest.mark.parametrize("cause", ["measure", "scores", "rebuild", "interaction"])
def test_whoever_comes_in_by_a_write_is_in_since_that_write(cause):
    """The Members table takes it from the document, where there is no news of a segment that is being built."""
    after = written(edition_of(building={"buyers": ORDERED}), Customer("c1"), ordered(NOON - HOUR), NOON, cause)
    assert (after.document.moved, after.document.updated_at) == ({"segment:buyers@1": True}, NOON)
