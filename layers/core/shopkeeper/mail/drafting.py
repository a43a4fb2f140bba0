"""One customer's letter, of what was looked at: their facts, what they are granted, and the variants meant for them."""

from collections.abc import Mapping
from typing import Any

from shopkeeper.mail import facts, offers
from shopkeeper.mail.letters import Draft
from shopkeeper.mail.look import Look
from shopkeeper.mail.offers import SKIP, SoldOut
from shopkeeper.mail.wiring import Ports


def drafted(look: Look, ports: Ports) -> Draft:
    """Raises RenderError, SoldOut."""
    told = {**facts.facts_of(look.document, look.address), **_offered(look, ports.offers)}
    return ports.letters.draft(look.send, told, ports.keys.get(look.at), look.terms.utm, choose=look.choose)


def _offered(look: Look, granting: offers.Offers) -> Mapping[str, Any]:
    held, send = look.offer, look.send
    if held is None or held.over_since(send.activity, send.occurrence, look.at):
        return {}
    grant = held.own(send.activity, send.occurrence) or granting.grant(
        look.customer.customer_id, offers.wanted(held, send.activity, send.occurrence, look.at)
    )
    if grant is None and held.offered.when_out == SKIP:
        raise SoldOut(held.offered.id)
    return {offers.FACT: offers.facts(held.offer, grant)} if grant else {}
