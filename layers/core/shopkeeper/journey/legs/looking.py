"""Facts of a leg as they are in the shop: the customer's document, the ledger, the door of mail, the journey's state.

All is read once, when it is first asked for: so a leg that only waits reads the customer and nothing else.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, tzinfo
from typing import Protocol

from shopkeeper import clock, zones
from shopkeeper.clock import Clock
from shopkeeper.customer import following, habits, unjudged
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import from_ms, ms_of, to_ms
from shopkeeper.journey import run as runs
from shopkeeper.journey.doors.owners import GONE
from shopkeeper.journey.facts import Going, Gone, MailVerdict, Resume, SendState, Shift, Verdict
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.legs import hours
from shopkeeper.journey.legs.mailing import NoLetter
from shopkeeper.journey.nodes import Message
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Run
from shopkeeper.journey.state import State
from shopkeeper.journey.trail import Touch
from shopkeeper.mail import ledger, timing, vetoes
from shopkeeper.mail import touches as mails
from shopkeeper.mail.ledger import OTHER, Send
from shopkeeper.mail.look import Look
from shopkeeper.mail.timing import Wait
from shopkeeper.mail.vetoes import Veto
from shopkeeper.segment import dates, rule
from shopkeeper.segment.evaluate import Program, compile_rule

LATER = timedelta(minutes=2)
"""After which it is asked again whether a consent that is on its way has come."""
MOST_PROGRAMS = 500
QUIET = f"{OTHER}:quiet"
"""Hours of the journey itself."""


class Ledger(Protocol):
    def load(self, send_id: str) -> Send | None:
        """Read consistently."""


class Programs:
    """Rules of graphs, each compiled once in a process. `zone` is the workspace's."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._known: dict[str, Program] = {}

    def of(self, text: str) -> Program:
        if text not in self._known:
            if len(self._known) >= MOST_PROGRAMS:
                del self._known[next(iter(self._known))]
            self._known[text] = compile_rule(rule.kept(text), self._zone)
        return self._known[text]


@dataclass(frozen=True, slots=True)
class Sights:
    """What a look takes. `draft` is the row of the ledger that a message would plan, `door` what mail
    sees of it. `touches` tells of mails to a customer since an instant, those of these ids among them, and
    `beside` of what other runs did."""

    customers: following.Customers
    sends: Ledger
    states: Callable[[], Mapping[str, State]]
    draft: Callable[[Message, Row, str, str, datetime], Send]
    door: Callable[[Send], Look]
    touches: Callable[[Customer, str, Collection[str]], Iterable[mails.Touch]]
    programs: Programs
    clock: Clock
    zone: str = "UTC"
    broken: Callable[[str], Collection[str]] = lambda _journey: ()
    beside: Callable[[Customer, Run], Iterable[Touch]] = lambda _customer, _run: ()


class Eyes:
    def __init__(self, sights: Sights) -> None:
        self._sights = sights

    def look(self, row: Row, graph: Graph, leg: str) -> "Sight":
        """Raises InMotion, Unreadable."""
        living = following.find(row.customer_id, self._sights.customers)
        state = self._sights.states().get(graph.journey)
        return Sight(self._sights, row, graph, leg, living, state, self._sights.clock.now())


@dataclass(slots=True)
class Sight:
    """The facts of one leg of one run. `verdicts` are those that were given on mails, by their nodes."""

    _sights: Sights
    _row: Row
    _graph: Graph
    leg: str
    _living: Customer | None
    _state: State | None
    _now: datetime
    _held: dict[str, Verdict] = field(default_factory=dict)
    _mails: dict[str, Send | None] = field(default_factory=dict)
    verdicts: dict[str, MailVerdict] = field(default_factory=dict)

    @property
    def zone(self) -> tzinfo:
        return zones.zone(self._own_zone or self._sights.zone)

    @property
    def zone_is_own(self) -> bool:
        return bool(self._own_zone)

    @property
    def _own_zone(self) -> str:
        return habits.own_zone(self._living.document) if self._living else ""

    @property
    def going(self) -> Going:
        """Who is inside came in when it was live: one that is not remembered was published a moment ago."""
        return self._state.goes_for(self._row.run.life) if self._state else "live"

    @property
    def broken(self) -> Collection[str]:
        return self._sights.broken(self._graph.journey)

    @property
    def resume(self) -> Resume:
        return self._state.resume if self._state else "skip_due"

    @property
    def shifts(self) -> Sequence[Shift]:
        return self._state.shifts if self._state else ()

    @property
    def gone(self) -> Gone:
        """Whose run is still to be moved to whom they were merged into goes on meanwhile, with whom they are now."""
        if self._living is None:
            return "erased"
        is_told = any(each.kind == "clock" and each.name == GONE for each in self._row.inbox)
        return "merged" if is_told and self._living.customer_id != self._row.customer_id else ""

    def holds(self, ref: str) -> Verdict:
        if ref not in self._held:
            customer = self._living or Customer(self._row.customer_id)
            said = self._sights.programs.of(self._graph.rules[ref]).evaluate(customer, ms_of(self._now))
            self._held[ref] = Verdict(said.truth, said.flips_at)
        return self._held[ref]

    def date(self, path: str) -> int | date | None:
        return dates.held(self._living.document.traits if self._living else {}, path, self.zone)

    def mail(self, send_id: str) -> SendState | None:
        row = self._row_of(send_id)
        return sent(row) if row else None

    def is_judged(self, send_id: str) -> bool:
        row = self._row_of(send_id)
        return row is None or not unjudged.still(row.unjudged, row.hits)

    def touches(self, since: int) -> Sequence[Touch]:
        run, own = self._row.run, runs.activity(self._row.run.journey)
        sent = [run.send_id(node, each.visit) for node, each in run.mails.items()]
        if self._living is None:
            return []
        found = self._sights.touches(self._living, from_ms(since), sent)
        of_mails = (
            Touch(to_ms(each.at), each.kind, each.step, "" if each.activity == own else each.activity) for each in found
        )
        return [*of_mails, *self._sights.beside(self._living, run)]

    def _row_of(self, send_id: str) -> Send | None:
        if send_id not in self._mails:
            self._mails[send_id] = self._sights.sends.load(send_id)
        return self._mails[send_id]

    def may_mail(self, message: Message, send_id: str) -> MailVerdict:
        node = next((key for key, each in self._graph.nodes.items() if each is message), "")
        said = self.verdicts[node] = self._verdict(message, send_id)
        return said

    def _verdict(self, message: Message, send_id: str) -> MailVerdict:
        """Hours of the journey go first, as they ask nobody."""
        if own := self._own_terms(message):
            return own
        try:
            send = self._sights.draft(message, self._row, "", self._row.run.id, self._now)
        except NoLetter as problem:
            return MailVerdict("never", ms_of(self._now), f"{OTHER}:no_letter: {problem}")
        return verdict(self._sights.door(replace(send, send_id=send_id)))

    def _own_terms(self, message: Message) -> MailVerdict | None:
        if message.mail_class == "transactional":
            return None
        terms, now = self._graph.terms, ms_of(self._now)
        free = hours.free_from(terms, self.zone, self._now)
        if free == self._now:
            return None
        said = {"zone": getattr(self.zone, "key", "UTC"), "zone_of": "customer" if self.zone_is_own else "workspace"}
        if free is None or terms.when_quiet == "skip":
            return MailVerdict("never", now, QUIET, said)
        return MailVerdict("later", ms_of(free), QUIET, said)


def sent(row: Send) -> SendState:
    """What a wait behind a mail makes of its row."""
    if row.state in ledger.AT_PROVIDER:
        return SendState("sent", to_ms(row.accepted_at or row.planned_at))
    if row.state in (ledger.NOT_SENT, ledger.HELD_OUT):
        return SendState("not_sent", to_ms(row.not_sent_at or row.planned_at), row.reason)
    return SendState("waiting", to_ms(row.due_at) if row.due_at else 0)


def verdict(look: Look) -> MailVerdict:
    """The same that the door will say, as far as it can be said before the letter is rendered."""
    if veto := vetoes.first(look):
        return _never(look, veto)
    if coming := vetoes.consent_on_its_way(look):
        return MailVerdict("later", ms_of(look.at + LATER), f"{OTHER}:consent_on_its_way", coming)
    objection = timing.first(look)
    if isinstance(objection, Veto):
        return _never(look, objection)
    if isinstance(objection, Wait):
        return MailVerdict("later", ms_of(objection.until), f"{OTHER}:{objection.why}", objection.evidence)
    return MailVerdict("now")


def _never(look: Look, veto: Veto) -> MailVerdict:
    return MailVerdict("never", to_ms(clock.to_text(look.at)), veto.reason, veto.evidence)
