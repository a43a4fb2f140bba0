"""Leaves that are short for others: told by those of the others that decide."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from shopkeeper.customer.instants import from_ms
from shopkeeper.segment import evaluate, leaves
from shopkeeper.segment.evaluate import Program
from shopkeeper.segment.explaining import counted, happenings, in_order, times, wording
from shopkeeper.segment.explaining.telling import Shift, Sight, Told, Why
from shopkeeper.segment.rule import Rule

_TELLERS: Mapping[type, Callable[[Sight, Any], Told]] = {
    leaves.Abandoned: in_order.abandoned,
    leaves.Count: counted.count,
    leaves.Sequence: in_order.sequence,
}
_RUNGS: Mapping[str, str] = {
    "sent": "was sent {}",
    "delivered": "got {}",
    "opened": "opened {}",
    "unopened": "has not opened {} for 5 days or more",
    "waiting": "has not opened {} yet, for less than 5 days",
    "clicked": "followed a link in {}",
    "bounced": "had {} come back",
    "soft_bounced": "had {} come back for now",
    "hard_bounced": "had {} come back for good",
    "complained": "complained of {}",
    "unsubscribed": "left by {}",
    "not_sent": "was not sent {}",
    "malformed": "was not sent {} for want of a good address",
    "do_not_contact": "was not sent {} because they are not to be contacted",
    "other_failures": "was not sent {} because something failed",
    "held_out": "was held out of {}, to compare",
    "ordered": "ordered after {}",
}
_ANSWERS: Mapping[str, str] = {
    "Email Opened": "opened it",
    "Email Link Clicked": "followed a link in it",
    "Email Bounced": "it came back",
}


class Made(Protocol):
    @property
    def parts(self) -> tuple[Rule, ...]: ...

    @property
    def is_all(self) -> bool: ...


def told(sight: Sight, leaf: Made, asks: str, news: str) -> Told:
    """With what is seen by those parts that make it hold, or not hold."""
    parts = [(_TELLERS[type(each)](sight, each), evaluate.compile_rule(each, sight.zone)) for each in leaf.parts]
    truths = [program.evaluate(sight.customer, sight.now).truth for _, program in parts]
    holds = all(truths) if leaf.is_all else any(truths)
    decisive = [each for (each, _), truth in zip(parts, truths, strict=True) if truth == holds]
    return Told(
        asks=asks,
        says="; ".join(dict.fromkeys(each.says for each in decisive)),
        seen={name: value for each in decisive for name, value in each.seen.items()},
        needs=f"asked for: {asks}",
        news=news,
        why=lambda shift: _why(sight, parts, shift),
    )


def _why(sight: Sight, parts: list[tuple[Told, Program]], shift: Shift) -> str:
    """Of each part that turns at that instant, why it does."""
    turned = dict[str, None]()
    for each, program in parts:
        truth = program.evaluate(sight.customer, shift.at).truth
        if truth != program.evaluate(sight.customer, shift.at - 1).truth:
            turned[each.why(Shift(shift.at, truth))] = None
    return wording.listed(turned)


def outcome(sight: Sight, leaf: leaves.Outcome) -> Told:
    letter = f"a letter of {happenings.activity(leaf.activity, leaf.step)}"
    link = f" by the link {leaf.link}" if leaf.link else ""
    after = f" in less than {wording.lasting(leaf.within.seconds)}" if leaf.within else ""
    asks = _RUNGS[leaf.is_].format(letter) + link + after + times.within(leaf.window, sight.zone)
    found = told(sight, leaf, asks, f"news of {letter}")
    return replace(found, **_unanswered(sight, leaf, letter, found.why)) if leaf.is_all else found


def _unanswered(sight: Sight, leaf: leaves.Outcome, letter: str, why: Why) -> dict[str, Any]:
    """Of the newest letter, what became of it."""
    parts = [each for each in leaf.parts if isinstance(each, leaves.Abandoned)]
    last = next((at for at in in_order.tail(sight, parts[0].did) if at <= sight.now), None)
    if last is None:
        return {"says": f"was sent no letter{letter.removeprefix('a letter')} so far", "seen": {}}
    came = [
        (at, _ANSWERS[each.without.event])
        for each in parts
        for at in in_order.tail(sight, each.without)
        if last <= at <= sight.now
    ]
    at, answer = min(came, default=(0, ""))
    sent = f"was sent {letter} on {sight.moment(last)}"
    since = f"and {answer} on {sight.moment(at)}" if came else f"{wording.roughly(sight.now - last)} ago, unanswered"
    due = last + parts[0].grace.milliseconds
    passed = f"{wording.passed(parts[0].grace.seconds)} since the letter of {sight.day(last)}, unanswered"
    return {
        "says": f"{sent}, {since}",
        "seen": {"sent": from_ms(last), **({"answered": from_ms(at)} if came else {})},
        "why": lambda shift: passed if shift.at == due and shift.to else why(shift),
    }
