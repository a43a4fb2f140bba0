import pytest

from shopkeeper.customer import news, outcomes
from shopkeeper.customer.outcomes import outcome_of
from shopkeeper.customer.rows import row_of
from tests.interactions import said

SEND = "6a1c0b5e-3f0d-5b1a-9d6e-0f1e2d3c4b5a"


def hit(name="Email Opened", kind="open", source="tracking", **properties):
    told = said("customer:c1", f"{SEND}/{kind}/req-1", name=name, source=source, properties=properties)
    return row_of(told, customer_id="c1", version=4)


@pytest.mark.parametrize(
    ("row", "attribute"),
    [
        (hit(**{"class": "unknown"}), "opened_at"),
        (hit(**{"class": "machine"}), "opened_machine_at"),
        (hit("Email Link Clicked", "click", **{"class": "unknown"}), "clicked_at"),
        (hit("Email Link Clicked", "click", **{"class": "machine"}), "clicked_machine_at"),
    ],
)
def test_a_hit_is_an_outcome_of_its_send(row, attribute):
    found = outcome_of(row)

    assert (found.send_id, found.attribute, found.at) == (SEND, attribute, row.at)


def test_a_hit_has_a_name_of_who_which_link_and_which_request():
    first, again = (hit("Email Link Clicked", "click", link=3, **{"class": "unknown"}) for _ in range(2))
    other = hit("Email Link Clicked", "click/else", link=3, **{"class": "unknown"})
    machine, opened = hit("Email Link Clicked", "click", link=12, **{"class": "machine"}), hit(**{"class": "unknown"})

    assert outcome_of(first) == outcome_of(again)
    assert len({outcome_of(each).hit for each in (first, other)}) == 2
    assert [outcomes.kind_of(outcome_of(each).hit) for each in (first, machine, opened)] == ["u3", "m12", "u"]
    assert outcome_of(hit("Unsubscribed", source="recipient")).hit == ""


@pytest.mark.parametrize(
    "row",
    [
        hit(**{"class": "unknown", "unverified": True}),
        hit(**{"class": "something else"}),
        hit(),
        hit(source="collect", **{"class": "unknown"}),
        hit("Product Viewed", **{"class": "unknown"}),
        hit("Unsubscribed", source="collect", topic="news"),
        hit("Email Marked as Spam", source="collect"),
    ],
)
def test_all_else_is_no_outcome(row):
    """Nobody can open a mail with a write key, and what was not verified counts nowhere."""
    assert outcome_of(row) is None


def test_only_what_the_last_write_folded_is_news():
    old, new = (row_of(said("user:jo", f"m{version}"), version=version) for version in (3, 4))

    assert news.fresh(4, [old, new]) == [new]


def test_every_route_gets_all_news_in_order():
    told = {"one": [], "two": []}
    rows = [row_of(said("user:jo", f"m{n}")) for n in range(3)]

    news.tell(iter(rows), (kept.append for kept in told.values()))

    assert told == {"one": rows, "two": rows}
