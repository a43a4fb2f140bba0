"""Who made a hit is said once, ten minutes or an hour after it, and what it was found by is gone then."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.campaign import outcomes
from tests.outcome_oracle import NOW
from tests.verdict_world import IP, PHONE, SEND, World, hit

APPLE = "Mozilla/5.0"
GMAIL = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"
AT_DELIVERY = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/42.0.2311.135 Safari/537.36 Edge/12.246"
HOUR = 3_600


def verdicts(*hits, links=3):
    world = World(links)
    world.deliver(*hits)
    world.pass_(2 * HOUR)
    assert world.kept == {}
    return world.classes()


ALONE = [
    (hit("a", 20), "human", "plain"),
    (hit("a", 2.9), "machine", "at_delivery"),
    (hit("a", -30), "machine", "at_delivery"),
    (hit("a", 3), "human", "plain"),
    (hit("a", 60, agent=APPLE), "machine", "apple"),
    (hit("a", 899, agent=APPLE), "machine", "apple"),
    (hit("a", 900, agent=APPLE), "unknown", "apple"),
    (hit("a", 59, agent=GMAIL), "unknown", "early_proxy"),
    (hit("a", 60, agent=GMAIL), "human", "plain"),
    (hit("a", 20, agent=""), "unknown", "no_agent"),
    (hit("a", 20, agent="", ip=""), "human", "plain"),
    (hit("a", 60, agent=AT_DELIVERY), "machine", "scanner"),
    (hit("a", 600, 1, agent="FortiGuard URL check"), "machine", "scanner"),
    (hit("a", 9.9, 1), "unknown", "early_click"),
    (hit("a", 10, 1), "human", "plain"),
    (hit("a", 5, 1, agent=""), "machine", "early_click+no_agent"),
    (hit("a", 60, 1, agent=APPLE), "human", "plain"),
]


@pytest.mark.parametrize(("alone", "by", "reason"), ALONE)
def test_each_sign_has_its_weight(alone, by, reason):
    assert verdicts(alone) == {"a": (by, reason)}


TOGETHER = [
    ([(30, 0), (32.5, 1), (35, 2)], 9, {"burst"}),
    ([(30, 0), (32.5, 1), (35.1, 2)], 9, {"plain"}),
    ([(30, 0), (31, 1), (32, 1), (33, 0)], 9, {"plain"}),
    ([(30, 0), (50, 1), (70, 2), (90, 3)], 4, {"burst"}),
    ([(30, 0), (50, 1), (70, 2), (90.1, 3)], 4, {"plain"}),
    ([(30, 0), (50, 1), (70, 2)], 3, {"plain"}),
    ([(30, 0), (50, 1), (70, 2), (90, 3)], 5, {"plain"}),
    ([(5, 0), (6, 1), (7, 2)], 9, {"burst+early_click"}),
]


@pytest.mark.parametrize(("clicks", "links", "reasons"), TOGETHER)
def test_many_links_at_once_are_followed_by_a_machine(clicks, links, reasons):
    told = verdicts(*(hit(n, after, link) for n, (after, link) in enumerate(clicks)), links=links)

    assert {reason for _, reason in told.values()} == reasons
    assert len(told) == len(clicks)


@pytest.mark.parametrize(
    ("others", "after", "verdict"),
    [
        (1, 60, ("unknown", "crowd")),
        (2, 60, ("machine", "crowd")),
        (9, 60, ("machine", "crowd")),
        (1, 5, ("machine", "crowd+early_click")),
    ],
)
def test_several_recipients_at_one_address_in_the_same_second_are_a_machine(others, after, verdict):
    world = World()
    world.crowd = {"a": others}
    world.deliver(hit("a", after, 1))
    world.pass_(2 * HOUR)

    assert world.classes() == {"a": verdict}


def test_of_a_burst_only_what_is_in_it_was_made_by_a_machine():
    told = verdicts(*(hit(n, 30 + n, n) for n in range(3)), hit("open", 31), hit("late", 400, 1), links=9)

    assert {name for name, (by, _) in told.items() if by == "human"} == {"open", "late"}


def test_until_its_verdict_a_hit_is_shown_as_unknown_and_counts_for_nobody():
    world = World()
    world.deliver(hit("a", 30), hit("b", 60, 1))
    world.pass_(600 + 29)

    counts = outcomes.count([world.row], NOW)
    assert (counts["opened"], counts["opened_unknown"], counts["clicked_unknown"]) == (0, 1, 1)
    assert (counts["opened_any"], counts["clicked_any"]) == (1, 1)
    assert world.told == {}

    world.pass_(1)
    counts = outcomes.count([world.row], NOW)
    assert (counts["opened"], counts["clicked"], counts["clicked_unknown"]) == (1, 0, 1)
    world.pass_(30)
    counts = outcomes.count([world.row], NOW)
    assert (counts["opened"], counts["clicked"], counts["clicked_any"], counts["clicked_unknown"]) == (1, 1, 1, 0)


def test_what_stays_unknown_is_told_after_an_hour_and_stays_shown_as_that():
    world = World()
    world.deliver(hit("a", 5, 1))
    world.pass_(HOUR + 4)
    assert world.told == {}
    assert IP in str(world.kept)

    world.pass_(1)

    assert world.classes() == {"a": ("unknown", "early_click")}
    assert outcomes.count([world.row], NOW)["clicked_unknown"] == 1
    assert world.kept == {}


def test_an_address_goes_with_its_own_verdict_though_another_hit_waits():
    world = World()
    world.deliver(hit("a", 30, ip="198.51.100.7", agent=PHONE), hit("b", 5, 1, ip=IP))
    world.pass_(631)

    assert "198.51.100.7" not in str(world.kept)
    assert IP in str(world.kept)


def test_a_person_who_follows_a_link_later_has_opened_the_mail_though_a_machine_fetched_its_pixel():
    world = World()
    world.deliver(hit("a", 1))
    world.pass_(HOUR)
    counts = outcomes.count([world.row], NOW)
    assert (counts["opened"], counts["opened_any"], counts["opened_unknown"]) == (0, 1, 0)

    world.deliver(hit("b", HOUR, 1))
    world.pass_(HOUR)

    counts = outcomes.count([world.row], NOW)
    assert (counts["opened"], counts["clicked"]) == (1, 1)


def test_a_hit_that_comes_between_reading_and_writing_is_judged_too():
    world = World()
    world.deliver(hit("a", 30))
    world.overtaken_by = [hit("b", 31, 1)]
    world.pass_(HOUR)

    assert world.classes() == {"a": ("human", "plain"), "b": ("human", "plain")}
    assert world.kept == {}


def test_more_hits_than_there_is_room_for_were_made_by_a_machine():
    world = World()
    for number in range(70):
        world.deliver(hit(number, 30 + number))

    assert {reason for _, reason in world.classes().values()} == {"too_many"}
    assert len(world.told) == 6


def test_a_send_that_is_gone_leaves_nothing():
    world = World()
    world.deliver(hit("a", 30))
    world.load = lambda send_id: None
    world.pass_(HOUR)

    assert (world.told, world.kept) == ({}, {})


seconds = st.sampled_from([-5, 1, 2.9, 3, 5, 9, 10, 12, 30, 31, 33, 59, 61, 90, 300, 599])
any_hit = st.tuples(seconds, st.sampled_from([None, 0, 1, 2, 3]), st.sampled_from([PHONE, APPLE, GMAIL, ""]))
histories = st.lists(any_hit, min_size=1, max_size=8)


@given(histories, st.data())
def test_order_and_repeats_change_no_verdict_and_inputs_are_gone_in_the_end(history, data):
    hits = [hit(number, *each) for number, each in enumerate(history)]
    plain = verdicts(*hits, links=4)
    world = World(links=4)
    for each in data.draw(st.permutations(hits)):
        world.deliver(*data.draw(st.sampled_from([[each], [each, each]])))
    for again in data.draw(
        st.lists(st.tuples(st.sampled_from(hits), st.sampled_from([0, 300, 700, HOUR])), max_size=4)
    ):
        world.pass_(again[1])
        world.deliver(again[0])
    world.pass_(3 * HOUR)

    assert world.classes() == plain
    assert set(world.classes()) == {str(number) for number in range(len(hits))}
    assert world.kept == {}
    left = str((world.row, world.told))
    assert IP not in left
    assert "Mozilla" not in left
    seen = outcomes.count([world.row], NOW)
    assert outcomes.violations(seen) == []
    by = {by for by, _ in plain.values()}
    assert seen["opened"] == ("human" in by)
    assert SEND in left
