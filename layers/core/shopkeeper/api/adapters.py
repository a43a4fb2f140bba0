"""What routes reach AWS through: each adapter is made when it is first asked for, and kept."""

from collections.abc import Mapping
from functools import cached_property

from shopkeeper import zones
from shopkeeper.api.journey_adapters import JourneyAdapters
from shopkeeper.aws import workspace
from shopkeeper.aws.accounts import Accounts
from shopkeeper.aws.assets import Assets
from shopkeeper.aws.connectors import Connectors
from shopkeeper.aws.contacts import Contacts
from shopkeeper.aws.customers import Customers
from shopkeeper.aws.definitions import Definitions
from shopkeeper.aws.dictionaries import Dictionaries
from shopkeeper.aws.editions import Editions
from shopkeeper.aws.exports import Exports
from shopkeeper.aws.files import Files
from shopkeeper.aws.holds import Holds
from shopkeeper.aws.identities import Identities
from shopkeeper.aws.import_jobs import Customs, ImportJobs
from shopkeeper.aws.interactions import Interactions
from shopkeeper.aws.launches import Launches, Recounts
from shopkeeper.aws.live import LiveCalls
from shopkeeper.aws.mail_states import MailStates
from shopkeeper.aws.members import Members
from shopkeeper.aws.merges import Merges
from shopkeeper.aws.messages import Messages
from shopkeeper.aws.names import Names
from shopkeeper.aws.offers import Offers
from shopkeeper.aws.orders import Orders
from shopkeeper.aws.queues import Queue
from shopkeeper.aws.recomputes import Recomputes
from shopkeeper.aws.records import Answers
from shopkeeper.aws.segment_measures import SegmentMeasures
from shopkeeper.aws.sends import Sends
from shopkeeper.aws.source_states import SourceStates
from shopkeeper.aws.states import Machine
from shopkeeper.aws.tracking import KeyRingSecret
from shopkeeper.aws.walks import Slices
from shopkeeper.aws.write_keys import WriteKeys
from shopkeeper.customer.measures import Rules
from shopkeeper.customer.standing import Stand
from shopkeeper.segment.standing import Standings


class Adapters(JourneyAdapters):
    """`settings` is the environment of the function."""

    def __init__(self, settings: Mapping[str, str]) -> None:
        self.settings = settings

    @property
    def zone(self) -> str:
        """Its IANA name."""
        return workspace.zone_name(self.settings)

    @property
    def rules(self) -> Rules:
        """What is counted by event name; registered measures stay as they are where these hold."""
        return Rules(zones.zone(self.zone))

    @property
    def stand(self) -> Stand:
        """Where customers stand in segments, for those who write them."""
        return Standings(self.editions).stand

    @cached_property
    def editions(self) -> Editions:
        return Editions.from_env()

    @cached_property
    def customers(self) -> Customers:
        return Customers.from_env()

    @cached_property
    def identities(self) -> Identities:
        return Identities.from_env()

    @cached_property
    def accounts(self) -> Accounts:
        return Accounts.from_env()

    @cached_property
    def interactions(self) -> Interactions:
        return Interactions.from_env()

    @cached_property
    def merges(self) -> Merges:
        return Merges.from_env()

    @cached_property
    def connectors(self) -> Connectors:
        return Connectors.from_env(self.definitions)

    @cached_property
    def offers(self) -> Offers:
        return Offers.from_env(self.definitions)

    @cached_property
    def orders(self) -> Orders:
        return Orders.from_env()

    @cached_property
    def incoming(self) -> Queue:
        """The queue of interactions."""
        return Queue.from_env()

    @cached_property
    def contacts(self) -> Contacts:
        return Contacts.from_env()

    @cached_property
    def names(self) -> Names:
        return Names.from_env()

    @cached_property
    def dictionaries(self) -> Dictionaries:
        return Dictionaries.from_env()

    @cached_property
    def definitions(self) -> Definitions:
        return Definitions.from_env()

    @cached_property
    def keys(self) -> WriteKeys:
        return WriteKeys.from_env()

    @cached_property
    def key_ring(self) -> KeyRingSecret:
        return KeyRingSecret.from_env()

    @cached_property
    def members(self) -> Members:
        """Who is in which segment and on which list."""
        return Members.from_env()

    @cached_property
    def exports(self) -> Exports:
        return Exports.from_env()

    @cached_property
    def jobs(self) -> ImportJobs:
        return ImportJobs.from_env()

    @cached_property
    def slices(self) -> Slices:
        """Of walks over all customers."""
        return Slices.from_env()

    @cached_property
    def recomputes(self) -> Recomputes:
        return Recomputes.from_env()

    @cached_property
    def segment_measures(self) -> SegmentMeasures:
        return SegmentMeasures.from_env()

    @cached_property
    def customs(self) -> Customs:
        return Customs.from_env()

    @cached_property
    def imports(self) -> Queue:
        """The queue of imports that are to be read."""
        return Queue.from_env("IMPORTS_QUEUE_URL")

    @cached_property
    def source_states(self) -> SourceStates:
        return SourceStates.from_env()

    @cached_property
    def sources(self) -> Queue:
        """The queue of sources that somebody must look after."""
        return Queue.from_env("SOURCES_QUEUE_URL")

    @cached_property
    def files(self) -> Files:
        return Files.from_env()

    @cached_property
    def assets(self) -> Assets:
        return Assets.from_env()

    @cached_property
    def live(self) -> LiveCalls:
        return LiveCalls.from_env()

    @cached_property
    def answers(self) -> Answers:
        return Answers.from_env()

    @cached_property
    def launches(self) -> Launches:
        return Launches.from_env()

    @cached_property
    def recounts(self) -> Recounts:
        return Recounts.from_env()

    @cached_property
    def holds(self) -> Holds:
        return Holds.from_env()

    @cached_property
    def mail_states(self) -> MailStates:
        return MailStates.from_env()

    @cached_property
    def machine(self) -> Machine:
        return Machine.from_env()

    @cached_property
    def messages(self) -> Messages:
        return Messages.from_env()

    @cached_property
    def outgoing(self) -> Queue:
        """The transactional lane of mail."""
        return Queue.from_env("OUTGOING_TRANSACTIONAL_QUEUE_URL")

    @cached_property
    def sends(self) -> Sends:
        return Sends.from_env()
