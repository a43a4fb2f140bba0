"""Scores: everybody who ordered is in the fifth that counting all customers by hand puts them in."""

import json

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.clock import Clock
from shopkeeper.customer import computed, document, rfm
from shopkeeper.customer.document import Customer, Document, Stored
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.instants import to_ms
from shopkeeper.customer.measures import Measure
from shopkeeper.customer.store.ports import Conflict
from tests.interactions import about_order, ordered
from tests.measured import measured
from tests.standing_world import nowhere

DAY = "2026-03-31"
MIDNIGHT = to_ms(f"{DAY}T00:00:00.000Z")
DAY_MS = 24 * 60 * 60 * 1000
SHOPPERS = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 30), st.integers(0, 50_000)), max_size=40)


class Kept:
    def __init__(self):
        self.days = {}

    def keep(self, thresholds):
        self.days[thresholds.day] = thresholds

    def load(self, day):
        return self.days.get(day)


class Table:
    """`rivals` write first, once for each customer they name."""

    def __init__(self, people, rivals=()):
        self.stored = {each.customer_id: each for each in people}
        self.rivals, self.writes = set(rivals), 0

    def load(self, customer_ids):
        return {id_: self.stored[id_] for id_ in customer_ids if id_ in self.stored}

    def save(self, stored):
        if stored.customer_id in self.rivals or stored.version != self.stored[stored.customer_id].version + 1:
            raise Conflict
        self.stored[stored.customer_id] = stored
        self.writes += 1

    def cells(self):
        held = {id_: document.load(each).document.scores for id_, each in self.stored.items()}
        return {id_: scores and scores.cell for id_, scores in held.items()}


def shopper(name, days, orders, money, currency="USD", **more):
    last = MIDNIGHT - days * DAY_MS
    measures = {"Order Completed": measured(orders, last - orders, last, {currency: money} if currency else {})}
    return document.store(Customer(name, 1, Document(**more), measures))


def night(table, slices=2):
    """The two walks of one night; what slices gather goes through JSON."""
    kept, started = Kept(), []
    counting, scoring = rfm.Counting(kept, started.append), rfm.Scoring(kept, table, nowhere, Clock())
    people = list(table.stored.values())
    gathered = [json.loads(json.dumps(counting.see(DAY, people[n::slices], {}))) for n in range(slices)]
    assert counting.finish(DAY, gathered)
    assert started == [DAY]
    scoring.see(DAY, people, {})
    return table.cells()


def fifths(values):
    """By hand: of the values in order, as many fifths as have been passed before the first one that is as large."""
    rounded = sorted(by_hand(value) for value in values)
    cuts = [rounded[-(-len(rounded) * n // 5) - 1] for n in (1, 2, 3, 4)]
    return [sum(by_hand(value) > cut for cut in cuts) for value in values]


def by_hand(value):
    unit = 1
    while value // unit > 15:
        unit *= 2
    return value // unit * unit


@given(SHOPPERS)
def test_everybody_is_in_the_fifth_that_counting_by_hand_gives(people):
    cells = night(Table([shopper(f"c{n}", *each) for n, each in enumerate(people)]))
    if people:
        days, orders, money = (fifths(column) for column in zip(*people, strict=True))
        by_hand = zip(days, orders, money, strict=True)
        assert list(cells.values()) == [f"{5 - d}{1 + o}{1 + m}" for d, o, m in by_hand]


def test_who_buys_lately_often_and_for_much_is_best():
    cells = night(Table([shopper(f"c{n}", 100 - 10 * n, n + 1, 100 * n) for n in range(10)]))
    assert (cells["c0"], cells["c9"]) == ("111", "555")


def test_money_is_compared_in_the_currency_most_customers_pay_in():
    people = [shopper(f"c{n}", 1, 1, 100 * n, "EUR") for n in range(5)] + [shopper("us", 1, 1, 10_000, "USD")]
    cells = night(Table(people))
    assert (cells["us"][2], cells["c4"][2]) == ("-", "5")


def test_who_got_all_of_it_back_paid_nothing_in_that_currency_and_not_in_another_one():
    history = [ordered("user:b", "o", "17", 10), about_order("Refunded", "user:b", "r", "17", 10)]
    folding = Folding(Document(), {})
    for each in history:
        folding.add(Candidate(each))
    back = document.store(Customer("b", 1, folding.document(0), folding.measures))
    assert night(Table([shopper("a", 1, 1, 100), back]))["b"][2] == "1"


def test_who_never_ordered_has_no_score():
    idle = document.store(Customer("idle", 1, Document(), {"Product Viewed": measured(1, 0, 0)}))
    cancelled = document.store(Customer("none", 1, Document(), {"Order Completed": Measure()}))
    assert night(Table([idle, cancelled])) == {"idle": None, "none": None}


def test_whose_orders_were_all_taken_back_loses_the_score_and_costs_one_write():
    scored = Document(scores=document.Scores(5, 4, 3, DAY))
    table = Table([document.store(Customer("c1", 1, scored, {"Order Completed": Measure()}))])
    assert (night(table), table.writes) == ({"c1": None}, 1)
    assert (night(table), table.writes) == ({"c1": None}, 1)


def test_another_night_without_change_writes_nothing():
    table = Table([shopper(f"c{n}", n, n + 1, n) for n in range(7)])
    before = night(table)
    assert (table.writes, night(table), table.writes) == (7, before, 7)


def test_who_is_being_written_is_left_to_the_night_after():
    table = Table([shopper(f"c{n}", n, n + 1, n) for n in range(3)], rivals=["c1"])
    assert night(table)["c1"] is None
    table.rivals = set()
    assert night(table)["c1"]


def test_who_was_merged_or_cannot_be_read_is_left_as_it_is():
    people = [shopper("gone", 1, 1, 1, merged_into="c2"), Stored("bad", 1, "{", b"", "[]")]
    table = Table(people)
    kept = Kept()
    kept.keep(rfm.thresholds(DAY, []))
    assert rfm.Scoring(kept, table, nowhere, Clock()).see(DAY, people, {}) == {"scored": 0}
    assert table.writes == 0


def test_who_is_merged_between_two_reads_stays_a_tombstone():
    seen, now = shopper("c1", 1, 1, 1), shopper("c1", 1, 1, 1, merged_into="c2")
    kept, table = Kept(), Table([now])
    kept.keep(rfm.thresholds(DAY, []))
    rfm.Scoring(kept, table, nowhere, Clock()).see(DAY, [seen], {})
    assert table.writes == 0


def test_pending_news_is_neither_lost_nor_told_again():
    owed = shopper("c1", 1, 1, 1)
    row = {"subject": "user:1", "message_id": "m", "at": "", "received_at": "", "type": "track", "source": "collect"}
    owed = Stored(owed.customer_id, 1, owed.document, owed.measures, json.dumps([row | {"body": {}, "version": 1}]))
    table = Table([owed])
    night(table)
    written = document.load(table.stored["c1"])
    assert [each.version for each in written.pending] == [1]
    assert written.version == 2


def test_scores_are_kept_and_shown():
    kept = document.load(document.store(Customer("c", 1, Document(scores=document.Scores(5, 4, 3, DAY)))))
    assert kept.document.scores.cell == "543"
    without = Document(scores=document.Scores(5, 4, document.NO_FIFTH, DAY))
    seen = computed.computed(Customer("c", 1, without), MIDNIGHT, computed.Settings())
    assert seen["rfm"] == {"r": 5, "f": 4, "cell": "54-", "day": DAY}
