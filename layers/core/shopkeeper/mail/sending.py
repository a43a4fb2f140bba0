"""The order of a send, from one delivery of its id to what became of it. Every mail passes here.

    look, vetoes, reserve on the contact, render, last look, claim, one call, record

Whatever happens in between, the row says how far it came: a crash before the claim leaves it ready; one after it leaves
it calling, which ends as unknown, because nobody can tell whether the call was made: `mail.doubts` says what becomes of
that.
A reservation is freed only where it is certain that nothing was accepted. A copy of a delivery that dies unmissed can
leave one behind for a mail that was not sent. It keeps no other mail from going: the same letter to somebody who was
merged with the customer is the only one that minds it, and frees it; else it grows old as all do.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from shopkeeper import clock
from shopkeeper.consent import contact
from shopkeeper.consent.classes import TRANSACTIONAL
from shopkeeper.mail import answers, facts, ledger, moves, timing, unsent, vetoes
from shopkeeper.mail.answers import Answer, Meaning
from shopkeeper.mail.drafting import drafted
from shopkeeper.mail.errors import RenderError
from shopkeeper.mail.holds import Hold
from shopkeeper.mail.ledger import Change, Send, Unsure
from shopkeeper.mail.look import Look, Reserved
from shopkeeper.mail.looking import Eyes
from shopkeeper.mail.offers import SoldOut
from shopkeeper.mail.ports import Mail
from shopkeeper.mail.results import Result
from shopkeeper.mail.timing import Wait
from shopkeeper.mail.vetoes import Veto
from shopkeeper.mail.wiring import Ports, Settings

LOOK_HOLDS_FOR = timedelta(seconds=3)
"""A call starts this soon after the last look or not at all. What a look remembers is two seconds old at most: so an
opt-out, or whoever calls an activity off, is obeyed by every call that starts 5 seconds after the answer."""
PATIENCE = timedelta(seconds=15)
"""So long a letter waits for its turn among all letters; then its message has to come again."""
PACED = "paced"
TRIES = 5
_AT_ONCE = timedelta(seconds=1)
_TURNS = 6
_LATER = timedelta(seconds=60)
_NEXT_LOOK = timedelta(minutes=2)
_NEXT_REST = timedelta(minutes=5)


class Contended(Exception):
    """Others kept changing the row or the contact under our hands."""


class Sender:
    def __init__(self, ports: Ports, settings: Settings) -> None:
        self._ports = ports
        self._settings = settings
        self._eyes = Eyes(ports, settings.zone)

    def deliver(self, send_id: str, claim_id: str) -> Result:
        """`claim_id` belongs to this delivery alone. Where this raises, the delivery is to be made again."""
        for turn in range(_TURNS):
            if turn:  # Somebody was faster, with this send or with another one to the same customer.
                self._settings.pause(turn)
            row = self._ports.sends.load(send_id)
            try:
                return self._turn(row, claim_id) if row else Result("no_such_send")
            except (ledger.Refused, contact.Refused):
                continue
        raise Contended(send_id)

    def _turn(self, row: Send, claim_id: str) -> Result:
        now = self._ports.clock.now()
        if row.state != ledger.READY:
            return self._see_to(row, now)
        if moves.is_deferred(row, now):
            return Result("deferred")
        if self._eyes.status(row) == vetoes.PAUSED:  # Asked first: thousands may wait, and each costs one read.
            return self._rest(row, now)
        if not (row := self._eyes.lettered(row)).template:
            return Result("letter_left_open")
        if not _is_paced(row) or self._ports.pace.near(PATIENCE):
            return self._send(row, claim_id)
        return Result(PACED)

    def _rest(self, row: Send, now: datetime) -> Result:
        """It stays ready. The launch of a letter comes back to its rows; what no launch looks after waits by itself."""
        if row.is_alone:
            self._ports.sends.apply(moves.defer(row, now + _NEXT_REST, self._settings.due_shards, {"mail": "paused"}))
        return Result(vetoes.PAUSED)

    def _see_to(self, row: Send, now: datetime) -> Result:
        """What an earlier delivery may have left: a call without an end; what was not sent, with its place, untold."""
        if moves.is_stuck(row, now):
            self._ports.sends.apply(moves.lose(row, self._settings.due_shards))
            return Result(ledger.UNKNOWN, "caller_gone")
        if row.state == ledger.CALLING:
            self._watch(row, now)
            return Result("in_other_hands")
        if row.state == ledger.NOT_SENT:
            if not self._ports.contacts.free(row.customer_id, row.send_id):
                self._ports.contacts.free(self._eyes.living(row).customer_id, row.send_id)
            unsent.tell([row], self._ports.memory)
        return Result("settled_before")

    def _send(self, row: Send, claim_id: str) -> Result:
        look = self._eyes.look(row)
        if objection := self._objection(look):
            return objection
        reserved = self._reserve(look)
        try:
            draft = drafted(look, self._ports)
        except (RenderError, SoldOut) as problem:
            return self._give_up(self._eyes.look(row), vetoes.unmade(problem), reserved)
        last = self._eyes.look(row)
        if objection := self._objection(last, reserved):
            return objection
        if not last.places:  # The customer was parted: that place is somebody else's.
            self._ports.contacts.free(reserved.who, row.send_id, reserved.at)
            raise contact.Refused(last.contact)
        return self._post(last, draft.addressed(last.address, last.at), claim_id, reserved)

    def _objection(self, look: Look, reserved: Reserved | None = None) -> Result | None:
        if veto := vetoes.first(look):
            return self._give_up(look, veto, reserved)
        if look.status == vetoes.PAUSED:
            return self._rest(look.send, look.at)
        if evidence := vetoes.consent_on_its_way(look):
            return self._wait(look, Wait("consent_on_its_way", look.at + _NEXT_LOOK, evidence), reserved)
        objection = timing.first(look)
        if isinstance(objection, Veto):
            return self._give_up(look, objection, reserved)
        if objection:
            return self._wait(look, objection, reserved)
        return self._mind_twins(look, reserved)

    def _mind_twins(self, look: Look, reserved: Reserved | None) -> Result | None:
        if twin := look.twins.awaited:
            self._watch(twin, look.at)
            wait = Wait("twin_under_way", look.at + _NEXT_LOOK, {"send_id": twin.send_id})
            return self._wait(look, wait, reserved)
        return None

    def _reserve(self, look: Look) -> Reserved:
        """One place. Another one, in the item of somebody merged since, goes when the new one is there."""
        held, send_id = look.contact, look.send.send_id
        for each in look.twins.abandoned:
            self._ports.contacts.free(held.holder(each), each)
        at = self._ports.contacts.reserve(held, send_id, look.request, look.at, look.twins.names)
        if send_id in held.elsewhere:
            self._ports.contacts.free(held.holder(send_id), send_id, held.reservations[send_id])
        return Reserved(held.customer_id, at)

    def _watch(self, row: Send, now: datetime) -> None:
        """Whatever became of its message, the clock sees to it: so nobody waits for it for ever."""
        if not row.due_at:
            self._ports.sends.apply(moves.watch(row, now, self._settings.due_shards))

    def _wait(self, look: Look, wait: Wait, reserved: Reserved | None) -> Result:
        """Deferred first: after that no copy of this delivery can call, and its place may go as well."""
        because = {"waits": wait.why, **wait.evidence}
        self._ports.sends.apply(moves.defer(look.send, wait.until, self._settings.due_shards, because))
        for who, at in look.all_places(reserved).items():
            self._ports.contacts.free(who, look.send.send_id, at)
        return Result("deferred", wait.why, wait.evidence)

    def _give_up(self, look: Look, veto: Veto, reserved: Reserved | None) -> Result:
        row = self._ports.sends.apply(moves.give_up(look.send, veto.reason, look.at, veto.evidence))
        for who in look.all_places(reserved):
            self._ports.contacts.free(who, row.send_id)
        unsent.tell([row], self._ports.memory)
        return Result(ledger.NOT_SENT, veto.reason, veto.evidence)

    def _post(self, last: Look, mail: Mail, claim_id: str, reserved: Reserved) -> Result:
        stands = self._stands(last.send)
        claimed = self._claim(last, claim_id, mail.kept)
        has_turn = not _is_paced(claimed) or self._ports.pace.take(_AT_ONCE)
        now = self._ports.clock.now()
        if not has_turn or now - last.at > LOOK_HOLDS_FOR:
            self._record(moves.release(claimed, now + _LATER, self._settings.due_shards))
            return Result("deferred", "slow")
        answer = self._ports.post.send(mail)
        meant = answers.meaning(answer)
        if meant.sense == "accepted":
            self._record(moves.accept(claimed, answer.message_id, self._ports.clock.now()))
            self._ports.activities.went_on(claimed.activity, claimed.occurrence)
            return Result(ledger.ACCEPTED)
        if meant.sense == "unknown":
            self._record(moves.lose(claimed, self._settings.due_shards))
            return Result(ledger.UNKNOWN, answer.code)
        return self._refused(claimed, meant, answer, reserved, stands if meant.reason else Hold())

    def _claim(self, last: Look, claim_id: str, kept: Mapping[str, str]) -> Send:
        """Own writes are known by the fence and the claim, in case only the answer got lost."""
        now = self._ports.clock.now()
        lease_until, address_key = now + self._settings.lease, facts.address_key_of(last.document)
        change = moves.claim(last.send, claim_id, now, lease_until, address_key, kept)
        try:
            return self._surely(change)
        except ledger.Refused as refused:
            if refused.row is None or not change.stands(refused.row):
                raise
            return refused.row

    def _stands(self, row: Send) -> Hold:
        """How its activity stands, of a mail that was refused before: asked while nothing hangs on the answer yet."""
        return self._ports.activities.held(row.activity, row.occurrence) if row.refused_at else Hold()

    def _refused(self, claimed: Send, meant: Meaning, answer: Answer, reserved: Reserved, stands: Hold) -> Result:
        """A definite no: the row first, so that no crash can leave an accepted mail without its reservation."""
        now, evidence = self._ports.clock.now(), {"answer": answers.told(answer)}
        if meant.sense == "never" or stands.clears(claimed.refused_at):
            if self._record(given_up := moves.give_up(claimed, meant.reason, now, evidence)):
                self._ports.contacts.free(reserved.who, claimed.send_id)
                unsent.tell([given_up.applied(claimed)], self._ports.memory)
            return Result(ledger.NOT_SENT, meant.reason, evidence)
        until = now + max(timedelta(seconds=self._settings.spread(*meant.wait)), stands.lasted(now))
        refused_at = clock.to_text(now) if meant.reason else ""
        if self._record(moves.release(claimed, until, self._settings.due_shards, evidence, refused_at)):
            self._ports.contacts.free(reserved.who, claimed.send_id, reserved.at)
        if meant.slows:
            self._ports.pace.slow()
        if meant.holds:
            self._hold(claimed, meant, evidence["answer"], now)
        return Result("deferred", answer.code, evidence, meant.alarm)

    def _hold(self, claimed: Send, meant: Meaning, says: str, now: datetime) -> None:
        until = clock.to_text(now + timedelta(seconds=meant.holds))
        hold = Hold(why=meant.alarm, says=says, since=clock.to_text(now), until=until)
        self._ports.activities.hold(claimed.activity, claimed.occurrence, hold)

    def _record(self, change: Change) -> bool:
        """False if somebody else had the last word: the provider's events, or whoever took the caller for dead."""
        try:
            self._surely(change)
        except ledger.Refused as refused:
            return change.stands(refused.row)
        return True

    def _surely(self, change: Change) -> Send:
        """Again where the answer got lost, a few times: then the row stays as it is, and the clock settles it."""
        for tried in range(1, TRIES):
            try:
                return self._ports.sends.apply(change)
            except Unsure:
                self._settings.pause(tried)
        return self._ports.sends.apply(change)


def _is_paced(row: Send) -> bool:
    return row.mail_class != TRANSACTIONAL
