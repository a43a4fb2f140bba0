"""One small campaign, launched and brought to its end, whatever happens to its executions."""

from contextlib import suppress

from local.machines.failure import Failed
from tests.launch_fakes import Definitions
from tests.launch_world import World, customer
from tests.store_fakes import Crash

ORDERS = {f"c{n:02}": n % 5 for n in range(23)}
LOYAL = {name for name, orders in ORDERS.items() if orders >= 3}
CUSTOMERS = [customer(name, orders) for name, orders in ORDERS.items()]


def launched(customers=CUSTOMERS, crash_at=None, *, late_index=0, definitions=None, campaign="spring"):
    world, definitions = World(customers, crash_at=crash_at), definitions or Definitions()
    world.late_index = late_index
    try:
        world.launcher.launch(campaign, 1, definitions)
    except Crash:  # The marketer's request failed, and is made again.
        world.launcher.launch(campaign, 1, definitions)
    return world


def to_the_end(world, during=None, rounds=40):
    """Executions run; whenever none does, the clock moves on and wakes what is due."""
    during = during or world.deliver
    for _ in range(rounds):
        with suppress(Crash, Failed):
            world.run(during)
            if world.launch.finished_at:
                return
            world.pass_time(7 * 3600)
            world.wake()
    raise AssertionError(f"not over: {world.launch}")


class Gone(BaseException):
    """The execution vanishes; nothing in it can catch that."""


def die_after(world, calls, during):
    """Before its n-th call of a function. Another execution will be started when the launch is due."""
    left = iter([True] * calls)

    def dying(function):
        def call(event):
            if not next(left, False):
                raise Gone
            return function(event)

        return call

    alive = world.functions
    world.functions = {name: dying(function) for name, function in alive.items()}
    with suppress(Gone, Failed):
        world.run(during)
    world.functions = alive
    world.pass_time(7 * 3600)
    with suppress(Crash):
        world.wake()
