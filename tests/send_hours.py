"""What must hold of the times at which letters go: their expiry, quiet hours, and whose address they are for by then.

The hours are read off the wall clock here, minute by minute, and by nothing that a sender uses.
"""

import json
from datetime import timedelta

from shopkeeper import clock
from shopkeeper.consent.classes import MARKETING
from shopkeeper.mail import ledger

HEARD_WITHIN = timedelta(seconds=5)
"""A call that starts later than this after an opt-out was answered heeds it, or an order to stop."""
_MINUTE = timedelta(minutes=1)
_OF_MARKETING = ("quiet_hours", "capped", "consent_on_its_way")


def faults(world):
    yield from _after_the_expiry(world)
    yield from _in_quiet_hours(world)
    yield from _to_an_old_address(world)


def reasons(world, row):
    """To give it up: its time is over, or will be before it may go."""
    written = clock.from_text(row.not_sent_at)
    if row.expires_at and clock.to_text(_free_from(world, row, written)) >= row.expires_at:
        yield "other:expired"


def wrong_waits(world, row):
    """As it stands: a message waits for no hours and no room, and nothing is put off into hours that are quiet."""
    why = json.loads(row.evidence).get("waits") if row.state == ledger.READY and row.evidence else None
    if why in _OF_MARKETING and not is_marketing(world, row.send_id):
        yield f"a message waits: {why}"
    if why == "quiet_hours" and row.due_at and _is_quiet(world, clock.from_text(row.due_at)):
        yield f"put off into quiet hours, until {row.due_at}"


def is_marketing(world, send_id):
    return world.sends[send_id].mail_class == MARKETING


def _after_the_expiry(world):
    for send_id, at in world.called:
        expires_at = world.sends[send_id].expires_at
        if expires_at and expires_at <= clock.to_text(at - HEARD_WITHIN):
            yield "called after the expiry"


def _in_quiet_hours(world):
    for send_id, at in world.called:
        if is_marketing(world, send_id) and _is_quiet(world, at) and _is_quiet(world, at - HEARD_WITHIN):
            yield f"called in quiet hours, at {at:%H:%M}"


def _free_from(world, row, at):
    """The first minute that is not quiet."""
    while is_marketing(world, row.send_id) and _is_quiet(world, at):
        at = (at + _MINUTE).replace(second=0, microsecond=0)
    return at


def _is_quiet(world, at):
    """In UTC: nobody here has told where they live."""
    hours = (world.policy or {}).get("quiet")
    if not hours:
        return False
    on_the_wall, start, end = f"{at:%H:%M}", hours["from"], hours["to"]
    return start <= on_the_wall < end if start < end else not end <= on_the_wall < start


def _to_an_old_address(world):
    for recipient, at in world.posted:
        if recipient not in world.addresses.between(at - HEARD_WITHIN, at):
            yield "called with an address that was corrected"
