"""What ends a wait: something heard, a rule that holds, the mail before it, or time. Pure."""

from collections.abc import Sequence

from shopkeeper.journey import signals, waits
from shopkeeper.journey.hearing import Hears
from shopkeeper.journey.nodes import Node, Task, Wait, WaitFor
from shopkeeper.journey.run import Mailed
from shopkeeper.journey.untils import For, OfTrait
from shopkeeper.journey.way import HELD_MS, PLANNED, Go, Move, Stay, Way, sooner

_HITS = frozenset({"Email Opened", "Email Link Clicked"})
LOOK_MS = 5 * 60_000
"""So often it is asked whether the verdict on a hit stands."""
Waiting = Task | Wait | WaitFor


def stand(way: Way, node: Waiting, rest: Go) -> Move:
    """`rest` is where time leads when it is up."""
    until, lost = _look_at_mail(way, node, _until(way, node))
    heard = _heard(way, node, until)
    flips_at, held = _rules(way, node.hears)
    move = heard or held
    if move is not None or way.now < until:
        return move or Stay(sooner(until, flips_at))
    late = signals.undecided(way.run, node.hears, until) or _unjudged(way, node.hears, until)
    return Stay(late) if late is not None and late > way.now else lost or rest


def _heard(way: Way, node: Waiting, until: int) -> Go | None:
    own = signals.outcome(way, node, until) if isinstance(node, Task) else None
    return own or signals.answer(way, node.hears, until)


def _unjudged(way: Way, hears: Sequence[Hears], until: int) -> int | None:
    """When to look again while it is not known who opened or clicked a mail that an answer may be about: the ledger
    knows of the hit, and of the verdict soon. None for no such mail, and when that takes too long."""
    if way.now >= until + signals.VERDICT_MS:
        return None
    asked = {each.of or "*" for hear in hears for each in hear.triggers if each.of or each.event in _HITS}
    mails = (way.run.send_id(node, its.visit) for node, its in way.run.mails.items() if asked & {node, "*"})
    return None if all(map(way.facts.is_judged, mails)) else way.now + LOOK_MS


def _rules(way: Way, hears: Sequence[Hears]) -> tuple[int | None, Go | None]:
    """When one of them may come to hold by itself, and where one leads that holds."""
    flips_at, leads = None, None
    for each in (every for every in hears if every.rule):
        verdict = way.facts.holds(each.rule)
        flips_at = sooner(flips_at, verdict.flips_at)
        if verdict.truth and each.name not in way.run.held_true:
            leads = leads or Go(each.to, each.name)
        elif not verdict.truth:
            way.change(held_true=tuple(name for name in way.run.held_true if name != each.name))
    return flips_at, leads


def arrive(way: Way, node: Waiting) -> None:
    """Notes until when the wait lasts, unless it has been noted, and what held before it began."""
    if way.run.until:
        return
    held = (each for each in node.hears if each.fresh and each.rule and way.facts.holds(each.rule).truth)
    ends = _ends(way, node, _base(way, node)) + (way.run.later if is_span(node) else 0)
    way.change(until=max(ends, 1), held_true=tuple(each.name for each in held))


def is_span(node: Node) -> bool:
    """Whether it waits so long after something, if it waits; not until a date, or a time of the wall clock."""
    return not isinstance(node, Wait) or isinstance(node.until, For)


def _until(way: Way, node: Waiting) -> int:
    arrive(way, node)
    return way.run.until


def _ends(way: Way, node: Waiting, base: int) -> int:
    zone = way.facts.zone
    if not isinstance(node, Wait):
        return waits.after(base, node.timeout, zone)
    if isinstance(node.until, For):
        return waits.after(base, node.until.span, zone)
    if isinstance(node.until, OfTrait):
        held = way.facts.date(node.until.path)
        return way.now if held is None else waits.of_trait(node.until, held, zone)
    return waits.fixed(node.until, way.run.node_at, zone)


def lacks(way: Way, node: Waiting) -> bool:
    """Nobody knows the date that a wait would be for, and it has not begun."""
    if not isinstance(node, Wait) or not isinstance(node.until, OfTrait):
        return False
    return not way.run.until and way.facts.date(node.until.path) is None


def _base(way: Way, node: Waiting) -> int:
    """What the time of the wait is counted from."""
    if isinstance(node, Wait) and isinstance(node.until, For) and node.until.since == "entry":
        return way.run.entered_at
    key = _mail(way, node)
    return way.run.mails[key].sent_at or way.run.mails[key].planned_at if key else way.run.node_at


def _mail(way: Way, node: Waiting) -> str:
    """The node whose mail the wait is counted from: the one just before it, or the last one, as the wait says."""
    since = node.until.since if isinstance(node, Wait) and isinstance(node.until, For) else ""
    run = way.run
    if since == "sent" and run.mails:
        return max(run.mails, key=lambda key: run.mails[key].visit)
    is_anchored = since == "node" or isinstance(node, WaitFor)
    before = run.history[-1] if run.history and is_anchored else None
    return before.node if before and before.outcome == PLANNED and before.node in run.mails else ""


def _look_at_mail(way: Way, node: Waiting, until: int) -> tuple[int, Go | None]:
    """At the end of a wait for a mail: has it gone, and when? The wait begins when it has. If it never will, the run
    goes where its message says, once."""
    key = _mail(way, node)
    mailed = way.run.mails.get(key)
    if way.now < until or mailed is None or mailed.sent_at or mailed.is_not_sent:
        return until, None
    row = way.facts.mail(way.run.send_id(key, mailed.visit))
    if row is None or row.state == "waiting":
        return (row.at if row and row.at > way.now else way.now + HELD_MS), None
    if row.state == "not_sent":
        _note(way, key, Mailed(mailed.visit, mailed.planned_at, is_not_sent=True))
        to = getattr(way.graph.nodes.get(key), "not_sent", "")
        return until, Go(to, "not_sent") if to else None
    _note(way, key, Mailed(mailed.visit, mailed.planned_at, row.at))
    way.change(until=max(until, _ends(way, node, row.at)))
    return way.run.until, None


def _note(way: Way, key: str, mailed: Mailed) -> None:
    way.change(mails={**way.run.mails, key: mailed})
