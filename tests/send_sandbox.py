"""A sandbox of mail_send: what it reads of activities, definitions and the key ring, and how long it remembers that.

It serves one delivery after the other, as Lambda does, and remembers as long as the ports of sending allow.
"""

from datetime import timedelta

from shopkeeper.aws.activities import Activities
from shopkeeper.aws.remembered import Remembered, UnreadableError
from shopkeeper.clock import Clock
from shopkeeper.mail import content, ports
from shopkeeper.mail.letters import Letters
from shopkeeper.mail.policies import Policies
from shopkeeper.mail.terms import Terms
from tests.hold_fakes import FakeHolds
from tests.send_definitions import PUBLISHED, RING, TRACKING_ADDRESS, FakeDefinitions, Messages
from tests.send_fakes import Outage, asked

CONTENT = content.load(PUBLISHED)
FOR_EVER = timedelta(days=1000)


class Sandbox:
    def __init__(self, world):
        self.world, self.worker = world, None
        self._held = {}
        holds = FakeHolds(world.holds, lambda name, work: asked(self.worker, name, work), world.note_hold)
        self.activities = Activities(self, holds, self, None, None, Clock(lambda: world.now().timestamp()))
        self.letters = ParsedLetters(Definitions(self), TRACKING_ADDRESS, Messages({}))
        self.policies = Policies(Definitions(self), Clock(lambda: world.now().timestamp()))
        self.keys = Remembered(self._read_ring, fresh=timedelta(minutes=5), keep=timedelta(hours=24))

    @property
    def is_free(self):
        return self.worker is None or (self.worker.done and not self.worker.killed)

    def status(self, activity, occurrence):
        return self.recall(
            f"launches.get {activity}", ports.STATUS_HOLDS_FOR, "launches.get", lambda: self.world.status(activity)
        )

    def get(self):
        """How all mail stands."""
        return self.recall("mail.get", ports.STATUS_HOLDS_FOR, "mail.get", lambda: self.world.mail[-1][1])

    def terms(self, activity, occurrence):
        return self.world.terms.get(activity, Terms())

    def letter(self, activity, occurrence):
        return self.world.letter

    def recall(self, key, fresh, name, read):
        """The instant comes first, as in the adapters: what is remembered is never older than it says."""
        now = self.world.now()
        if key not in self._held or now >= self._held[key][0] + fresh:
            self._held[key] = now, asked(self.worker, name, read)
        return self._held[key][1]

    def _read_ring(self):
        try:
            return asked(self.worker, "secrets.get", lambda: RING)
        except Outage as problem:
            raise UnreadableError from problem


class Definitions:
    def __init__(self, sandbox):
        self._sandbox, self._stored = sandbox, FakeDefinitions(sandbox.world.opt_in, sandbox.world.policy)

    def version(self, kind, definition_id, number):
        read = lambda: self._stored.version(kind, definition_id, number)  # noqa: E731
        return self._sandbox.recall((kind, number), FOR_EVER, f"definitions.{kind}", read)

    def current(self, kind, definition_id):
        if kind == "policy" and not self._sandbox.world.policy:
            return None
        read = lambda: self._stored.current(kind, definition_id)  # noqa: E731
        return self._sandbox.recall(kind, timedelta(seconds=60), f"definitions.{kind}", read)


class ParsedLetters(Letters):
    """Each sandbox reads the template; parsing it once will do for all of them."""

    def _content(self, template):
        if template not in self._contents:
            self._pinned("template", template)
            self._contents[template] = CONTENT
        return self._contents[template]
