"""A campaign that goes out daily, and the days that pass."""

from datetime import timedelta

from tests.launch_fakes import CAMPAIGN, Definitions
from tests.launch_story import CUSTOMERS
from tests.launch_world import NOON, World

DAILY = {"frequency": "daily", "at": "13:00"}
FIRST, SECOND, THIRD = "spring-2603021300", "spring-2603031300", "spring-2603041300"
DAY = 24 * 3600


def recurring(more=None, **said):
    return CAMPAIGN | {"schedule": {"recurring": DAILY | said}} | (more or {})


def launched(more=None, customers=CUSTOMERS, **said):
    world = World(customers)
    world.launcher.launch("spring", 1, Definitions(recurring(more, **said)))
    return world


def pass_to(world, seconds):
    """Behind NOON; then what is due is woken, and what was begun goes out."""
    world.pass_time((NOON + timedelta(seconds=seconds) - world.now).total_seconds())
    world.wake()
    world.run(world.deliver)


def series(world):
    return world.launches["spring-1"]


def states(world):
    return {name: launch.state for name, launch in world.launches.items() if name != "spring-1"}
