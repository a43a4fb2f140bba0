"""One letter to several customers who turn out to be one person, and may be parted again."""

from dataclasses import replace

from shopkeeper import clock
from shopkeeper.consent.contact import OUT, Contact, Word
from shopkeeper.customer import document
from shopkeeper.customer.document import Customer, Document
from shopkeeper.mail import doubts, ledger
from tests import send_family_rules
from tests.send_rules import History
from tests.send_world import World

NAMES = ("al", "bo", "jo")
TO_TWO, AL_FIRST, TO_OTHERS, TO_THREE = ("jo", "al"), ("al", "jo"), ("jo", "bo"), ("jo", "bo", "al")
"""Jo and bo go into al, who may be a recipient or not. The first one named begins."""
_LETTER = ("activity", "step", "occurrence", "topic", "template", "content_ref", "brand")


class Family(World):
    """`families` are the sets of those who were al, `outs` since when somebody wants no such letters, and `given_up`
    when that was written of a send, and how those to the others stood."""

    def __init__(self, *recipients, expires=None, **how):
        self.given_up = {}
        super().__init__(sends=1, **how)
        (letter,) = self.sends.values()
        self.sends, self.messages, self.planned = {}, {}, 0
        self.families, self.outs = History([(self.time, frozenset())]), {}
        for name in NAMES:
            self._live(name)
        told = {each: getattr(letter, each) for each in _LETTER}
        expiring = {name: clock.to_text(self.time + after) for name, after in (expires or {}).items()}
        self.send_ids = {name: self._to(name, told, expiring.get(name, "")) for name in recipients}

    def _to(self, name, told, expires_at):
        row = ledger.planned(customer_id=name, planned_at=self.time, expires_at=expires_at, **told)
        self.planned += 1
        self.put(row)
        self.messages[row.send_id] = 0
        return row.send_id

    def put(self, row):
        if row.state == ledger.NOT_SENT and row.send_id not in self.given_up:
            stood = {each.customer_id: _stands(each) for each in self.sends.values()}
            self.given_up[row.send_id] = self.time, stood
        return super().put(row)

    def merge(self, *gone):
        """Into al; without names only jo."""
        self._become(self.families[-1][1] | {*(gone or ("jo",))})

    def part(self, *back):
        self._become(self.families[-1][1] - {*back})

    def leave(self, name):
        """By the link of some letter to this one."""
        now, held = self.now(), self.contacts.get(name, Contact(name))
        self.contacts[name] = replace(held, topics={"news": Word(OUT, clock.to_text(now), "recipient")})
        self.outs.setdefault(name, now)

    def begin(self, name):
        return self.deliver(self.send_ids[name])

    def outcome(self, name):
        row = self.sends[self.send_ids[name]]
        return row.reason or row.state

    def went_to(self):
        return [mail.recipient for mail in self.accepted]

    def faults(self):
        return send_family_rules.faults(self)

    def _become(self, gone):
        for name in {*NAMES} - {"al"} - gone:
            self._live(name)
        for name in gone:
            self.documents[name] = document.store(Customer(name, 2, Document(merged_into="al")))
        self._live("al", *gone)
        self.families.append((self.now(), frozenset(gone)))

    def _live(self, name, *merged):
        self.documents[name] = document.store(living(name, *merged, version=1 + len(merged)))


def _stands(row):
    return row.reason if row.reason == doubts.UNHEARD else row.state


def living(name, *merged, version=1):
    traits = {"email": f"{name}@example.com", "first_name": name}
    told = dict.fromkeys(traits, (0, "m"))
    return Customer(name, version, Document(traits=traits, told=told, merged=dict.fromkeys(merged, "m")))
