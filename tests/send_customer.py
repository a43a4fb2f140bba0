"""What the customer of the world of sends says, and where it is known: in the document, with the contact, or both."""

from dataclasses import replace

from shopkeeper import clock
from shopkeeper.consent.contact import IN, OUT, Contact, Suppression, Word, address_key
from shopkeeper.customer import document
from shopkeeper.customer.consents import Consent
from shopkeeper.customer.document import Customer, Document
from shopkeeper.customer.instants import from_ms, ms_of
from shopkeeper.mail import attempts, unsent
from shopkeeper.mail.terms import NO_LETTER

TRAITS = {"email": "jo@example.com", "first_name": "Jo"}


class Voice:
    """Of Jo. `contacts`, `suppressions` and `documents` are what is stored; `wills` what Jo wants, `known` what the
    contact has heard of it, and `addresses` where Jo gets mail. `letter` is the one that those rows get which were
    planned without."""

    letter = NO_LETTER

    @property
    def address(self):
        return self.addresses[-1][1]

    def consent(self):
        self._says(IN)

    def opt_out(self):
        """By the link of a mail, where there is one."""
        self._says(OUT)
        self._mark("unsubscribed_at")

    def leave_as_another(self):
        """By a letter that somebody else got at the same address: another customer, and the same person to SES."""
        word = Word(OUT, clock.to_text(self.now()), "recipient")
        self._suppress(topics={"news": word})
        self._want(self._contact(), left=True)

    def agree(self):
        """To the shop, whose word is in the document and on its way to the contact."""
        self._tell_the_shop(IN)

    def renounce(self):
        self._tell_the_shop(OUT)

    def correct(self):
        """An address that takes no mail, if one was found; what had no address to go to is sent once more."""
        if malformed := [row for row in self.sends.values() if attempts.is_malformed(row)]:
            self.addresses.append((self.now(), f"jo-{len(self.addresses)}@example.com"))
            self._document(document.load(self.documents["jo"]).document.consents)
            self._want(self._contact(), left=False, bounced=False)
            for row in malformed:
                self._resubmit(row, self.now())

    def _resubmit(self, row, now):
        if not attempts.objection(row, self.address, now, is_blocked=False):
            self.told.extend(unsent.facts(row))
            self._apply(attempts.resubmit(row, now, 1))

    def carry(self):
        """The stream brings the contact what the document says."""
        said = document.load(self.documents["jo"]).document.consents.get("news")
        if said:
            self._hear(Word(said.is_, from_ms(said.at), said.source))

    def _says(self, is_):
        if self._hear(Word(is_, clock.to_text(self.now()), "recipient")):
            self._want(self._contact(), topic=is_)

    def _tell_the_shop(self, is_):
        self._document({"news": Consent(is_=is_, at=ms_of(self.now()), source="collect")})
        self._want(self._contact(), topic=is_)

    def _document(self, consents):
        traits = TRAITS | {"email": self.address}
        jo = Document(traits=traits, told=dict.fromkeys(traits, (0, "m")), consents=consents)
        self.documents["jo"] = document.store(Customer("jo", 1, jo))

    def _hear(self, word):
        held = self._contact()
        if not word.prevails(held.topics.get("news")):
            return False
        self.contacts["jo"] = replace(held, topics={**held.topics, "news": word})
        self.known.append((self.now(), word.is_))
        return True

    def _contact(self):
        return self.contacts.get("jo", Contact("jo"))

    def _suppress(self, address="", **said):
        key = address_key(address or self.address)
        self.suppressions[key] = replace(self.suppressions.get(key, Suppression()), **said)

    def _want(self, contact, **changes):
        self.contacts["jo"] = contact
        self.wills.append((self.now(), replace(self.wills[-1][1], **changes)))
