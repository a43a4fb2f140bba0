"""What a write changed in the view of members, and since when."""

from shopkeeper.customer.document import Document
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.customer.lists import Stay
from shopkeeper.customer.members import Move, moves
from shopkeeper.customer.rows import row_of
from tests.interactions import said

NOON, NINE = "2026-03-02T12:00:00.000Z", "2026-03-02T09:00:00.000Z"


def news(segment, verb, at=NINE, version=4):
    told = said("customer:c1", f"segment/{segment}/{verb}/{version}", at=at)
    return row_of(told, customer_id="c1", version=version)


def written(**moved):
    return Document(updated_at=to_ms(NOON), lists={"staff": Stay(to_ms(NINE), is_on=True)}, moved=moved)


def test_a_segment_is_entered_and_left_when_its_news_says_so():
    document = written(**{"segment:vip@3": True, "segment:sale/rest@2": False})
    fresh = [news("vip", "entered"), news("sale/rest", "left")]

    assert moves("c1", 4, document, fresh) == [
        Move("segment:sale/rest@2", "c1", 4, False, NINE),
        Move("segment:vip@3", "c1", 4, True, NINE),
    ]


def test_while_a_segment_is_being_built_it_is_entered_when_that_is_written():
    assert moves("c1", 4, written(**{"segment:vip@3": True}), [news("vip", "left")])[0].since == NOON


def test_a_list_is_entered_when_somebody_said_so_and_left_when_a_customer_goes():
    document = written(**{"list:staff": True, "list:gone": False})

    assert [(each.group, each.since) for each in moves("c1", 4, document, [])] == [
        ("list:gone", from_ms(to_ms(NOON))),
        ("list:staff", NINE),
    ]


def test_a_write_that_moves_nobody_is_no_move():
    assert moves("c1", 4, written(), [news("vip", "entered")]) == []
