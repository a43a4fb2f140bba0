"""Which letter an order counts for: of all that is told of it, in whatever order and however often."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopkeeper import clock
from shopkeeper.campaign import crediting
from shopkeeper.campaign.conversion import Conversion, Counts
from shopkeeper.campaign.crediting import Ports, Who
from shopkeeper.consent.contact import Contact
from shopkeeper.customer import orders, rows, traces
from shopkeeper.mail import credited, ledger
from tests.interactions import said as said_by

START = clock.from_text("2026-11-01T00:00:00Z")
SHOES = {"product_id": "shoe", "sku": "shoe-42", "category": "Shoes", "quantity": 2}
SOCKS = {"product_id": "sock", "category": "Socks", "quantity": "3"}
ACTIVITIES = {
    "campaign:spring": Conversion(),
    "campaign:long": Conversion(window_days=10),
    "campaign:shoes": Conversion(window_days=7, counts=Counts(category="shoes")),
    "message:receipt": None,
}


def at(hours):
    return clock.to_text(START + timedelta(hours=hours))


def send(activity, hours, state=ledger.DELIVERED, occurrence="1"):
    planned = ledger.planned(
        customer_id="c1", activity=activity, step="letter", occurrence=occurrence, planned_at=START + hours * HOUR
    )
    went = {"accepted_at": at(hours)} if state in ledger.AT_PROVIDER else {}
    called = {"call_started_at": at(hours)} if state in CALLED else {}
    return replace(planned, state=state, **went, **called)


HOUR = timedelta(hours=1)
CALLED = (ledger.CALLING, ledger.UNKNOWN, ledger.NOT_SENT)


def fact(what, hours, message_id="m1", order="A-1", total=None, **properties):
    told = {"order_id": order, "total": total, "currency": "USD"} | properties
    told = {name: each for name, each in told.items() if each is not None}
    said = said_by("user:1", message_id, name=f"Order {what}", at=at(hours), received_at=at(hours), properties=told)
    return rows.row_of(said, customer_id="c1", version=1, order=order, order_owner="c1")


@dataclass
class Shop:
    """What the tables hold; `folded` are rows of facts, of which those of `pending` have none in the tables yet."""

    sends: dict = field(default_factory=dict)
    folded: list = field(default_factory=list)
    pending: list = field(default_factory=list)
    written: dict = field(default_factory=dict)
    kept: dict = field(default_factory=dict)
    writes: int = 0

    def plan(self, *sends):
        self.sends |= {each.send_id: each for each in sends}
        return self

    def facts(self, owner, order):
        return [traces.of_order(row).fact for row in self.folded if (row.order_owner, row.order) == (owner, order)]

    def all_facts(self, owner):
        return [(row.order, traces.of_order(row).fact) for row in self.folded if row.order_owner == owner]

    def rows(self, keys):
        return [row for row in self.folded if row.key in keys]

    def load(self, customer_id, address_key="", merged=()):
        mails = {name: each for name, each in self.sends.items() if each.state != ledger.HELD_OUT}
        return Contact("c1", reservations={name: each.planned_at for name, each in mails.items()})

    def many(self, send_ids):
        return {name: self.sends[name] for name in send_ids}

    def credit(self, send_id, credit):
        row = self.sends[send_id]
        held = {each.order: each for each in row.orders}
        if credit.order not in held or held[credit.order].facts <= credit.facts:
            self.writes += 1
            self.sends[send_id] = replace(row, orders=tuple((held | {credit.order: credit}).values()))

    def conversion(self, activity, occurrence):
        return ACTIVITIES[activity]

    def of(self, order):
        return self.kept.get(order, set())

    def add(self, order, send_ids):
        self.kept.setdefault(order, set()).update(send_ids)

    def tell(self, *news):
        """Each is folded, and told."""
        self.folded += [row for row in news if row not in self.folded]
        for row in news:
            self.announce(row)
        return self

    def announce(self, row):
        out = {name: crediting.to_ms(row.planned_at) for name, row in self.sends.items() if row.state == "held_out"}
        ordered_at = max((fact.at for _, fact in self.all_facts("c1")), default=0)
        who = Who("c1", (), out, self.pending, ordered_at)
        crediting.to_credits(Ports(self, self, self, self, self, self), lambda: who)(row)

    def standing(self):
        """What counts for which letter."""
        found = ((row.activity, row.occurrence, each) for row in self.sends.values() for each in row.orders)
        return {
            (activity, occurrence, each.order): (each.at, each.currency, each.minor_units, each.units)
            for activity, occurrence, each in found
            if each.stands
        }


def counted(shop):
    return {activity for activity, _, _ in shop.standing()}


BOUGHT = fact("Completed", 50, total=90, products=[SHOES, SOCKS])
KEY = credited.key("A-1")


def test_an_order_counts_for_the_newest_mail_before_it():
    mails = send("campaign:spring", 1), send("campaign:long", 40), send("campaign:spring", 51, occurrence="2")

    shop = Shop().plan(*mails).tell(BOUGHT)

    assert shop.standing() == {("campaign:long", "1", KEY): (at(50), "USD", 9000, 5)}


MAILS = [
    ([("campaign:spring", 50)], set()),
    ([("campaign:spring", 50 - 120)], set()),
    ([("campaign:spring", 51 - 120)], {"campaign:spring"}),
    ([("campaign:long", 50 - 120), ("campaign:spring", 50 - 121)], {"campaign:long"}),
    ([("message:receipt", 49), ("campaign:spring", 48)], {"campaign:spring"}),
    ([("campaign:spring", 48, ledger.NOT_SENT)], set()),
    ([("campaign:spring", 48, ledger.READY)], set()),
    ([("campaign:spring", 48, ledger.UNKNOWN)], {"campaign:spring"}),
    ([("campaign:spring", 48, ledger.HARD_BOUNCED)], {"campaign:spring"}),
]


@pytest.mark.parametrize(("mails", "counts"), MAILS)
def test_a_mail_counts_that_went_before_the_order_within_its_window(mails, counts):
    assert counted(Shop().plan(*(send(*each) for each in mails)).tell(BOUGHT)) == counts


def test_only_pieces_that_count_are_told_and_an_order_without_any_counts_for_another_mail():
    mails = send("campaign:spring", 1), send("campaign:shoes", 2)

    assert Shop().plan(*mails).tell(BOUGHT).standing() == {("campaign:shoes", "1", KEY): (at(50), "USD", 9000, 2)}
    assert counted(Shop().plan(*mails).tell(fact("Completed", 50, total=9, products=[SOCKS]))) == {"campaign:spring"}


REVISIONS = [
    ([fact("Refunded", 60, "m2", total=40)], (5000, 5)),
    ([fact("Refunded", 60, "m2", total=40, products=[SOCKS | {"quantity": 1}])], (5000, 4)),
    ([fact("Refunded", 60, "m2")], (0, 0)),
    ([fact("Updated", 60, "m2", total=30, products=[SOCKS])], (3000, 3)),
    ([fact("Completed", 55, "m2", total=80)], (8000, 5)),
]


@pytest.mark.parametrize(("news", "left"), REVISIONS)
def test_what_is_said_of_an_order_later_revises_it_whichever_comes_first(news, left):
    mail = send("campaign:spring", 1)
    told = [Shop().plan(mail).tell(*each).standing() for each in ([BOUGHT, *news], [*news, BOUGHT])]

    assert told == [{("campaign:spring", "1", KEY): (at(50), "USD", *left)}] * 2


def test_an_order_that_was_cancelled_counts_no_more_and_one_that_turns_out_earlier_for_an_earlier_mail():
    mails = send("campaign:spring", 1), send("campaign:long", 40)
    shop = Shop().plan(*mails).tell(BOUGHT)

    assert counted(shop.tell(fact("Completed", 30, "m0", total=90))) == {"campaign:spring"}
    assert counted(shop.tell(fact("Cancelled", 70, "m3"))) == set()


def test_a_refund_is_deducted_when_nothing_else_knows_any_more_what_was_sent():
    shop = Shop().plan(send("campaign:spring", 1)).tell(BOUGHT)
    shop.load = lambda *_: Contact("c1")

    shop.tell(fact("Refunded", 24 * 80, "m2", total=40))

    assert shop.standing() == {("campaign:spring", "1", KEY): (at(50), "USD", 5000, 5)}


def test_who_was_held_out_counts_as_if_there_had_been_a_mail():
    out = ledger.HELD_OUT
    shop = Shop().plan(send("campaign:spring", 9, out), send("campaign:long", 5), send("campaign:spring", 3, out, "0"))

    assert set(shop.tell(BOUGHT).standing()) == {("campaign:long", "1", KEY), ("campaign:spring", "1", KEY)}


@pytest.mark.parametrize(
    ("name", "source", "state", "counts"),
    [
        ("Not Sent", "mail", ledger.HELD_OUT, {"campaign:spring", "campaign:long"}),
        ("Email Sent", "feedback", ledger.DELIVERED, {"campaign:long"}),
        ("Email Sent", "collect", ledger.DELIVERED, {"campaign:spring"}),
    ],
)
def test_a_letter_that_becomes_known_behind_the_order_has_it_all_the_same(name, source, state, counts):
    shop = Shop().plan(send("campaign:spring", 1)).tell(BOUGHT).plan(send("campaign:long", 40, state))
    for hours in (60, 40):  # Nothing was ordered since the first of these instants.
        news = said_by("customer:c1", f"{hours}", name=name, source=source, at=at(hours), received_at=at(60))
        shop.announce(rows.row_of(news, customer_id="c1", version=2))
        assert counted(shop) == ({"campaign:spring"} if hours == 60 else counts)


def test_an_order_that_is_told_months_later_is_looked_for_nowhere():
    shop = Shop().plan(send("campaign:spring", 1))
    late = fact("Completed", 50, total=90)

    shop.tell(rows.msgspec.structs.replace(late, received_at=at(24 * 90)))

    assert shop.standing() == {}


def test_news_told_again_writes_nothing():
    shop = Shop().plan(send("campaign:spring", 1)).tell(BOUGHT)

    shop.tell(BOUGHT, BOUGHT)

    assert shop.writes == 1


hours = st.integers(0, 400)
some_fact = st.builds(
    fact,
    st.sampled_from(["Completed", "Completed", "Updated", "Refunded", "Cancelled"]),
    hours,
    st.integers(0, 99).map(str),
    st.sampled_from(["A", "B"]),
    st.sampled_from([None, 10, 25]),
    currency=st.sampled_from(["USD", "EUR", None]),
    products=st.sampled_from([None, [SHOES], [SOCKS], [SHOES, SOCKS]]),
)
some_send = st.builds(
    send,
    st.sampled_from(sorted(ACTIVITIES)),
    hours,
    st.sampled_from([ledger.DELIVERED, ledger.ACCEPTED, ledger.HELD_OUT, ledger.NOT_SENT]),
    st.sampled_from(["1", "2", "3"]),
)


def expected(sends, news):
    """Plainly, order by order: every hour is looked at by itself."""
    found = {}
    for order in {row.order for row in news}:
        facts = [traces.of_order(row).fact for row in news if row.order == order]
        made = orders.order_of(facts)
        sold = made and crediting.sold_of(facts, {row.key: row.said()["properties"] for row in news})
        ahead = []
        for each in sends if made else ():
            said, then = ACTIVITIES[each.activity], clock.from_text(each.planned_at)
            placed = START + (clock.from_text(crediting.from_ms(made.at)) - START)
            if said and then < placed < then + timedelta(days=said.window_days) and said.units(sold) is not None:
                ahead.append((then, each.send_id, each))
        ahead = sorted(each for each in ahead if each[2].state != ledger.NOT_SENT)
        mails = [each for each in ahead if each[2].state != ledger.HELD_OUT]
        newest = mails[-1:] or [(START - HOUR, "", None)]
        chosen = mails[-1:] + [each for each in ahead if each[2].state == "held_out" and each[0] > newest[0][0]]
        for _, _, each in chosen:
            units = ACTIVITIES[each.activity].units(sold)
            said = (crediting.from_ms(made.at), made.currency, made.units, units)
            found[each.activity, each.occurrence, credited.key(order)] = said
    return found


@settings(max_examples=40, deadline=None)
@given(
    st.lists(some_send, max_size=6, unique_by=lambda each: each.send_id),
    st.lists(some_fact, max_size=7, unique_by=lambda each: each.key),
    st.data(),
)
def test_however_news_arrives_each_order_counts_once_for_the_letter_it_should(sends, news, data):
    shop = Shop().plan(*sends)
    for told, row in enumerate(news, 1):
        shop.pending = [row] if data.draw(st.booleans()) else []
        shop.folded += [] if shop.pending else [row]
        shop.announce(row)
        assert shop.standing() == expected(sends, news[:told])
        shop.folded += shop.pending
        shop.announce(data.draw(st.sampled_from(shop.folded)))
    for row in data.draw(st.permutations(news)):
        shop.announce(row)

    assert shop.standing() == expected(sends, news)
    again = shop.writes
    for row in news:
        shop.announce(row)
    assert shop.writes == again
