"""A campaign that goes out again and again: each time once, whatever happens to whoever sees to it."""

import pytest

from shopkeeper import clock
from shopkeeper.campaign.launching import NoLaunch, Over
from shopkeeper.campaign.pinning import Wish
from shopkeeper.customer.requests import BadRequest
from tests.launch_fakes import Definitions
from tests.launch_story import CUSTOMERS, LOYAL
from tests.launch_world import NOON, World
from tests.occurrence_world import DAY, FIRST, SECOND, THIRD, launched, pass_to, recurring, series, states
from tests.store_fakes import Crash


def test_each_time_is_a_launch_of_its_own_with_its_own_audience_and_letters_until_it_is_over():
    world = launched(until="2026-03-03")
    assert (series(world).state, series(world).run_at) == ("scheduled", "2026-03-02T13:00:00.000Z")

    pass_to(world, 3600)
    assert (states(world), dict(world.mails)) == ({FIRST: "done"}, dict.fromkeys(LOYAL, 1))
    world.customers = world.customers[:4]
    pass_to(world, 3600 + DAY)

    assert states(world) == {FIRST: "done", SECOND: "done"}
    assert sorted({row.occurrence for row in world.sends.values()}) == [FIRST, SECOND]
    assert (world.launches[SECOND].found, max(world.mails.values())) == (1, 2)
    assert (series(world).state, series(world).past) == ("done", (SECOND, FIRST))
    assert len(world.sends) == len(LOYAL) + 1
    world.wake()
    assert len(world.launches) == 3


def test_the_next_time_is_written_before_this_one_starts():
    world = launched()
    pass_to(world, 3600)

    trace = world.wire.trace[: world.wire.trace.index("before machine.start")]

    assert trace.count("after launches.put") == 4  # The launch, its occurrence, its next time; then the start.
    assert series(world).run_at == "2026-03-03T13:00:00.000Z"


def halves_of_a_wake():
    world = launched()
    world.pass_time(3600)
    before = world.wire.halves
    world.wake()
    return range(before, world.wire.halves)


@pytest.mark.parametrize("crash_at", halves_of_a_wake())
def test_whoever_dies_over_it_leaves_each_time_going_out_once(crash_at):
    world = launched()
    world.pass_time(3600)
    world.wire.crash_at = crash_at
    with pytest.raises(Crash):
        world.wake()

    for hours in (1.1, 1.2, 25.1):
        pass_to(world, hours * 3600)

    assert states(world) == {FIRST: "done", SECOND: "done"}
    assert dict(world.mails) == dict.fromkeys(LOYAL, 2)


@pytest.mark.parametrize(("past_due", "state"), [("skip", "missed"), ("send", "done")])
def test_of_times_that_passed_unseen_the_last_one_obeys_past_due_and_the_others_are_gone(past_due, state):
    world = launched({"past_due": past_due})

    pass_to(world, 3 * DAY)

    assert states(world) == {THIRD: state}
    assert max(world.mails.values(), default=0) == (state == "done")
    assert series(world).run_at == "2026-03-05T13:00:00.000Z"


def test_one_of_its_times_is_called_off_before_it_comes():
    world = launched()
    world.launcher.cancel("spring", FIRST)
    assert (series(world).run_at, series(world).called_off) == ("2026-03-03T13:00:00.000Z", (FIRST,))
    world.launcher.cancel("spring", THIRD)
    assert series(world).run_at == "2026-03-03T13:00:00.000Z"

    for days in range(4):
        pass_to(world, 3601 + days * DAY)

    assert list(states(world)) == [SECOND, "spring-2603051300"]


def test_what_is_none_of_its_times_cannot_be_called_off():
    world = launched()

    for name in ("spring-2603021301", "autumn-2603021300", "spring", "spring-2601011300"):
        with pytest.raises(NoLaunch):
            world.launcher.cancel("spring", name)


def test_called_off_as_a_whole_nothing_more_goes_out_and_it_can_be_launched_afresh():
    world = launched()
    world.pass_time(3600)
    world.wake()
    world.launcher.cancel("spring")
    world.run(world.deliver)
    assert (series(world).state, states(world)) == ("cancelled", {FIRST: "cancelled"})
    pass_to(world, DAY + 3600)
    assert (states(world), dict(world.mails)) == ({FIRST: "cancelled"}, {})

    world.launcher.launch("spring", 1, Definitions(recurring()))
    pass_to(world, 2 * DAY + 3600)

    assert states(world) == {FIRST: "cancelled", THIRD: "done"}
    assert series(world).past == (THIRD, FIRST)


def test_one_occurrence_is_called_off_while_it_goes_out_and_the_next_one_goes():
    world = launched()
    world.pass_time(3600)
    world.wake()
    world.launcher.cancel("spring", FIRST)
    world.run(world.deliver)
    pass_to(world, DAY + 3600)

    assert states(world) == {FIRST: "cancelled", SECOND: "done"}


def put_down(world):
    """An occurrence of which the series does not know: whoever put it down died then."""
    world.pass_time(3600)
    puts = world.put

    def dying(launch):
        if launch.id == "spring-1":
            raise Crash
        puts(launch)

    world.put = dying
    with pytest.raises(Crash):
        world.wake()
    world.put = puts
    assert (states(world), series(world).past) == ({FIRST: "scheduled"}, ())


def test_what_was_put_down_in_the_moment_in_which_all_is_called_off_does_not_go_out():
    world = launched()
    put_down(world)
    world.launcher.cancel("spring")

    pass_to(world, 3660)

    assert (states(world), dict(world.mails)) == ({FIRST: "cancelled"}, {})


def test_what_was_put_down_in_the_moment_in_which_all_is_paused_goes_out_when_it_goes_on():
    world = launched()
    put_down(world)
    world.launcher.pause("spring")
    pass_to(world, 3660)
    pass_to(world, 3660 + 900)
    assert (states(world), dict(world.mails)) == ({FIRST: "scheduled"}, {})

    world.launcher.resume("spring")
    pass_to(world, 3660 + 1800)

    assert (states(world), dict(world.mails)) == ({FIRST: "done"}, dict.fromkeys(LOYAL, 1))


def test_paused_it_lets_its_times_pass_and_goes_on_with_the_next():
    world = launched()
    world.launcher.pause("spring")
    pass_to(world, DAY)
    assert states(world) == {}

    world.launcher.resume("spring")
    pass_to(world, DAY + 60)
    assert states(world) == {FIRST: "missed"}
    pass_to(world, DAY + 3600)

    assert states(world) == {FIRST: "missed", SECOND: "done"}


def test_it_takes_over_a_new_version_for_the_times_to_come():
    world = World(CUSTOMERS)
    versions = Definitions(recurring(), recurring({"topic": "late"}, at="15:00"))
    world.launcher.launch("spring", 1, versions)
    pass_to(world, 3600)

    world.launcher.launch("spring", 2, versions, Wish(2))
    pass_to(world, 3 * 3600)

    assert list(states(world)) == [FIRST, "spring-2603021500"]
    assert [launch.pins.topic for launch in world.launches.values()] == ["late", "news", "late"]


@pytest.mark.parametrize("more", [{"until": "2026-03-01"}, {"from": "2028-01-01"}])
def test_what_has_no_time_within_a_year_is_not_launched(more):
    with pytest.raises(BadRequest) as refused:
        launched(**more)

    assert [field for field, _ in refused.value.findings] == ["schedule.recurring"]


def test_an_instant_is_not_taken_beside_a_schedule_that_says_when():
    world = World(CUSTOMERS)

    with pytest.raises(BadRequest) as refused:
        world.launcher.launch("spring", 1, Definitions(recurring()), Wish(at=clock.to_text(NOON)))

    assert [field for field, _ in refused.value.findings] == ["at"]


def test_what_has_gone_out_for_the_last_time_cannot_be_paused():
    world = launched(count=1, **{"from": "2026-03-02"})
    pass_to(world, 3600)

    with pytest.raises(Over):
        world.launcher.pause("spring")
