"""The Contacts table in memory, for sends. It keeps what DynamoDB keeps, and says yes and no by what its items say.

It does not ask the product's own rule; `tests/aws/test_contact_reservations.py` holds it to the cases of the adapter.
"""

from dataclasses import replace
from datetime import timedelta

from shopkeeper import clock
from shopkeeper.consent.contact import Contact, Refused, Suppression
from tests.send_fakes import asked

PLACES = 12
KEPT_FOR = timedelta(days=30)


class FakeContacts:
    """`world.contacts` are by customer, `world.suppressions` by the key of an address."""

    def __init__(self, world, worker):
        self.world, self.worker = world, worker

    def load(self, customer_id, address_key="", merged=()):
        def work():
            said = self.world.suppressions.get(address_key, Suppression())
            own = replace(self._stored(customer_id), address=said)
            return own.joined(map(self._stored, merged)) if merged else own

        return asked(self.worker, "contacts.load", work)

    def reserve(self, held, send_id, request, now, twins=()):
        at = clock.to_text(now)

        def work():
            self.world.units["contacts"] += 1
            stored = self._stored(held.customer_id)
            if not allows(stored, request) or stored.reservations.keys() & {*twins}:
                raise Refused(replace(stored, address=held.address))
            dropped = outdated(held.reservations, now)
            kept = {each: when for each, when in stored.reservations.items() if each not in dropped}
            self.world.contacts[held.customer_id] = replace(stored, reservations=kept | {send_id: at})
            return at

        return asked(self.worker, "contacts.reserve", work)

    def free(self, customer_id, send_id, at=""):
        def work():
            self.world.units["contacts"] += 1
            stored = self._stored(customer_id)
            if send_id not in stored.reservations or (at and stored.reservations[send_id] != at):
                return False
            kept = {each: when for each, when in stored.reservations.items() if each != send_id}
            self.world.contacts[customer_id] = replace(stored, reservations=kept)
            return True

        return asked(self.worker, "contacts.free", work)

    def _stored(self, customer_id):
        return self.world.contacts.get(customer_id, Contact(customer_id))


def allows(stored, request):
    """The customer's half of it: a yes to the topic, or silence where that is enough; and no word against all mail."""
    against_all = stored.marketing is not None and stored.marketing.is_ == "out"
    if request.topic in stored.topics:
        return stored.topics[request.topic].is_ == "in" and not against_all
    return request.opt_in == "assumed" and not against_all


def outdated(reservations, now):
    newest = sorted(reservations, key=lambda send: (reservations[send], send))[-(PLACES - 1) :]
    return {send for send, at in reservations.items() if send not in newest or at <= clock.to_text(now - KEPT_FOR)}
