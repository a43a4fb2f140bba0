"""The shop as a simulation imagines it: one customer to whom things happen, and mails that go as a script says.

What happens is folded into the customer as the store does it, and heard at the doors of journeys; what a run does to
the customer is heard there again. Rules, hours, consents and the ledger are asked as a leg asks them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from itertools import count
from typing import Any

from msgspec import structs

from shopkeeper import clock as clocks
from shopkeeper import zones
from shopkeeper.consent.contact import Contact
from shopkeeper.customer import document, orders, rows
from shopkeeper.customer.document import Customer, Stored
from shopkeeper.customer.fold import Candidate, Folding
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.interaction import Interaction, raw
from shopkeeper.customer.measures import Measure, Rules
from shopkeeper.customer.orders import Past
from shopkeeper.journey.doors import entering
from shopkeeper.journey.doors.entering import Entered
from shopkeeper.journey.doors.letting_in import Door
from shopkeeper.journey.effects import ChangeList, Effect, Mail, SetTraits, Start, Tell
from shopkeeper.journey.facts import Facts
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.legs import handing
from shopkeeper.journey.legs.looking import Eyes, Programs, Sight, Sights
from shopkeeper.journey.legs.mailing import Planner
from shopkeeper.journey.rehearsal.scenery import Grants, Ledger, Only, Scenery
from shopkeeper.journey.rehearsal.simulate import LEG, Stage
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Cause
from shopkeeper.mail import ledger, offers, vetoes
from shopkeeper.mail.content import Letter
from shopkeeper.mail.drafting import made
from shopkeeper.mail.errors import RenderError
from shopkeeper.mail.ledger import OTHER, Send
from shopkeeper.mail.letters import UndefinedError
from shopkeeper.mail.look import Look
from shopkeeper.mail.offers import SoldOut
from shopkeeper.mail.vetoes import Veto
from shopkeeper.segment import dates

GIVEN_UP = f"{OTHER}:simulated"
_FACTS = SetTraits | ChangeList | Tell | Start


class Shop:
    """`in_vain` are the keys of effects that came too late: the mail had gone. `fates` say what becomes of mails, by
    their nodes; the others go at once. `letters` are those that went, or could not be made, by their sends; `sights`
    what each leg saw."""

    def __init__(self, graph: Graph, customer: Customer, scenery: Scenery, now: int) -> None:
        self.graph, self.fates, self._scenery, zone = graph, dict[str, str](), scenery, scenery.zone
        self.letters, self.sights = dict[str, Letter | str](), list[Sight]()
        self._grants = Grants(scenery)
        self.stage = Stage(graph, self._look, self._carry, now)
        self.ledger, only, clock = Ledger(), Only(graph), self.stage.clock
        programs, self._zone = Programs(zones.zone(zone)), zone
        self._planner = Planner(self.ledger, scenery.definitions, clock, 1)
        sights = Sights(
            customers=self,
            sends=self.ledger,
            states=only.states,
            draft=self._planner.drafted,
            door=self._asked,
            touches=self.ledger.touches,
            programs=programs,
            clock=clock,
            zone=zone,
        )
        self._eyes = Eyes(sights)
        self._door = Door(self.stage.runs, only, programs, self._zone_of, clock)
        self._rules = _counted(graph, programs, zones.zone(zone))
        counts = {name: customer.registered.get(name, Measure()) for name in self._rules.registered}
        self.customer = structs.replace(customer, registered=counts)
        self.in_vain = set[str]()
        self._numbers, self._orders = count(1), dict[str, Past]()

    @property
    def rows(self) -> list[Row]:
        """Of all runs, the newest entry last."""
        return sorted(self.stage.runs.rows.values(), key=lambda row: row.run.entered_at)

    # What happens.

    def enter(self, said: Mapping[str, Any]) -> bool:
        """By no event of the customer's: as somebody would let them in by hand. False for who is not meant."""
        now, key = self.stage.now, said.get(self.graph.entry.key, "")
        props = entering.scalars(said)
        cause = Cause(id="entry", kind="entry", name="entry", at=now, received_at=now, props=props)
        return self._door.let_in(Entered(self.graph, str(key), cause), self.customer, now)

    def track(self, name: str, said: Mapping[str, Any], **more: Any) -> None:
        self.hear(self._said(name=name, type="track", raw_properties=raw(said), **more))

    def identify(self, traits: Mapping[str, Any]) -> None:
        self.hear(self._said(type="identify", raw_traits=raw(traits)))

    def hear(self, said: Interaction) -> None:
        customer = self.customer
        folding = Folding(customer.document, customer.measures, customer.registered, self._rules)
        folding.add(Candidate(interaction=said, customer_id=customer.customer_id, past=self._past(said)))
        counted, version = folding.counted(), customer.version + 1
        self.customer = structs.replace(
            customer,
            version=version,
            document=folding.document(self.stage.now),
            measures=counted.events,
            registered=counted.registered,
        )
        order = orders.name_of(said) if orders.fact_of(said) else ""
        row = rows.row_of(said, customer_id=customer.customer_id, version=version, order=order)
        self.ledger.hear(row)
        self._door.hear([row], lambda: self.customer)

    def _past(self, said: Interaction) -> Past:
        """Of the order it speaks of; what was said of it before the simulation is not known."""
        fact, name = orders.fact_of(said), orders.name_of(said)
        if fact is None:
            return orders.NOTHING
        past = self._orders.get(name, orders.NOTHING)
        words = {**past.said, fact.key: said.properties}
        self._orders[name] = Past(self.customer.customer_id, (*past.facts, fact), words)
        return past

    def tell(self, row: Row, cause: Cause) -> None:
        self.stage.runs.tell(row.key, cause, self.stage.clock.now())

    def becomes(self, node: str, fate: str) -> None:
        """Of the mails of a node that have not gone yet, and of all that come."""
        self.fates[node] = fate
        for send in list(self.ledger.rows.values()):
            if send.step == node and send.state == ledger.READY:
                self._settle(send)

    def _said(self, **more: Any) -> Interaction:
        at = from_ms(self.stage.now)
        usual: dict[str, Any] = {"message_id": f"script/{next(self._numbers)}", "source": "collect", **more}
        return Interaction(
            subject=f"customer:{self.customer.customer_id}", at=at, received_at=at, trusted=True, **usual
        )

    # What a leg asks, and what it does.

    def load(self, customer_ids: Collection[str]) -> dict[str, Stored]:
        own = self.customer
        return {own.customer_id: document.store(own)} if own.customer_id in customer_ids else {}

    def _zone_of(self, customer: Customer) -> tzinfo:
        return dates.zone_of(customer.document, zones.zone(self._zone))

    def _look(self, row: Row) -> Facts:
        self.sights.append(sight := self._eyes.look(row, self.graph, LEG))
        return sight

    def _asked(self, send: Send) -> Look:
        """What the document says of consents has reached the door of mail."""
        now, contact = self.stage.clock.now(), Contact(self.customer.customer_id)
        opt_in, offered = self._scenery.opt_in(send.topic), offers.of_send(send)
        offer = self._grants.held(offered, ()) if offered else None
        look = Look(send, "running", self.customer, contact, opt_in, now, workspace_zone=self._zone, offer=offer)
        return replace(look, contact=look.contact_soon)

    def _carry(self, row: Row, effects: Sequence[Effect]) -> None:
        mails = [each for each in effects if isinstance(each, Mail)]
        self._planner.plan(mails, row, self.graph)
        for mail in mails:
            if not mail.is_end:
                self._settle(self.ledger.rows[mail.send_id])
            elif self.ledger.rows[mail.send_id].state != ledger.NOT_SENT:
                self.in_vain.add(mail.key)
        for each in effects:
            if isinstance(each, _FACTS):
                self.hear(handing.fact(each, row, self.stage.clock.now()))

    def _settle(self, send: Send) -> None:
        at, fate, reason = clocks.to_text(self.stage.clock.now()), self.fates.get(send.step, "sent"), GIVEN_UP
        if fate == "sent" and (veto := self._write(send)):
            fate, reason = "not_sent", veto.reason
        if fate == "sent":
            self.ledger.rows[send.send_id] = replace(send, state=ledger.ACCEPTED, accepted_at=at)
        elif fate == "not_sent":
            gone = replace(send, state=ledger.NOT_SENT, not_sent_at=at, reason=reason)
            self.ledger.rows[send.send_id] = gone

    def _write(self, send: Send) -> Veto | None:
        """Keeps the letter as it reads, where its template is at hand, or else why there is none."""
        if self._scenery.letters is None:
            return None
        look, letters = self._asked(send), self._scenery.letters
        try:
            letter = made(look, self._grants, lambda told: letters.shown(send, told, look.choose))
        except UndefinedError:
            return None
        except (RenderError, SoldOut) as problem:
            veto = vetoes.unmade(problem)
            self.letters[send.send_id] = veto.reason
            return veto
        self.letters[send.send_id] = letter
        return None


def _counted(graph: Graph, programs: Programs, zone: tzinfo) -> Rules:
    """All that rules of the journey count."""
    reads = (programs.of(text).reads.registered for text in graph.rules.values())
    return Rules(zone, {name: each for some in reads for name, each in some.items()})
