"""Why a letter did not go, or goes later, as a marketer reads it.

A reason is category and detail, as the ledger keeps it; evidence is what it rests on. What is not known here is told by
its own words, so nothing is ever left out.
"""

from collections.abc import Mapping
from types import MappingProxyType

Evidence = Mapping[str, str]
NOTHING: Evidence = MappingProxyType({})

_SAID: Mapping[str, str] = {
    "stopped": "it was called off here",
    "run_closed": "they had left the journey by then",
    "expired": "it was too late for it: it had to go before {expires_at}",
    "merged": "the same letter goes to the same person under another name",
    "marketing_out": "they want no marketing from us, as they said on {at}",
    "opted_out": "they want nothing about the topic {topic}, as they said on {at}",
    "address_blocked": "their address is blocked ({block})",
    "no_consent": "they have not agreed to the topic {topic}",
    "address_held": "mail to their address came back too often: held until {until}",
    "legal_hold": "a legal hold forbids it since {since}",
    "paused": "they want no marketing until {until}",
    "critical_ticket": "they wait for help with something critical (ticket {ticket})",
    "already_bought": "they have bought what it is about: {product}, on {bought_at}",
    "offer_redeemed": "they have redeemed its offer already, on {at}",
    "offer_superseded": "they were granted a better offer ({by})",
    "offer_over": "its offer {offer} was over by {until}",
    "no_address": "no address of theirs is known",
    "address": "their address cannot be written to: {problem}",
    "test_mode": "mail was in test mode, and their address is not on the list",
    "stock": "its offer {offer} has no more codes",
    "no_hour_left": "no hour is left in which it may go",
    "own_frequency": "they get as many mails as they asked for: {cap}",
    "capped": "they get as many mails as a cap of the business allows: {cap}",
    "quiet": "the journey keeps quiet at that hour, on a clock in {zone}",
    "quiet_hours": "it is a quiet hour for them, on a clock in {zone}",
    "journey_cap": "the journey has written to them as often as it may for now",
    "deferred": "it would have had to wait longer than the journey allows",
    "consent_on_its_way": "they have agreed, and that is just being taken down",
    "no_letter": "its template or its brand is not there any more",
    "simulated": "the script of the simulation gave it up",
    "unknown": "the mail provider lost it, and it was not tried again",
    "refused": "the mail provider refused it",
    "rejected": "the mail provider rejected it",
    "suppression_list": "the mail provider keeps their address on its suppression list",
    "unsubscribed": "they have unsubscribed at the mail provider",
    "validation": "the mail provider takes their address for none that exists",
    "render": "it could not be made: {problem}",
}


class _Known(dict[str, str]):
    """What evidence does not say is left open."""

    def __missing__(self, _name: str) -> str:
        return "…"


def says(reason: str, evidence: Evidence = NOTHING) -> str:
    """Begins with a small letter, and has no full stop. Never empty for a reason."""
    detail = reason.partition(":")[2] or reason
    name, _, more = detail.partition(":")
    told = _SAID.get(name)
    if told is None:
        return f"{detail.replace('_', ' ')}"
    known = _Known(evidence)
    if more and "problem" not in known:
        known["problem"] = more.strip()
    return told.format_map(known)
