"""Sends of one letter to customers who turned out to be one person: one of them goes, and the others give way.

For good only where the mail is with SES already, or was given up as unknown, so that the person may have had it:
whatever else holds up a twin may keep it from going at all, and then another one must; also a doubt that is yet to be
settled. So the others wait, and whoever waits has no place on a contact. On one contact only one of them has a place;
two who took theirs on two contacts, before these were merged, see each other at the last look, because each looks after
it has written: both give their places back, and the next time there is one contact.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from shopkeeper.consent.contact import Contact
from shopkeeper.mail import doubts, ledger
from shopkeeper.mail.ledger import Send

_WITH_SES = ledger.AT_PROVIDER
_UNDER_WAY = ledger.PENDING | {ledger.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Twins:
    """What one send sees of the others. `names` is what they are or would be called, planned or not.

    `enough` is one for which this one is given up, "" for none, and `awaited` the row of one of which has to be known
    first what becomes of it. `abandoned` are those that will not be sent, and whose sender died before it gave the
    place back.
    """

    names: tuple[str, ...] = ()
    enough: str = ""
    awaited: Send | None = None
    abandoned: tuple[str, ...] = ()


def wanted(names: tuple[str, ...], own: str, contact: Contact) -> list[str]:
    """Whose rows matter: those with a place, and the living customer's own one, in no particular order."""
    return [each for each in names if each == own or each in contact.reservations]


def seen(names: tuple[str, ...], own: str, contact: Contact, rows: Mapping[str, Send]) -> Twins:
    """`own` is the living customer's own one, which goes before those of whom was merged into it."""
    found = {each: rows.get(each) for each in wanted(names, own, contact)}
    return Twins(
        names=names,
        enough=next(_enough(found, own), ""),
        awaited=next((row for row in found.values() if row and row.state in _UNDER_WAY), None),
        abandoned=tuple(
            each
            for each, row in found.items()
            if each in contact.reservations and (row is None or row.state == ledger.NOT_SENT)
        ),
    )


def _enough(found: Mapping[str, Send | None], own: str) -> Iterator[str]:
    """And whom the activity leaves out as themselves, it does not write to as somebody else."""
    for each, row in found.items():
        if row and (_may_have_gone(row) or (each == own and row.state == ledger.HELD_OUT)):
            yield each


def _may_have_gone(row: Send) -> bool:
    return row.state in _WITH_SES or row.reason == doubts.UNHEARD
