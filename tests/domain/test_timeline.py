"""Pages of a timeline neither repeat nor skip a row, however many share an instant."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer import timeline
from shopkeeper.customer.rows import row_of
from tests.interactions import said

INSTANTS = [f"2026-02-0{day}T10:00:00.000Z" for day in range(1, 4)]
SUBJECTS = ["user:jo", "anon:phone", "customer:c1"]
rows = st.builds(
    lambda subject, n, at, customer: row_of(said(subject, f"m{n}", at=at), customer_id=customer, version=1),
    st.sampled_from(SUBJECTS),
    st.integers(0, 30),
    st.sampled_from(INSTANTS),
    st.sampled_from(["c1", "c1", "c1", "c2", ""]),
)


def table(everything):
    """As the index gives them: newest first, those of one instant in no order that can be relied on."""

    def newest(subject, until):
        own = [row for row in everything if row.subject == subject and (not until or row.at <= until)]
        return sorted(own, key=lambda row: (row.at, hash(row.message_id)), reverse=True)

    return newest


def is_theirs(row):
    return row.customer_id == "c1"


def pages(everything, limit):
    newest, after = table(everything), None
    for _ in count():
        page = timeline.page(is_theirs, [newest(each, after.at if after else "") for each in SUBJECTS], after, limit)
        yield page.rows
        after = page.next
        if after is None:
            return


@given(st.lists(rows, max_size=40, unique_by=lambda row: row.key), st.integers(1, 7))
def test_all_pages_together_are_the_rows_of_the_customer_newest_first(everything, limit):
    found = list(pages(everything, limit))

    own = [row for row in everything if row.customer_id == "c1"]
    expected = sorted(own, key=lambda row: (row.at, row.subject, row.message_id), reverse=True)
    assert [row for page in found for row in page] == expected
    assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1)
    assert len(found) == 1 or found[-1]


def test_only_as_many_rows_are_read_as_a_page_needs():
    read = []

    def endless():
        for n in count():
            read.append(n)
            yield row_of(said("user:jo", f"m{n}", at=f"{2999 - n}-01-01T00:00:00.000Z"), customer_id="c1", version=1)

    timeline.page(is_theirs, [endless()], None, 5)

    assert len(read) <= 8


def test_an_entry_shows_what_was_said_and_leaves_out_what_is_empty():
    row = row_of(said("user:jo", "m1", properties={"sku": "a"}, trusted=False), customer_id="c1", version=3)

    assert timeline.shown([row], {}, frozenset()) == [
        {
            "at": "2026-03-01T12:00:00.000Z",
            "type": "track",
            "name": "Product Viewed",
            "subject": "user:jo",
            "message_id": "m1",
            "source": "collect",
            "trusted": False,
            "received_at": "2026-03-01T12:00:00.000Z",
            "properties": {"sku": "a"},
            "ids": {"user": "jo"},
        }
    ]


def test_a_page_of_large_rows_ends_before_it_is_too_large_to_be_answered(monkeypatch):
    monkeypatch.setattr(timeline, "MOST_BYTES", 3000)
    everything = [
        row_of(said("user:jo", f"m{n}", properties={"note": "x" * 1000}), customer_id="c1", version=1) for n in range(5)
    ]

    found = list(pages(everything, 10))

    assert [len(page) for page in found] == [2, 2, 1]
