"""The door of journeys, and what brings customers to it by the calendar, as functions use them."""

from collections.abc import Callable, Iterable
from datetime import tzinfo

from shopkeeper.aws import workspace
from shopkeeper.aws.business_events import BusinessEvents
from shopkeeper.aws.coming import ComingRows
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.runs import Runs
from shopkeeper.aws.turns import TurnRows
from shopkeeper.aws.walks import Slices
from shopkeeper.clock import Clock
from shopkeeper.customer.document import Customer, Stored
from shopkeeper.customer.walks import Work
from shopkeeper.journey.doors import business, coming
from shopkeeper.journey.doors.arriving import Arrivals
from shopkeeper.journey.doors.coming import Planner
from shopkeeper.journey.doors.letting_in import Door, Journeys
from shopkeeper.journey.doors.taking_turns import Turns
from shopkeeper.journey.doors.turns import KIND, SERIES, WALK, Turning
from shopkeeper.journey.legs.looking import Programs
from shopkeeper.journey.rows import RunKey
from shopkeeper.segment import dates


def door(journeys: Journeys) -> Door:
    return Door(Runs.from_env(), journeys, Programs(workspace.zone()), _zone(), Clock())


def planner(journeys: Journeys) -> Planner:
    return Planner(ComingRows.from_env(), journeys, _zone(), Clock())


def arrivals(journeys: Journeys) -> Arrivals:
    stores = ComingRows.from_env(), Customers.from_env(), journeys
    return Arrivals(*stores, door(journeys), planner(journeys), _zone(), Clock())


def turns(journeys: Journeys) -> Turns:
    stores = TurnRows.from_env(), Slices.from_env(), Customers.from_env(), journeys
    return Turns(*stores, door(journeys), _zone(), Clock())


def visits(journeys: Journeys) -> dict[str, Callable[[str], bool]]:
    """What the clock does about records of entries that are due."""
    its = turns(journeys)
    return {coming.KIND: arrivals(journeys).visit, SERIES: its.begin, KIND: its.visit}


def works(journeys: Journeys, start: Callable[[Iterable[RunKey]], None]) -> dict[str, Work[Stored]]:
    """Of walks over all customers who may come in. `start` is given runs that are due."""
    turning = Turning(TurnRows.from_env(), journeys, Programs(workspace.zone()), _zone(), Clock())
    return {
        business.KIND: business.Bringing(BusinessEvents.from_env(), journeys, door(journeys), start, Clock()),
        coming.WALK: coming.Planning(planner(journeys), journeys),
        WALK: turning,
    }


def _zone() -> Callable[[Customer], tzinfo]:
    """In which a customer's clock goes."""
    workspace_zone = workspace.zone()
    return lambda customer: dates.zone_of(customer.document, workspace_zone)
