"""Hits on one letter from the door to the row of its send, on tables in memory: who made them, and what is left."""

from dataclasses import replace
from datetime import timedelta

from shopkeeper import clock
from shopkeeper.clock import Clock
from shopkeeper.customer import interaction, rows, unjudged
from shopkeeper.customer.interaction import raw
from shopkeeper.customer.outcomes import outcome_of
from shopkeeper.customer.store import keeping
from shopkeeper.customer.store.keeping import Places
from shopkeeper.mail.verdicts import Judge, Overtaken, Waiting
from tests.interactions import said
from tests.outcome_oracle import NOW, PLANNED

SEND = PLANNED.send_id
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
IP = "203.0.113.9"


def hit(number, after, link=None, agent=PHONE, ip=IP):
    """So many seconds after the letter was delivered."""
    verb, name = ("click", unjudged.CLICKED) if link is not None else ("open", "Email Opened")
    at = clock.to_text(NOW + timedelta(seconds=after))
    about = {"class": "unknown", "content": "aa"} | ({} if link is None else {"link": link})
    message_id = f"{SEND}/{verb}/{number}"
    whole = said(f"send:{SEND}", message_id, name=name, at=at, received_at=at, source="tracking", properties=about)
    return interaction.Interaction(**_fields(whole), raw_context=raw({"ip": ip, "agent": agent}))


def _fields(whole):
    return {name: getattr(whole, name) for name in whole.__struct_fields__ if name != "raw_context"}


class World:
    """Its Hits, Sends, memory and clock are the world itself; `kept` is what waits, `told` the rows of the memory."""

    def __init__(self, links=3):
        self.row = replace(PLANNED, state="delivered", delivered_at=clock.to_text(NOW), content_ref="aa")
        self.kept, self.revision, self.due_at, self.now_ = {}, 0, None, NOW
        self.crowd = {}
        self.told, self.links, self.overtaken_by = {}, [f"https://shop.example/{n}" for n in range(links)], []

    def deliver(self, *hits):
        for refused in keeping.keep({str(n): each for n, each in enumerate(hits)}, Places(self, self, self)).values():
            self.send([interaction.encode(refused)])

    def keep(self, hits):
        """As the adapter: a set of texts, due when the first of them is."""
        if len(self.kept) >= 64:
            return list(hits)
        for each in hits[SEND]:
            self.kept[repr(each)] = each
            due = clock.from_text(each.at) + timedelta(minutes=10)
            self.due_at = min(filter(None, (self.due_at, due)))
        self.revision += 1
        return []

    def join(self, hits):
        pass

    def others(self, send_id, hit):
        return self.crowd.get(hit.message_id.rpartition("/")[2], 0)

    def await_verdicts(self, hits):
        self.row = replace(self.row, unjudged=self.row.unjudged.union(*hits.values()))

    def load(self, send_id):
        return self.row

    def send(self, messages):
        """Stored and announced at once; a row is never written over."""
        for each in map(interaction.decode, messages):
            row = rows.row_of(each, customer_id="c1")
            if row.key in self.told:
                continue
            self.told[row.key] = row
            if outcome := outcome_of(row):
                self._mark(outcome)

    def _mark(self, outcome):
        held = getattr(self.row, outcome.attribute)
        said_ = {outcome.attribute: min(filter(None, (held, outcome.at)))}
        waiting = self.row.unjudged - {outcome.hit[1:]}
        self.row = replace(self.row, hits=self.row.hits | {outcome.hit}, unjudged=waiting, **said_)

    def put(self, waiting, due_at):
        self._check(waiting)
        self.kept = {repr(each): each for each in waiting.hits}
        self.revision, self.due_at = self.revision + 1, due_at

    def drop(self, waiting):
        self._check(waiting)
        self.kept, self.due_at = {}, None

    def _check(self, waiting):
        if waiting.revision != self.revision:
            raise Overtaken

    def pass_(self, seconds):
        """The clock visits what is due, as often as it takes."""
        until = self.now_ + timedelta(seconds=seconds)
        while self.due_at and self.due_at <= until:
            self.now_ = max(self.now_, self.due_at)
            while self.judge().visit(SEND):
                pass
        self.now_ = until

    def judge(self):
        return Judge(_Kept(self), self, self, lambda ref: self.links, self, Clock(self.now_.timestamp))

    def classes(self):
        """By the last part of their ids, the class and reason of each."""
        found = ((row.message_id.rpartition("/")[2], row.said()["properties"]) for row in self.told.values())
        return {name: (each["class"], each["reason"]) for name, each in found}


class _Kept:
    def __init__(self, world):
        self.world, self.put, self.drop = world, world.put, world.drop

    def load(self, send_id):
        world = self.world
        waiting = Waiting(send_id, tuple(world.kept.values()), world.revision) if world.kept else None
        world.deliver(*(world.overtaken_by.pop() for _ in world.overtaken_by[:1]))
        return waiting
