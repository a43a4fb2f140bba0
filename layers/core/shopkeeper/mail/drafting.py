"""One customer's letter, of what was looked at: their facts, and the variants that are meant for them."""

from shopkeeper.mail import facts
from shopkeeper.mail.letters import Draft
from shopkeeper.mail.look import Look
from shopkeeper.mail.wiring import Ports


def drafted(look: Look, ports: Ports) -> Draft:
    """Raises RenderError."""
    told = facts.facts_of(look.document, look.address)
    return ports.letters.draft(look.send, told, ports.keys.get(look.at), look.terms.utm, choose=look.choose)
