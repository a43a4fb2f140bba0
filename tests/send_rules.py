"""What must hold of sends, whatever happened to them: from what SES took, what was said, and what the rows say.

Verdicts are held against what was said at the time, which the world writes down for itself and no sender can see.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple

from shopkeeper import clock
from shopkeeper.campaign import outcomes
from shopkeeper.consent.contact import ASSUMED, OUT, Contact
from shopkeeper.mail import attempts, doubts, ledger, vetoes
from tests import send_hours
from tests.send_hours import HEARD_WITHIN, is_marketing

_OPEN = {*ledger.PENDING, ledger.UNKNOWN}
_RELIED_ON = ("Outage", "Unsure", "Contended", "MintError")
"""What a delivery may end with when something does not answer: it is made again."""


@dataclass(frozen=True)
class Will:
    """What the customer wants of us, what somebody else at the address does not, and what is wrong with the address."""

    topic: str = ""
    left: bool = False
    complained: bool = False
    bounced: bool = False

    def objections(self, opt_in, *, marketing=True):
        """To a letter; a message goes wherever mail can go."""
        yield from ["address_blocked"] if self.bounced else []
        if marketing:
            yield from ["marketing_out"] if self.complained else []
            yield from ["opted_out"] if self.topic == OUT or self.left else []
            yield from ["no_consent"] if not self.topic and opt_in != ASSUMED else []


class History(list):
    """Of (instant, value), in their order."""

    def between(self, since, until=None):
        """The values that stood at some instant from `since` on."""
        before = [value for at, value in self if at <= since]
        return before[-1:] + [value for at, value in self if since < at and (until is None or at <= until)]


def faults(world):
    return [
        *of_any(world),
        *send_hours.faults(world),
        *_against_the_will(world),
        *_over_the_caps(world),
        *_wrong_verdicts(world),
        *_wrong_reservations(world),
    ]


def of_any(world):
    """What holds whoever the sends are to."""
    return [
        *world.miscounts,
        *miscounts(world, world.time + timedelta(days=6)),
        *_twice(world),
        *_after_the_end(world),
        *_while_held(world),
        *_while_stopped(world),
        *_lost(world),
        *_wrong_states(world),
        *_untold(world),
    ]


def miscounts(world, as_of):
    """The ladder adds up at any instant, and every planned send stands on it."""
    counts = outcomes.count(world.sends.values(), as_of)
    yield from outcomes.violations(counts)
    if counts["targeted"] != world.planned:
        yield f"{counts['targeted']} targeted, of {world.planned} planned"


def _twice(world):
    taken = Counter(mail.send_id for mail in world.accepted)
    yield from (f"{count} mails of one send" for count in taken.values() if count > 1)


def _against_the_will(world):
    for send_id, at in world.called:
        objections = [
            sorted(will.objections(world.opt_in, marketing=is_marketing(world, send_id)))
            for will in world.wills.between(at - HEARD_WITHIN, at)
        ]
        if all(objections):
            yield f"called though {', '.join(objections[-1])}"


def _over_the_caps(world):
    """All go to one customer, on one topic."""
    taken = {mail.send_id for mail in world.accepted if is_marketing(world, mail.send_id)}
    calls = [at for send_id, at in dict(world.called).items() if send_id in taken]
    for cap in _caps(world):
        for at in calls:
            if len([each for each in calls if at - _window(cap) < each <= at]) > cap["most"]:
                yield f"more than {cap['most']} mails in {_window(cap)}"


def _caps(world):
    return (world.policy or {}).get("caps", ())


def _window(cap):
    return timedelta(days=cap.get("days", 0), hours=cap.get("hours", 0))


def _after_the_end(world):
    for send_id, at in world.called:
        known = world.statuses[world.sends[send_id].activity].between(at - HEARD_WITHIN, at)
        if vetoes.RUNNING not in known:
            yield f"called though {known[-1]}"


def _while_held(world):
    for send_id, at in world.called:
        holds = world.held[world.sends[send_id].activity].between(at - HEARD_WITHIN, at)
        if all(hold.stops(at) for hold in holds):
            yield f"called though held for {holds[-1].why}"


def _while_stopped(world):
    for _, at in world.called:
        states = world.mail.between(at - HEARD_WITHIN, at)
        if all(state.stopped for state in states):
            yield "called though all mail was stopped"
        if not any(state.allows(world.address) for state in states):
            yield "called though jo is not on the list"


def _lost(world):
    yield from (f"a send is {row.state} for ever" for row in world.sends.values() if row.state in _OPEN)
    raised = (worker.error for worker in world.workers if worker.error is not None)
    yield from (f"gave up: {error!r}" for error in raised if type(error).__name__ not in _RELIED_ON)


def _wrong_states(world):
    taken = {mail.send_id for mail in world.accepted}
    for row in world.sends.values():
        if row.state in ledger.AT_PROVIDER and row.send_id not in taken:
            yield f"{row.state}, says the row, and SES never took it"
        if row.state == ledger.NOT_SENT and row.send_id in taken:
            yield f"not sent, says the row ({row.reason}), and SES took it"
        if row.due_at:
            yield f"due for ever, {row.state}"


def _untold(world):
    """What was not sent is remembered with its reason, once for each attempt however often it was told, and nothing
    else is."""
    told = {each.message_id: each for each in world.told}
    ends = {end.message_id: end for row in world.sends.values() for end in _ends(row)}
    yield from (f"told otherwise: {each}" for each in world.told if told[each.message_id] != each)
    for message_id, said in told.items():
        end = ends.get(message_id)
        if end is None or (said.properties["reason"], said.at) != (end.reason, end.at):
            yield f"told as {said}, and it is {end}"
    for end in ends.keys() - told.keys():
        if ends[end].reason != ledger.MERGED and not was_missed(world, ends[end].send_id):
            yield f"not sent ({ends[end].reason}), and nobody was told"


class _End(NamedTuple):
    """What one attempt of a send came to."""

    send_id: str
    attempt: int
    reason: str
    at: str

    @property
    def message_id(self):
        return f"{self.send_id}/{ledger.NOT_SENT}/{self.attempt}"


def _ends(row):
    for number, before in enumerate(attempts.earlier(row), 1):
        yield _End(row.send_id, number, before["reason"], before["not_sent_at"])
    if row.state == ledger.NOT_SENT:
        yield _End(row.send_id, row.attempt, row.reason, row.not_sent_at)


def _wrong_verdicts(world):
    """Nobody is given up who could be written to: for each `not_sent` there was a reason when it was looked at."""
    for row in world.sends.values():
        if row.state == ledger.NOT_SENT and row.reason not in _reasons(world, row):
            yield f"not sent ({row.reason}), and there was no such reason"


def _reasons(world, row):
    looked_at = clock.from_text(row.not_sent_at) - timedelta(milliseconds=1)  # The row's instants are cut, not rounded.
    marketing = is_marketing(world, row.send_id)
    for will in world.wills.between(looked_at):
        yield from (f"do_not_contact:{each}" for each in will.objections(world.opt_in, marketing=marketing))
    if vetoes.CANCELLED in world.statuses[row.activity].between(looked_at):
        yield "other:stopped"
    yield from _reasons_of_all_mail(world, row, looked_at)
    yield from send_hours.reasons(world, row)
    yield from _reasons_of_marketing(world, row, looked_at) if marketing else ()
    if (row.send_id, "bad_address") in world.answered:
        yield "malformed:refused"
    if was_alone_in_it(world, row):
        yield "other:refused"


def _reasons_of_marketing(world, row, looked_at):
    known = world.known.between(looked_at)
    if OUT in known:  # The contact has not heard of a later yes, and need not.
        yield "do_not_contact:opted_out"
    if "" in known and looked_at >= clock.from_text(row.planned_at) + vetoes.ON_ITS_WAY_FOR:
        yield "do_not_contact:no_consent"
    if any(_leave_no_room(world, row, places, looked_at) for places in world.places.between(looked_at)):
        yield "other:capped"


def _leave_no_room(world, row, places, at):
    others = [
        clock.from_text(each)
        for send_id, each in places.items()
        if send_id != row.send_id and is_marketing(world, send_id)
    ]
    return any(len([each for each in others if each > at - _window(cap)]) >= cap["most"] for cap in _caps(world))


def _reasons_of_all_mail(world, row, looked_at):
    if row.unheard_at:
        yield doubts.UNHEARD
    if not all(state.allows(world.address) for state in world.mail.between(looked_at)):
        yield "other:test_mode"


def was_alone_in_it(world, row):
    """SES refused it, took another one of its activity, and refused it again."""
    of_activity = [(send_id, how) for send_id, how in world.answered if world.sends[send_id].activity == row.activity]
    own = [place for place, answer in enumerate(of_activity) if answer == (row.send_id, "doubtful")]
    return len(own) > 1 and any(how.startswith("accept") for _, how in of_activity[own[0] : own[-1]])


def _wrong_reservations(world):
    held = world.contacts.get("jo", Contact("jo")).reservations
    for row in world.sends.values():
        if row.state in (*ledger.AT_PROVIDER, ledger.UNKNOWN) and row.send_id not in held:
            yield f"{row.state} without a reservation"
        if row.state == ledger.NOT_SENT and row.send_id in held and not was_missed(world, row.send_id):
            if row.reason == doubts.UNHEARD:  # Who may have had a mail is not written to the more.
                continue
            yield f"reserved for ever by what was not sent ({row.reason})"


def was_missed(world, send_id):
    """One of several copies, or the last try of all, may fail unmissed: what it has reserved for a mail that is not
    sent stays until reservations grow old."""
    failed = [worker for worker in world.workers if worker.send_id == send_id and (worker.killed or worker.error)]
    return any(worker.has_copies or worker.is_last for worker in failed)
