"""A link that a mail program cut off, or wrote something behind, leads to a page that says so in words."""

import pytest

from shopkeeper import tokens
from shopkeeper.tokens import Kind
from tests import planted_letter

DAMAGES = ["/", "/more", "/0/"]


@pytest.mark.parametrize(("room", "kind"), [("o", Kind.OPEN), ("c", Kind.CLICK), ("u", Kind.UNSUBSCRIBE)])
def test_a_damaged_address_does_nothing_and_is_answered_with_a_page_or_the_pixel(stack, room, kind):
    planted_letter.plant(stack, "somebody")
    class_ = (tokens.PERSONAL,) if kind is Kind.CLICK else ()
    whole = f"/{room}/{planted_letter.token(stack, kind, 'somebody', *class_)}"

    answers = [stack.request(method, whole + damage) for method in ("GET", "POST") for damage in DAMAGES]

    shown = {(answer.status, answer.headers["content-type"].partition(";")[0]) for answer in answers}
    assert shown <= {
        (200, "image/gif"),
        (404, "text/html"),
        (405, "text/html"),
        (404, "text/plain"),
        (405, "text/plain"),
    }
    assert (200 in {status for status, _ in shown}) == (room == "o")
    stack.settle()
    assert stack.client("dynamodb").scan(TableName="InteractionsTable")["Items"] == []


def test_a_link_without_its_number_is_answered_with_a_page(stack):
    planted_letter.plant(stack, "somebody")

    answer = stack.request("GET", f"/c/{planted_letter.token(stack, Kind.CLICK, 'somebody', tokens.PERSONAL)}")

    assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
