"""The Contacts table in memory, for sends. It keeps what DynamoDB keeps, and says yes and no by what its items say.

It does not ask the product's own rule; `tests/aws/test_contact_reservations.py` holds it to the cases of the adapter.
"""

from dataclasses import replace
from datetime import timedelta

from shopkeeper import clock
from shopkeeper.consent.contact import Contact, Refused, Suppression
from tests.send_fakes import asked

PLACES = 32
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
            overtaken = request.capped and stored.reserving != held.reserving
            if overtaken or not allows(stored, request) or stored.reservations.keys() & {*twins}:
                raise Refused(replace(stored, address=held.address))
            kept = without(stored, outdated(held, now) | {send_id})
            topics = {send_id: request.topic} if request.mail_class == "marketing" else {}
            self._store(
                replace(
                    kept,
                    reservations={**kept.reservations, send_id: at},
                    counted={**kept.counted, **topics},
                    reserving=stored.reserving + 1,
                )
            )
            return at

        return asked(self.worker, "contacts.reserve", work)

    def free(self, customer_id, send_id, at=""):
        def work():
            self.world.units["contacts"] += 1
            stored = self._stored(customer_id)
            if send_id not in stored.reservations or (at and stored.reservations[send_id] != at):
                return False
            self._store(without(stored, {send_id}))
            return True

        return asked(self.worker, "contacts.free", work)

    def _store(self, contact):
        self.world.contacts[contact.customer_id] = contact
        self.world.note_places(contact.reservations)

    def _stored(self, customer_id):
        return self.world.contacts.get(customer_id, Contact(customer_id))


def without(stored, gone):
    kept = {
        name: {each: said for each, said in getattr(stored, name).items() if each not in gone}
        for name in ("reservations", "counted")
    }
    return replace(stored, **kept)


def allows(stored, request):
    """The customer's half of it: a yes to the topic, or silence where that is enough; and no word against all mail.

    Service mail minds the topic alone, and transactional mail neither.
    """
    if request.mail_class == "transactional":
        return True
    said_of_all = stored.marketing if request.mail_class == "marketing" else None
    against_all = said_of_all is not None and said_of_all.is_ == "out"
    if request.topic in stored.topics:
        return stored.topics[request.topic].is_ == "in" and not against_all
    return (request.opt_in == "assumed" or request.mail_class == "service") and not against_all


def outdated(held, now):
    """Beyond the newest of each topic, and what is a month old."""
    gone = {send for send, at in held.reservations.items() if at <= clock.to_text(now - KEPT_FOR)}
    for topic in {None, *held.counted.values()}:
        of_topic = [send for send in held.reservations if held.counted.get(send) == topic]
        newest = sorted(of_topic, key=lambda send: (held.reservations[send], send))[-(PLACES - 1) :]
        gone |= {*of_topic} - {*newest}
    return gone
