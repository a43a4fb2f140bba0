"""The door of journeys, and what brings customers to it by the calendar, as functions use them."""

from collections.abc import Callable
from datetime import tzinfo

from shopkeeper.aws import workspace
from shopkeeper.aws.coming import ComingRows
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.journeys import Journeys
from shopkeeper.aws.runs import Runs
from shopkeeper.clock import Clock
from shopkeeper.customer.document import Customer
from shopkeeper.journey.arriving import Arrivals
from shopkeeper.journey.coming import Planner
from shopkeeper.journey.letting_in import Door
from shopkeeper.journey.looking import Programs
from shopkeeper.segment import dates


def door(journeys: Journeys) -> Door:
    return Door(Runs.from_env(), journeys, Programs(workspace.zone()), _zone(), Clock())


def planner(journeys: Journeys) -> Planner:
    return Planner(ComingRows.from_env(), journeys, _zone(), Clock())


def arrivals(journeys: Journeys) -> Arrivals:
    stores = ComingRows.from_env(), Customers.from_env(), journeys
    return Arrivals(*stores, door(journeys), planner(journeys), _zone(), Clock())


def _zone() -> Callable[[Customer], tzinfo]:
    """In which a customer's clock goes."""
    workspace_zone = workspace.zone()
    return lambda customer: dates.zone_of(customer.document, workspace_zone)
