"""Which links were followed, how often and when: as a plain count of the rows says, in whatever parts it is made."""

from dataclasses import replace
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.campaign import hits, outcomes
from tests.outcome_oracle import NOW, PLANNED, any_row, expected, followed

SENT = replace(PLANNED, state="delivered", content_ref="aa")


def engaged(view, what):
    return (view[what]["human"], view[what]["unknown"], view[what]["any"])


@given(st.lists(any_row, max_size=20))
def test_each_link_says_what_a_plain_count_of_the_rows_says(rows):
    counts = outcomes.count(rows, NOW)
    told = {
        (content, str(each["number"])): (*engaged(each, "people"), *engaged(each, "times"))
        for content in ("aa", "bb")
        for each in hits.links(counts, content, "hello#1", ())
    }
    plain = followed(rows)

    assert told == {link: numbers for link, numbers in plain.items() if link[1]}
    opens = [numbers for link, numbers in plain.items() if not link[1]]
    assert [hits.opens(counts)[by] for by in ("human", "unknown", "any")] == [
        sum(one[place] for one in opens) for place in (3, 4, 5)
    ]
    assert hits.clicks(counts)["any"] == sum(numbers[5] for link, numbers in plain.items() if link[1])


@given(st.lists(any_row, max_size=20))
def test_hours_add_up_to_the_people_who_opened_and_clicked(rows):
    counts = outcomes.count(rows, NOW)
    hours = hits.hours(counts)

    for name in ("opened", "clicked"):
        assert sum(hour[name] for hour in hours) == counts[name] == sum(name in expected(row) for row in rows)
    firsts = {min(filter(None, (row.opened_at, row.clicked_at))) for row in rows if "opened" in expected(row)}
    clicks = {row.clicked_at for row in rows if "clicked" in expected(row)}
    assert [hour["hour"] for hour in hours] == sorted({at[:13] + ":00:00.000Z" for at in firsts | clicks})


def opened_in(hour):
    return replace(SENT, opened_at=f"2026-11-{1 + hour // 24:02}T{hour % 24:02}:30:00.000Z")


@given(st.lists(st.integers(0, 90), max_size=120), st.integers(0, 120), st.integers(0, 120))
def test_of_many_hours_the_same_ones_are_told_in_whatever_parts_they_were_counted(numbers, cut, other):
    rows, (low, high) = [opened_in(number) for number in numbers], sorted((cut, other))
    whole = outcomes.count(rows, NOW)
    parts = (outcomes.count(part, NOW) for part in (rows[low:high], rows[high:], rows[:low]))
    hours = hits.hours(whole)

    assert reduce(outcomes.added, parts) == whole
    assert sum(each["hour"] is not None for each in hours) == min(len(set(numbers)), hits.MOST_HOURS)
    assert sum(each["opened"] for each in hours) == len(rows)


def test_behind_so_many_links_none_are_told():
    row = replace(SENT, hits=frozenset(f"u{number}/1" for number in range(hits.MOST_LINKS + 2)))

    told = hits.links(outcomes.count([row], NOW), "aa", "hello#1", ())

    assert [each["number"] for each in told] == list(range(hits.MOST_LINKS))


def test_two_equal_links_are_told_apart_and_one_that_nobody_followed_is_told():
    row = replace(SENT, hits=frozenset(["u2/1"]))
    urls = ["https://shop.example/a", "https://shop.example/b", "https://shop.example/a"]

    told = hits.links(outcomes.count([row], NOW), "aa", "hello#1", urls)

    assert [(each["number"], each["url"], each["people"]["human"]) for each in told] == [
        (0, "https://shop.example/a", 0),
        (1, "https://shop.example/b", 0),
        (2, "https://shop.example/a", 1),
    ]
