"""Ways in which time gets between two calls of one delivery: hours that begin, a pause, an end, an address corrected.

Each is tried at every half call, as those of `send_ways` are.
"""

from datetime import timedelta

from tests.send_ways import begun


def slow(at, jump, said, kind):
    """In the middle of it, and later once more."""
    world, worker = begun(at, said, kind)
    world.time += timedelta(seconds=jump)
    worker.step(8)
    world.time += timedelta(seconds=jump / 2)
    worker.finish()
    return world


def paused_and_resumed(at, jump, said, kind):
    """While it is under way; what comes in between finds a pause, and its message is gone."""
    world, worker = begun(at, said, kind)
    world.pause()
    world.time += timedelta(seconds=jump)
    if other := world.deliver(world.ids()[0]):
        other.finish()
    world.resume()
    worker.finish()
    return world


def paused_and_called_off(at, jump, said, kind):
    world, worker = begun(at, said, kind)
    world.pause()
    world.time += timedelta(seconds=jump)
    world.cancel()
    worker.finish()
    return world


def resubmitted(at, jump, said, kind):
    """Refused for its address, which is then corrected, while whoever found that may still be about."""
    world, worker = begun(at, said, kind)
    _once_more(world, jump)
    worker.finish()
    return world


def resubmitted_twice(at, jump, said, kind):
    world, worker = begun(at, [*said, *said], kind)
    worker.kill()
    for _ in range(2):
        world.hear_ses()
        world.tick()
        world.watch()
        if other := world.deliver(world.ids()[0]):
            other.finish()
        _once_more(world, jump)
    return world


def _once_more(world, jump):
    world.correct()
    world.time += timedelta(seconds=jump)
    world.tick()
    if other := world.deliver(world.ids()[0]):
        other.finish()


WAYS = (slow, paused_and_resumed, paused_and_called_off, resubmitted, resubmitted_twice)
