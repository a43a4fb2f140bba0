"""What routes about journeys reach AWS through, as `adapters` has it for all others."""

from functools import cached_property

from shopkeeper.aws.breakers import Breakers
from shopkeeper.aws.business_events import BusinessEvents
from shopkeeper.aws.censuses import Censuses
from shopkeeper.aws.journeys import Journeys
from shopkeeper.aws.legs import Legs
from shopkeeper.aws.migrations import Migrations
from shopkeeper.aws.runs import Runs
from shopkeeper.aws.tasks import Tasks
from shopkeeper.aws.turns import TurnRows


class JourneyAdapters:
    @cached_property
    def tasks(self) -> Tasks:
        return Tasks.from_env()

    @cached_property
    def legs(self) -> Legs:
        return Legs.from_env()

    @cached_property
    def journeys(self) -> Journeys:
        return Journeys.from_env()

    @cached_property
    def business_events(self) -> BusinessEvents:
        return BusinessEvents.from_env()

    @cached_property
    def breakers(self) -> Breakers:
        return Breakers.from_env()

    @cached_property
    def censuses(self) -> Censuses:
        """The counts of journeys."""
        return Censuses.from_env()

    @cached_property
    def migrations(self) -> Migrations:
        return Migrations.from_env()

    @cached_property
    def turns(self) -> TurnRows:
        """Of journeys that recur."""
        return TurnRows.from_env()

    @cached_property
    def runs(self) -> Runs:
        return Runs.from_env()
