"""Look at all that a verdict on one send rests on, as it is at this moment.

The recipient may have been merged into another customer since the send was planned. Then that one's document and
contact count; and where both were to get the same letter, `twins` says which of the sends goes.
"""

from dataclasses import replace

from shopkeeper import ids
from shopkeeper.consent.contact import Contact
from shopkeeper.customer import following
from shopkeeper.customer.document import Customer
from shopkeeper.mail import facts, offers, twins
from shopkeeper.mail.ledger import Send
from shopkeeper.mail.look import Look
from shopkeeper.mail.twins import Twins
from shopkeeper.mail.wiring import Views


class Eyes:
    """`zone` is the IANA name of the workspace's."""

    def __init__(self, ports: Views, zone: str) -> None:
        self._ports, self._zone = ports, zone

    def look(self, row: Send) -> Look:
        """The instant comes first: what is read is at least as new."""
        now, living = self._ports.clock.now(), self.living(row)
        address_key, merged = facts.address_key_of(living.document), living.document.merged.keys()
        contact = self._ports.contacts.load(living.customer_id, address_key, merged)
        terms = self._ports.activities.terms(row.activity, row.occurrence)
        offered = offers.of_send(row) or terms.offer
        return Look(
            send=row,
            status=self.status(row),
            customer=living,
            contact=contact,
            opt_in=self._ports.letters.opt_in(row.topic),
            at=now,
            twins=self._twins(row, living, contact),
            mail=self._ports.activities.mail(),
            policy=self._ports.policies.current(),
            terms=terms,
            workspace_zone=self._zone,
            offer=self._ports.offers.held(offered, living.family) if offered else None,
            is_open=self._ports.activities.is_open(row),
        )

    def living(self, row: Send) -> Customer:
        """Raises InMotion, Unreadable."""
        return following.find(row.customer_id, self._ports.customers) or Customer(row.customer_id)

    def lettered(self, row: Send) -> Send:
        """With the letter that its activity has decided on since it was planned; the claim writes it down."""
        if row.template:
            return row
        letter = self._ports.activities.letter(row.activity, row.occurrence)
        return replace(row, template=letter.template, content_ref=letter.content_ref, variant=letter.variant)

    def status(self, row: Send) -> str:
        return self._ports.activities.status(row.activity, row.occurrence, row.mail_class)

    def _twins(self, row: Send, living: Customer, contact: Contact) -> Twins:
        """Their rows come last: who has no place by now will see ours."""
        names = tuple(name_for(row, each) for each in sorted(living.family - {row.customer_id}))
        own = name_for(row, living.customer_id)
        found = (self._ports.sends.load(each) for each in twins.wanted(names, own, contact))
        return twins.seen(names, own, contact, {each.send_id: each for each in found if each})


def name_for(row: Send, customer_id: str) -> str:
    """What a send of the same letter to this customer is called, whether or not it was planned."""
    return str(ids.send_id(row.activity, row.step, customer_id, row.occurrence))
