"""What became of the mails of a run, and what stood against those that never went."""

import json
from collections.abc import Iterator
from typing import Any

from shopkeeper.customer import unjudged
from shopkeeper.customer.instants import from_ms, to_ms
from shopkeeper.journey import caps
from shopkeeper.journey.explaining.forms import LetterView, PutOff
from shopkeeper.journey.explaining.seen import Seen
from shopkeeper.journey.facts import MailVerdict
from shopkeeper.journey.graph import Graph
from shopkeeper.journey.migrating import MIGRATED
from shopkeeper.journey.nodes import Message
from shopkeeper.journey.rows import Row
from shopkeeper.journey.run import Run, Visit
from shopkeeper.journey.way import PLANNED
from shopkeeper.mail import ledger
from shopkeeper.mail.ledger import Send
from shopkeeper.segment.explaining import wording

NOT_SENT, LATE, SKIPPED = "not_sent:", "late", "skipped"
_AT_PROVIDER = {
    ledger.ACCEPTED: "went out on {at}, and is not said to have arrived yet",
    ledger.DELAYED: "went out on {at}, and is late in arriving",
    ledger.DELIVERED: "went out on {at}, and has arrived",
    ledger.SOFT_BOUNCED: "went out on {at}, and came back: the mailbox takes nothing for now",
    ledger.HARD_BOUNCED: "went out on {at}, and came back for good: there is no such mailbox",
    ledger.COMPLAINED: "went out on {at}, and was complained of as spam",
    ledger.CALLING: "is being handed to the mail provider",
    ledger.UNKNOWN: "may have gone out: the mail provider has not said so yet",
    ledger.HELD_OUT: "was never to go: they are held out",
}


def send_ids(row: Row, graph: Graph) -> list[str]:
    """Of all mails that its history knows of."""
    return [row.run.send_id(each.node, each.visit) for each in _visits(row.run, graph) if each.outcome == PLANNED]


def all_of(seen: Seen, row: Row, graph: Graph) -> list[LetterView]:
    """The newest last. Only of the newest that was skipped it is asked what stands against it now."""
    visits = _visits(row.run, graph)
    skipped = [each for each in visits if each.outcome.startswith(NOT_SENT)]
    return [_letter(seen, row, graph, each, asks=each is (skipped or visits)[-1]) for each in visits]


def _visits(run: Run, graph: Graph) -> list[Visit]:
    """Also at nodes that the version of today has not any more."""
    return [each for each in run.history if _is_letter(each) or isinstance(graph.nodes.get(each.node), Message)]


def _is_letter(visit: Visit) -> bool:
    return visit.outcome == PLANNED or visit.outcome.startswith(NOT_SENT)


def _letter(seen: Seen, row: Row, graph: Graph, visit: Visit, *, asks: bool) -> LetterView:
    if visit.outcome != PLANNED:
        return _skipped(seen, row, graph, visit, asks=asks)
    send_id = row.run.send_id(visit.node, visit.visit)
    send = seen.sends.get(send_id)
    if send is None:
        return _view(row, visit, "unknown", "is planned, and its row is not among what was read")
    evidence = json.loads(send.evidence or "{}")
    said = _says(seen, send, evidence)
    return _view(row, visit, send.state, f"{said}{_seen_by(seen, send)}", send.reason, evidence)


def _skipped(seen: Seen, row: Row, graph: Graph, visit: Visit, *, asks: bool) -> LetterView:
    if visit.outcome == LATE:
        return _view(row, visit, SKIPPED, "was left out, as a pause of the journey had kept it for too long")
    if visit.outcome == MIGRATED:
        return _view(row, visit, SKIPPED, "was not written there: they went over into another version of the journey")
    if not visit.outcome.startswith(NOT_SENT):
        return _view(row, visit, SKIPPED, "was not written any more: the run ended there")
    reason = visit.outcome.removeprefix(NOT_SENT)
    verdict = _asked(seen, row, graph, visit.node, visit.visit) if asks else MailVerdict("now")
    evidence = verdict.evidence if verdict.reason == reason else {}
    return _view(row, visit, SKIPPED, f"was not written: {seen.reason(reason, evidence)}", reason, dict(evidence))


def _view(row: Row, visit: Visit, state: str, says: str, reason: str = "", evidence: Any = None) -> LetterView:
    return {
        "node": visit.node,
        "visit": visit.visit,
        "at": from_ms(visit.at),
        "send_id": row.run.send_id(visit.node, visit.visit),
        "state": state,
        "says": f"The mail of {visit.node} {says}.",
        "reason": reason or None,
        "evidence": evidence or {},
    }


def _says(seen: Seen, send: Send, evidence: dict[str, str]) -> str:
    if send.state == ledger.NOT_SENT:
        on = f" on {seen.moment(to_ms(send.not_sent_at))}" if send.not_sent_at else ""
        return f"was not sent{on}: {seen.reason(send.reason, evidence)}"
    if send.state == ledger.READY:
        return _ready(seen, send, evidence)
    return _AT_PROVIDER[send.state].format(at=seen.moment(to_ms(send.accepted_at)) if send.accepted_at else "…")


def _ready(seen: Seen, send: Send, evidence: dict[str, str]) -> str:
    """`attempt` to go is made again when its row is due; what it waits for stands in the evidence."""
    until = f" until {seen.moment(to_ms(send.due_at))}" if send.due_at else ""
    if not evidence:
        return "is about to go" if not send.due_at or to_ms(send.due_at) <= seen.now else f"waits{until}"
    why = "quiet_hours" if "quiet_until" in evidence else "capped" if "cap" in evidence else "consent_on_its_way"
    return f"waits{until}: {seen.reason(why, evidence)}"


def _seen_by(seen: Seen, send: Send) -> str:
    """What was done with it."""
    return "".join(f"; {each}" for each in _hits(seen, send))


def _hits(seen: Seen, send: Send) -> Iterator[str]:
    for at, said in ((send.opened_at, "it was opened"), (send.clicked_at, "a link in it was followed")):
        if at:
            yield f"{said} on {seen.moment(to_ms(at))}"
    if not (send.opened_at or send.clicked_at) and (send.opened_machine_at or send.clicked_machine_at):
        yield "only machines have opened it"
    if still := unjudged.still(send.unjudged, send.hits):
        yield f"of {wording.several(len(still), 'hit')} on it nobody can say yet whether a person made it"


def put_off(seen: Seen, row: Row, graph: Graph) -> PutOff | None:
    """A mail of the node that the run stands on, asked for as its next leg will."""
    run = row.run
    if not run.is_open or not isinstance(graph.nodes.get(run.node), Message):
        return None
    verdict = _asked(seen, row, graph, run.node, run.visit)
    if verdict.say == "now":
        return None
    until = from_ms(verdict.at) if verdict.say == "later" else None
    what = f"is put off until {seen.moment(verdict.at)}" if until else "will not be written as things stand"
    says = f"The mail of {run.node} {what}: {seen.reason(verdict.reason, verdict.evidence)}."
    says += _given_up(seen, row, graph) if until else ""
    return {"until": until, "says": says, "reason": verdict.reason, "evidence": dict(verdict.evidence)}


def _given_up(seen: Seen, row: Row, graph: Graph) -> str:
    most = graph.terms.max_defer * 1000
    last = (row.run.held_at or seen.now) + most
    return f" It is given up if it could not go by {seen.moment(last)}." if most else ""


def _asked(seen: Seen, row: Row, graph: Graph, node: str, visit: int) -> MailVerdict:
    message = graph.nodes.get(node)
    if not isinstance(message, Message):
        return MailVerdict("now")
    own = caps.full(graph.terms, message, row.run, seen.now)
    return own or seen.facts(row, graph).may_mail(message, row.run.send_id(node, visit))
