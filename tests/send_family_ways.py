"""Ways in which two deliveries of one letter can meet while their customers are merged, each at half calls of both."""

from datetime import timedelta

from tests.send_family import Family

HALF_CALLS = 34


def meeting(recipients, at, then, *said):
    """The first one is as far as `at` when all are merged; after that the last one goes on as far as `then`."""
    world = Family(*recipients)
    world.answers = list(said)
    workers = [world.begin(name) for name in recipients]
    workers[0].step(at + 1)
    world.merge("jo", "bo")
    workers[-1].step(then + 1)
    return world, workers


def undisturbed(recipients, at, then):
    return meeting(recipients, at, then)[0]


def the_first_dies(recipients, at, then):
    world, workers = meeting(recipients, at, then)
    workers[0].kill()
    return world


def the_last_dies(recipients, at, then):
    world, workers = meeting(recipients, at, then)
    workers[-1].kill()
    return world


def both_were_under_way(recipients, at, then):
    """And neither knew when it began; so long ago that each looks again."""
    world = Family(*recipients)
    workers = [world.begin(name) for name in recipients]
    workers[0].step(at + 1)
    workers[-1].step(then + 1)
    world.merge("jo", "bo")
    world.time += timedelta(seconds=10)
    for _ in range(HALF_CALLS):
        for worker in workers:
            worker.step()
    return world


def both_were_under_way_and_died(recipients, at, then):
    world = Family(*recipients)
    workers = [world.begin(name) for name in recipients]
    workers[0].step(at + 1)
    workers[-1].step(then + 1)
    world.merge("jo", "bo")
    for worker in workers:
        worker.kill()
    return world


def the_first_has_a_bad_address(recipients, at, then):
    return meeting(recipients, at, then, "bad_address")[0]


def the_first_has_a_bad_address_and_dies(recipients, at, then):
    """On its last delivery, so that nobody comes back for what it leaves."""
    world = Family(*recipients)
    world.answers = ["bad_address"]
    world.messages[world.send_ids[recipients[0]]] = 2
    first, *_, last = (world.begin(name) for name in recipients)
    world.merge("jo", "bo")
    first.step(at + 1)
    last.step(then + 1)
    first.kill()
    return world


def the_first_has_to_wait(recipients, at, then):
    return meeting(recipients, at, then, "throttle")[0]


def the_first_is_lost(recipients, at, then):
    return meeting(recipients, at, then, "accept_and_fail")[0]


def a_copy_comes(recipients, at, then):
    """Of the first one, when both have begun and each has yet to look again."""
    world = Family(*recipients)
    first, *_, last = (world.begin(name) for name in recipients)
    last.step(then + 1)
    first.step(at + 1)
    world.merge("jo", "bo")
    world.time += timedelta(seconds=10)
    while not first.done and first.waits_at != "sends.apply":
        first.step()
    last.step(6)
    if copy := world.begin(recipients[0]):
        copy.finish()
    last.finish()
    return world


def parted_again(recipients, at, then):
    world, workers = meeting(recipients, at, then)
    world.part("jo")
    world.time += timedelta(seconds=2)
    workers[-1].step(8)
    world.merge("jo")
    return world


def somebody_leaves(recipients, at, then):
    world, _ = meeting(recipients, at, then)
    world.leave("jo")
    return world


WAYS = (
    the_first_dies,
    the_last_dies,
    both_were_under_way,
    both_were_under_way_and_died,
    the_first_has_a_bad_address,
    the_first_has_a_bad_address_and_dies,
    the_first_has_to_wait,
    the_first_is_lost,
    a_copy_comes,
    parted_again,
    somebody_leaves,
)


def played(way, recipients, every):
    for at in range(HALF_CALLS):
        for then in range(at % every, HALF_CALLS, every):
            yield way(recipients, at, then).settle(), f"{way.__name__}, {recipients}, at {at}, then {then}"


def faults(way, groups, every):
    for recipients in groups:
        for world, told in played(way, recipients, every):
            if found := world.faults():
                yield f"{told}: {found}"
