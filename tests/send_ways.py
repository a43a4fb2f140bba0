"""Ways in which one delivery can go wrong, each tried at every half call: what they leave behind is `faults`."""

from datetime import timedelta

from tests.send_fakes import ANSWERS
from tests.send_world import World

HALF_CALLS = 30
JUMPS = (0, 4, 130)


def begun(at, said=()):
    """A worker that waits before its half call number `at`, or has finished."""
    world = World()
    world.answers = list(said)
    worker = world.deliver(world.ids()[0])
    for _ in range(at + 1):
        worker.step()
    return world, worker


def crashing(at, jump, said):
    world, worker = begun(at, said)
    worker.kill()
    world.time += timedelta(seconds=jump)
    return world


def crashing_again_and_again(at, jump, said):
    """Until the queue delivers it no more."""
    world, worker = begun(at, said)
    worker.kill()
    while again := world.deliver(world.ids()[0]):
        world.time += timedelta(seconds=jump)
        for _ in range(at + 1):
            again.step()
        again.kill()
    return world


def losing_an_answer(at, jump, said):
    world, worker = begun(at, said)
    worker.fault = "lost"
    worker.step()
    world.time += timedelta(seconds=jump)
    return world


def overtaken(at, jump, said):
    world, _ = begun(at, said)
    world.time += timedelta(seconds=jump)
    if other := world.deliver(world.ids()[0]):
        other.finish()
    return world


def overtaken_by_one_that_dies(at, jump, said):
    """Which is somewhere in the middle when the first one goes on."""
    world, worker = begun(at, said)
    other = world.deliver(world.ids()[0])
    for _ in range(HALF_CALLS - 2 * at if other else 0):
        other.step()
    world.time += timedelta(seconds=jump)
    worker.finish()
    if other:
        other.kill()
    return world


def acknowledged_by_a_copy(at, jump, said):
    """Both have the same message: whoever ends first takes it away, and then the first one dies."""
    world, worker = begun(at, said)
    if other := world.deliver(world.ids()[0]):
        other.finish()
    world.time += timedelta(seconds=jump)
    worker.kill()
    return world


def opted_out(at, jump, said):
    world, _ = begun(at, said)
    world.opt_out()
    world.time += timedelta(seconds=jump)
    return world


def slow_and_then_opted_out(at, jump, said):
    world, worker = begun(at, said)
    world.time += timedelta(seconds=jump / 2)
    worker.step()
    world.opt_out()
    world.time += timedelta(seconds=jump)
    return world


def cancelled(at, jump, said):
    world, _ = begun(at, said)
    world.cancel()
    world.time += timedelta(seconds=jump)
    return world


def heard_of_early(at, jump, said):
    """SES's own event is faster than the record of its answer."""
    world, worker = begun(at, said)
    world.hear_ses()
    worker.step()
    world.time += timedelta(seconds=jump)
    return world


WAYS = (
    crashing,
    crashing_again_and_again,
    losing_an_answer,
    overtaken,
    overtaken_by_one_that_dies,
    acknowledged_by_a_copy,
    opted_out,
    slow_and_then_opted_out,
    cancelled,
    heard_of_early,
)


def faults(ways=WAYS, answers=ANSWERS):
    """Each way, at each half call, with each answer of SES and each passage of time: what it shows."""
    for said in answers:
        _, alone = begun(HALF_CALLS, [said])
        for at in range(len(alone.trace) + 1):
            for way in ways:
                for jump in JUMPS:
                    if found := way(at, jump, [said]).settle().faults():
                        yield f"{way.__name__} at {at}, {jump} s, SES {said}: {found}"
