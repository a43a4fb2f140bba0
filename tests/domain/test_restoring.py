"""The view of members is made whole from the documents alone."""

from msgspec.structs import replace

from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.lists import Stay
from shopkeeper.customer.members import Move
from shopkeeper.customer.standing import Standing
from shopkeeper.segment.restoring import Restoring
from tests.standing_world import FakeEditions, edition_of

ORDERED = {"op": "count", "measure": {"event": "Order Completed"}, "window": "ever", "cmp": "ge", "n": 1}
SEEN = Document(
    lists={"staff": Stay(5_000, is_on=True), "old": Stay(6_000, is_on=False)},
    standing=Standing(1, (1, 9)),
    updated_at=9_000,
)


def test_whoever_is_in_something_is_put_in_and_nobody_else():
    entered = []
    work = Restoring(FakeEditions(edition_of({"buyers": ORDERED})), entered.extend)
    gone = Customer("c2", 3, replace(SEEN, merged_into="c1"))
    page = [document.store(each) for each in (Customer("c1", 7, SEEN), gone, Customer("c3", 1, Document()))]

    assert work.see("1", page, {"members": 40}) == {"members": 42}
    assert work.finish("1", []) is True
    assert entered == [
        Move("list:staff", "c1", 7, True, from_ms(5_000)),
        Move("segment:buyers@1", "c1", 7, True, from_ms(9_000)),
    ]
