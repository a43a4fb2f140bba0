"""Test sends: a letter as a customer would get it, to somebody of the house. They count nowhere.

Nobody is written to but those on the list of testers, which is asked when the mail goes, as are the switch that stops
all mail and the allow list of the test mode. There is no row, and nothing about the customer whose facts it shows is
asked or changed: the tokens in it say that it is a test. A message that is delivered again sends it again.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

import msgspec

from shopkeeper.customer import following
from shopkeeper.mail import facts, ledger
from shopkeeper.mail.choosing import Blocks
from shopkeeper.mail.errors import RenderError
from shopkeeper.mail.facts import normal_address
from shopkeeper.mail.letters import Draft
from shopkeeper.mail.offers import EXAMPLE, FACT
from shopkeeper.mail.ports import TEST_TAG, Definitions
from shopkeeper.mail.results import Result
from shopkeeper.mail.terms import Letter
from shopkeeper.mail.wiring import Ports

KIND, ID = "testers", "mail"
STEP = "test"
REFUSED = "refused"


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """`template` and `brand` are `<id>#<version>`. `customer` is whose facts it shows, "" for made-up ones; `name`
    tells one from another."""

    name: str
    template: str
    brand: str
    mail_class: str
    to: str
    customer: str = ""

    def encoded(self) -> bytes:
        return msgspec.json.encode({TEST_TAG: self})


def decoded(said: Any) -> Trial:
    """What stands under TEST_TAG in a message. Raises ValueError."""
    return msgspec.convert(said, Trial)


def is_tester(address: str, testers: Iterable[str]) -> bool:
    return normal_address(address) in {normal_address(each) for each in testers}


class Trials:
    """`zone` is the IANA name of the workspace's."""

    def __init__(self, definitions: Definitions, ports: Ports, zone: str = "UTC") -> None:
        self._definitions, self._ports, self._zone = definitions, ports, zone

    def send(self, trial: Trial) -> Result:
        """Once, whatever SES says: whoever tests looks into their mailbox, and tries again."""
        now = self._ports.clock.now()
        if reason := self._refuses(trial):
            return Result(REFUSED, reason)
        try:
            draft = self._draft(trial, now)
        except RenderError as problem:
            return Result(REFUSED, f"render: {problem.short}")
        answer = self._ports.post.send(draft.addressed(trial.to, now))
        return Result(ledger.ACCEPTED if answer.message_id else REFUSED, answer.code)

    def _refuses(self, trial: Trial) -> str:
        found = self._definitions.current(KIND, ID)
        if not is_tester(trial.to, found[1].get("addresses", ()) if found else ()):
            return "no_tester"
        state = self._ports.activities.mail()
        if standstill := state.standstill(self._ports.clock.now(), trial.mail_class):
            return standstill
        return "" if state.allows(trial.to) else "test_mode"

    def _draft(self, trial: Trial, now: datetime) -> Draft:
        """Raises RenderError."""
        row, ring = self._row(trial), self._ports.keys.get(now)
        customer = following.find(trial.customer, self._ports.customers) if trial.customer else None
        if customer is None:
            return self._ports.letters.draft(row, facts.SOMEBODY, ring, test=trial.name)
        told = facts.facts_of(customer.document, facts.address_of(customer.document)) | {FACT: EXAMPLE}
        choose = partial(Blocks.chosen, customer=customer, now=now, zone=self._zone)
        return self._ports.letters.draft(row, told, ring, test=trial.name, choose=choose)

    def _row(self, trial: Trial) -> ledger.Send:
        return ledger.planned(
            customer_id=trial.customer,
            activity=f"test:{trial.template.rpartition('#')[0]}",
            step=STEP,
            occurrence=trial.name,
            planned_at=self._ports.clock.now(),
            template=trial.template,
            content_ref=Letter(template=trial.template).content_ref,
            brand=trial.brand,
            mail_class=trial.mail_class,
        )
