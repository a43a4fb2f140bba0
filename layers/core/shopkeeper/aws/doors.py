"""The door of journeys, as functions open it that let customers in."""

from shopkeeper.aws import workspace
from shopkeeper.aws.journeys import Journeys
from shopkeeper.aws.runs import Runs
from shopkeeper.clock import Clock
from shopkeeper.journey.letting_in import Door
from shopkeeper.journey.looking import Programs
from shopkeeper.segment import dates


def door(journeys: Journeys) -> Door:
    zone = workspace.zone()
    return Door(Runs.from_env(), journeys, Programs(zone), lambda who: dates.zone_of(who.document, zone), Clock())
