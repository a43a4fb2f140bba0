"""What a sender works with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from shopkeeper.clock import Clock
from shopkeeper.mail.letters import Letters
from shopkeeper.mail.offers import Offers
from shopkeeper.mail.policies import Policies
from shopkeeper.mail.ports import Activities, Contacts, Customers, Keys, Memory, Pace, Post, Sends


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """What a look at one send takes."""

    sends: Sends
    contacts: Contacts
    customers: Customers
    activities: Activities
    letters: Letters
    policies: Policies
    offers: Offers
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports(Views):
    keys: Keys
    pace: Pace
    post: Post
    memory: Memory


@dataclass(frozen=True, slots=True)
class Settings:
    """A lease outlasts the function that takes it. `spread(low, high)` is any number between, `pause(n)` waits a little
    before try n + 1. `zone` is the IANA name of the workspace's."""

    lease: timedelta
    due_shards: int
    spread: Callable[[float, float], float]
    pause: Callable[[int], None]
    zone: str = "UTC"
