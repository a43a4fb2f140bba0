"""What must hold of one letter to several customers, of whom some were one person some of the time.

From what SES took, when who was merged with whom, what was said, and what the rows say in the end.
"""

from datetime import timedelta
from itertools import pairwise, permutations

from shopkeeper import clock
from shopkeeper.mail import doubts, ledger, vetoes
from tests.send_rules import HEARD_WITHIN, of_any, was_alone_in_it, was_missed

MAY_HAVE_GONE = ledger.AT_PROVIDER | {ledger.UNKNOWN}
GONE = ledger.AT_PROVIDER | {doubts.UNHEARD}
"""As far as anybody will ever know."""


def faults(world):
    return [
        *of_any(world),
        *_two_letters_to_one(world),
        *_against_the_will(world),
        *_wrong_verdicts(world),
        *_none_at_all(world),
        *_wrong_reservations(world),
    ]


def _two_letters_to_one(world):
    """When the second call began they had been one person for so long that everybody knew."""
    at = dict(world.called)
    for first, second in permutations({mail.send_id for mail in world.accepted}, 2):
        if at[first] < at[second] and _were_one(world, first, second, at[second] - HEARD_WITHIN, at[second]):
            yield f"a letter to {_name(world, first)}, and another one to {_name(world, second)}"


def _against_the_will(world):
    for send_id, at in world.called:
        since = at - HEARD_WITHIN
        for name, out in world.outs.items():
            if out <= since and _are_one(world, _name(world, send_id), name, since, at):
                yield f"called as {_name(world, send_id)} though {name} had left"


def _wrong_verdicts(world):
    for row in world.sends.values():
        if row.state == ledger.NOT_SENT and row.reason not in _reasons(world, row):
            yield f"{row.customer_id} is not sent to ({row.reason}), and there was no such reason"


def _reasons(world, row):
    yield from _own_reasons(world, row)
    written, stood = world.given_up[row.send_id]
    went = (name for name, stood_as in stood.items() if name != row.customer_id and stood_as in GONE)
    if any(any(_moments(world, row.customer_id, name, _looked_at(row), written)) for name in went):
        yield "other:merged"


def _own_reasons(world, row):
    looked_at = _looked_at(row)
    if vetoes.CANCELLED in world.statuses[row.activity].between(looked_at):
        yield "other:stopped"
    if row.expires_at and row.not_sent_at >= row.expires_at:
        yield "other:expired"
    if any(any(_moments(world, row.customer_id, name, looked_at)) for name in world.outs):
        yield "do_not_contact:opted_out"
    if (row.send_id, "bad_address") in world.answered:
        yield "malformed:refused"
    if row.unheard_at:
        yield doubts.UNHEARD
    if was_alone_in_it(world, row):
        yield "other:refused"


def _none_at_all(world):
    """Whoever are one person in the end, and were never parted, got the letter, or may have; or each was given up for
    itself."""
    gone = [gone for _, gone in world.families]
    grew = all(earlier <= later for earlier, later in pairwise(gone))
    one = [row for row in world.sends.values() if row.customer_id in {"al"} | gone[-1]]
    if grew and all(row.state == ledger.NOT_SENT for row in one) and not _each_for_itself(world, one):
        yield f"no letter for anybody: {sorted((row.customer_id, row.reason) for row in one)}"


def _each_for_itself(world, rows):
    return any(row.reason == doubts.UNHEARD for row in rows) or all(
        row.reason in _own_reasons(world, row) for row in rows
    )


def _wrong_reservations(world):
    for row in world.sends.values():
        holders = [name for name, held in world.contacts.items() if row.send_id in held.reservations]
        if row.state in MAY_HAVE_GONE and not holders:
            yield f"{row.state} without a reservation"
        if row.state == ledger.NOT_SENT and holders and not _may_be_left(world, row):
            yield f"reserved for ever with {holders} by what was not sent ({row.reason})"


def _may_be_left(world, row):
    """Who may have had a mail is not written to the more. With somebody merged, a delivery that came earlier and died
    may have left a second place."""
    failed = any(worker.send_id == row.send_id and (worker.killed or worker.error) for worker in world.workers)
    return row.reason == doubts.UNHEARD or was_missed(world, row.send_id) or (failed and len(world.families) > 1)


def _were_one(world, first, second, since, until):
    return _are_one(world, _name(world, first), _name(world, second), since, until)


def _are_one(world, one, other, since, until):
    """All of the time."""
    return all(_moments(world, one, other, since, until))


def _moments(world, one, other, since, until=None):
    for gone in world.families.between(since, until):
        yield one == other or {one, other} <= {"al"} | gone


def _looked_at(row):
    """The verdict's instant is that of the look, and what was read then is at least as new."""
    return clock.from_text(row.not_sent_at) - timedelta(milliseconds=1)  # The row's instants are cut, not rounded.


def _name(world, send_id):
    return world.sends[send_id].customer_id
