"""One customer's letter, of what was looked at: their facts, what they are granted, and the variants meant for them."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from msgspec import structs

from shopkeeper.mail import facts, offers
from shopkeeper.mail.letters import Draft
from shopkeeper.mail.look import Look
from shopkeeper.mail.offers import SKIP, SoldOut
from shopkeeper.mail.wiring import Ports

Facts = Mapping[str, Any]
Made = TypeVar("Made")


def drafted(look: Look, ports: Ports) -> Draft:
    """Raises RenderError, SoldOut."""

    def draft(told: Facts) -> Draft:
        return ports.letters.draft(look.send, told, ports.keys.get(look.at), look.terms.utm, choose=look.choose)

    return made(look, ports.offers, draft)


def made(look: Look, granting: offers.Offers, make: Callable[[Facts], Made]) -> Made:
    """A letter, of its facts. Raises SoldOut, and what `make` raises."""
    told = facts.facts_of(look.document, look.address)
    if _is_to_be_granted(look):  # Whoever gets no letter is granted nothing: a stock does not last for them as well.
        make({**told, **_expected(look)})
    return make({**told, **_offered(look, granting)})


def _is_to_be_granted(look: Look) -> bool:
    held, send = look.offer, look.send
    return held is not None and not held.over_since(send, look.at) and held.own(send) is None


def _expected(look: Look) -> Facts:
    """What the letter would be told, with some code where one is to be drawn."""
    held, send = look.offer, look.send
    if held is None:
        return {}
    grant = offers.wanted(held, send, look.at)
    code = grant.code or (offers.EXAMPLE["code"] if held.offer.pool else "")
    return {offers.FACT: offers.facts(held.offer, structs.replace(grant, code=code))}


def _offered(look: Look, granting: offers.Offers) -> Facts:
    """In the version in which it was granted: a letter of the same run may come when there is a newer one."""
    held, send = look.offer, look.send
    if held is None or held.over_since(send, look.at):
        return {}
    grant = held.own(send) or granting.grant(look.customer.customer_id, offers.wanted(held, send, look.at))
    if grant is None and held.offered.when_out == SKIP:
        raise SoldOut(held.offered.id)
    if grant is None:
        return {}
    offer = held.offer if grant.name == held.offered.name else granting.said(grant.name)
    return {offers.FACT: offers.facts(offer, grant)}
