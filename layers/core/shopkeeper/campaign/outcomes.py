"""The ladder of outcomes: under which numbers of a report one send counts, and what those numbers must add up to.

    targeted -> pending | in_flight | unknown | sent | not_sent            held_out stands beside it
                                                |      '-> malformed | do_not_contact | other_failures
                                                '-> opened | unopened | waiting | bounced

A pure function of the row and the instant of asking, so counting again gives the same. A send stands on one rung each
time; the other numbers (clicks, machines, opt-outs) are about those that were sent.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from shopkeeper import clock
from shopkeeper.campaign import hits, sales
from shopkeeper.mail import ledger
from shopkeeper.mail.ledger import Send

# A mail that nobody opened in this time is unopened; a later open undoes that.
WINDOW = timedelta(days=5)

Counts = Mapping[str, int]

MOST_DETAILS = 20
"""A report names so many details of its reasons, such as `render: traits.city`; the rest count as `render`."""
_DETAIL = ": "

_ON_THE_WAY = {ledger.READY: "pending", ledger.CALLING: "in_flight", ledger.UNKNOWN: "unknown"}
_NOT_SENT = {ledger.MALFORMED: "malformed", ledger.DO_NOT_CONTACT: "do_not_contact"}
_BOUNCES = {ledger.SOFT_BOUNCED: "soft", ledger.HARD_BOUNCED: "hard"}
_WITH_REASON = ("bounced", "malformed", "do_not_contact", "other_failures", "held_out")

ADDS_UP: Mapping[str, tuple[str, ...]] = {
    "targeted": ("pending", "in_flight", "unknown", "sent", "not_sent"),
    "sent": ("opened", "unopened", "waiting", "bounced"),
    "not_sent": ("malformed", "do_not_contact", "other_failures"),
    "malformed_ever": ("malformed", "resubmitted_malformed"),
}
# Each is a part of the next.
PARTS: tuple[tuple[str, ...], ...] = (
    ("opened", "opened_any", "sent"),
    ("clicked", "opened"),
    ("clicked", "clicked_any", "opened_any"),
    ("opened_unknown", "opened_any"),
    ("clicked_unknown", "clicked_any"),
    ("complained", "unsubscribed", "sent"),
    ("delivered", "sent"),
    ("ordered", "sent"),
    ("held_out_ordered", "held_out"),
)
NAMES = ("held_out", *dict.fromkeys(name for total, parts in ADDS_UP.items() for name in (total, *parts)))
NAMES += tuple(dict.fromkeys(name for chain in PARTS for name in chain if name not in NAMES))


def overdue(as_of: datetime) -> str:
    """Mails accepted at this instant or before, and not opened, are unopened at `as_of`."""
    return clock.to_text(as_of - WINDOW)


def names(send: Send, overdue_at: str) -> Iterator[str]:
    """Every number that the send counts under, of NAMES; the rung it stands on comes first."""
    rung = _rung(send, overdue_at)
    yield rung
    if rung == "held_out":
        yield from ("held_out_ordered",) if sales.standing(send) else ()
        return
    yield "targeted"
    if rung in ADDS_UP["not_sent"]:
        yield "not_sent"
    if was_sent(send):
        yield "sent"
        yield from _about_sent(send)
    if rung == "malformed" or send.attempt > 1:
        yield "malformed_ever"
        if rung != "malformed":
            yield "resubmitted_malformed"


def was_sent(send: Send) -> bool:
    """SES has accepted it; or nobody knows, but the customer or the customer's machine has had it in hands."""
    in_doubt = send.state in (ledger.CALLING, ledger.UNKNOWN)
    return send.state in ledger.AT_PROVIDER or (in_doubt and (_seen(send) or bool(send.unsubscribed_at)))


def _rung(send: Send, overdue_at: str) -> str:
    if was_sent(send):
        return _rung_of_sent(send, overdue_at)
    if send.state == ledger.NOT_SENT:
        return _NOT_SENT.get(send.reason.partition(":")[0], "other_failures")
    return _ON_THE_WAY.get(send.state, "held_out")


def _rung_of_sent(send: Send, overdue_at: str) -> str:
    """Who opened a mail has got it, whatever a server said."""
    if _opened(send):
        return "opened"
    if send.state in _BOUNCES:
        return "bounced"
    since = send.accepted_at or send.call_started_at or send.planned_at
    return "unopened" if since <= overdue_at else "waiting"


def _about_sent(send: Send) -> Iterator[str]:
    """`opened` and `clicked` are about people; `_unknown` counts those of whom it is not said that they did it, but may
    have, and `_any` these and those, too, whose machine alone did it."""
    followed = any(map(hits.is_click, hits.unjudged(send)))
    told = {
        "delivered": send.delivered_at,
        "opened_any": _seen(send),
        "opened_unknown": bool(hits.unjudged(send)) and not _opened(send),
        "clicked": send.clicked_at,
        "clicked_any": send.clicked_at or send.clicked_machine_at or followed,
        "clicked_unknown": followed and not send.clicked_at,
        "complained": send.state == ledger.COMPLAINED,
        "unsubscribed": send.unsubscribed_at or send.state == ledger.COMPLAINED,
        "ordered": sales.standing(send),
    }
    yield from (name for name, is_so in told.items() if is_so)


def _opened(send: Send) -> bool:
    """Whoever follows a link has opened the mail, pixel or not."""
    return bool(send.opened_at or send.clicked_at)


def _seen(send: Send) -> bool:
    return _opened(send) or bool(send.opened_machine_at or send.clicked_machine_at or hits.unjudged(send))


def reason(send: Send, rung: str) -> str:
    """Why a send stands on one of the rungs that have reasons, `<rung>:<reason>`; empty on the others."""
    if rung not in _WITH_REASON:
        return ""
    if rung == "bounced":
        return f"bounced:{_BOUNCES[send.state]} {send.reason}".rstrip()
    return f"{rung}:{send.reason.partition(':')[2] or send.reason or 'unknown'}"


def count(sends: Iterable[Send], as_of: datetime) -> Counter[str]:
    """By name, by `<variant>/<name>`, by `<rung>:<reason>`, and what `hits` counts. Counts of parts of the rows are
    `added` up to those of all of them."""
    counts: Counter[str] = Counter()
    at = overdue(as_of)
    for send in sends:
        counted = tuple(names(send, at))
        counts.update(counted)
        if send.variant:
            counts.update(f"{send.variant}/{name}" for name in counted)
        if "sent" in counted:
            counts.update(hits.counted(send))
        if send.orders and not {"sent", "held_out"}.isdisjoint(counted):
            counts.update(sales.counted(send))
        if why := reason(send, counted[0]):
            counts[why] += 1
    return added(counts)


def added(*parts: Counts) -> Counter[str]:
    """The details kept are the first by name, not the commonest: so it does not matter in which parts one counts."""
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    for name in sorted(name for name in total if _DETAIL in name)[MOST_DETAILS:]:
        total[name.partition(_DETAIL)[0]] += total.pop(name)
    return hits.bounded(total)


def reasons(counts: Counts) -> dict[str, dict[str, int]]:
    """By rung, the commonest first."""
    commonest = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    found: dict[str, dict[str, int]] = {rung: {} for rung in _WITH_REASON}
    for name, number in commonest:
        rung, colon, why = name.partition(":")
        if colon:
            found[rung][why] = number
    return found


def of_variant(counts: Counts, variant: str) -> Counts:
    """The same names, of those rows alone."""
    return {name: counts.get(f"{variant}/{name}", 0) for name in NAMES}


def _by_variant(counts: Counts) -> Mapping[str, Counts]:
    """No name of a reason begins with an id and a slash: its rung and a colon come first."""
    found = (name.partition("/") for name in counts)
    return {each: of_variant(counts, each) for each, slash, _ in sorted(found) if slash and ":" not in each}


def violations(counts: Counts) -> list[str]:
    """The identities that do not hold, in words; none of them ever should."""
    variants = _by_variant(counts)
    by_reason = {rung: tuple(name for name in counts if name.startswith(f"{rung}:")) for rung in _WITH_REASON}
    broken = [*_wrong_sums(counts, {**ADDS_UP, **by_reason}), *_wrong_parts(counts)]
    for variant, own in variants.items():
        broken += [f"{variant}: {each}" for each in (*_wrong_sums(own, ADDS_UP), *_wrong_parts(own))]
    together = Counter({name: sum(own[name] for own in variants.values()) for name in NAMES})
    more = {name: n for name, n in together.items() if n > counts.get(name, 0)}
    return broken + [f"{name} of the variants is {n}" for name, n in more.items()]


def _wrong_sums(counts: Counts, sums: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
    for total, parts in sums.items():
        added = sum(counts.get(part, 0) for part in parts)
        if added != counts.get(total, 0):
            yield f"{total} is {counts.get(total, 0)}, and {' + '.join(parts)} is {added}"


def _wrong_parts(counts: Counts) -> Iterator[str]:
    for part, whole in (pair for chain in PARTS for pair in pairwise(chain)):
        if counts.get(part, 0) > counts.get(whole, 0):
            yield f"{part} is {counts.get(part, 0)}, more than {whole}"
