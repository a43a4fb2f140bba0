"""Look at all that a verdict on one send rests on, as it is at this moment.

The recipient may have been merged into another customer since the send was planned. Then that one's document and
contact count; and where both were to get the same letter, one of the two sends goes.
"""

from collections.abc import Sequence

from shopkeeper import ids
from shopkeeper.clock import Clock
from shopkeeper.consent.contact import Contact
from shopkeeper.customer import following
from shopkeeper.customer.document import Customer
from shopkeeper.mail import facts, ledger
from shopkeeper.mail.ledger import Send
from shopkeeper.mail.letters import Letters
from shopkeeper.mail.ports import Activities, Contacts, Customers, Sends
from shopkeeper.mail.vetoes import Look


class Eyes:
    def __init__(
        self,
        sends: Sends,
        contacts: Contacts,
        customers: Customers,
        activities: Activities,
        letters: Letters,
        clock: Clock,
    ) -> None:
        self._sends = sends
        self._contacts = contacts
        self._customers = customers
        self._activities = activities
        self._letters = letters
        self._clock = clock

    def look(self, row: Send) -> Look:
        """The instant comes first: what is read is at least as new."""
        now, living = self._clock.now(), self.living(row)
        address_key, merged = facts.address_key_of(living.document), living.document.merged.keys()
        twins = tuple(name_for(row, each) for each in sorted(living.family - {row.customer_id}))
        contact = self._contacts.load(living.customer_id, address_key, merged)
        return Look(
            send=row,
            status=self.status(row),
            document=living.document,
            contact=contact,
            opt_in=self._letters.opt_in(row.topic),
            at=now,
            twins=twins,
            ahead=self._ahead(row, contact, twins),
        )

    def living(self, row: Send) -> Customer:
        """Raises InMotion, Unreadable."""
        return following.find(row.customer_id, self._customers) or Customer(row.customer_id)

    def status(self, row: Send) -> str:
        return self._activities.status(row.activity, row.occurrence)

    def _ahead(self, row: Send, contact: Contact, twins: Sequence[str]) -> str:
        """The send that goes in the place of this one: the living customer's own, or one that has been reserved."""
        own = [] if row.customer_id == contact.customer_id else [name_for(row, contact.customer_id)]
        wanted = dict.fromkeys((*own, *(twin for twin in twins if twin in contact.reservations)))
        found = (self._sends.load(each) for each in wanted)
        return next((each.send_id for each in found if each and each.state != ledger.NOT_SENT), "")


def name_for(row: Send, customer_id: str) -> str:
    """What a send of the same letter to this customer is called, whether or not it was planned."""
    return str(ids.send_id(row.activity, row.step, customer_id, row.occurrence))
