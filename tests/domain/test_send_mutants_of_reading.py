"""Senders that make up what they cannot read, or misread what was said; ladders that lose a rung; lost answers.

The proof of crashes must notice each.
"""

from dataclasses import replace

import pytest

from shopkeeper.campaign import outcomes
from shopkeeper.consent import contact
from shopkeeper.consent.contact import ASSUMED, OUT, REQUIRED, Refusal
from shopkeeper.mail import answers, ledger, vetoes
from shopkeeper.mail.answers import Meaning
from shopkeeper.mail.errors import RenderError
from shopkeeper.mail.letters import Letters
from shopkeeper.mail.looking import Eyes
from shopkeeper.tokens import MintError
from tests import send_ways
from tests.mutants import noticed
from tests.send_fakes import Outage
from tests.send_sandbox import Sandbox

look, opt_in, draft, status, refusal = Eyes.look, Letters.opt_in, Letters.draft, Sandbox.status, contact.refusal
asks = Eyes.status


def told_when_unreadable(read, value):
    def guess(*asked):
        try:
            return read(*asked)
        except Outage:
            return value

    return guess


def overlooks_a_pause(self, row):
    seen = asks(self, row)
    return vetoes.RUNNING if seen == vetoes.PAUSED else seen


def gives_up_without_a_key(self, *asked, **more):
    try:
        return draft(self, *asked, **more)
    except MintError as problem:
        raise RenderError(str(problem)) from problem


def consent_before_the_plan(self, row):
    """Who consents while the campaign runs comes too late."""
    seen = look(self, row)
    early = {topic: word for topic, word in seen.contact.topics.items() if word.is_ == OUT or word.at <= row.planned_at}
    return replace(seen, contact=replace(seen.contact, topics=early))


def asks_for(what):
    return lambda held, request: refusal(held, replace(request, opt_in=what))


def forgets(reason):
    def refuses(held, request):
        found = refusal(held, request)
        return None if found and found.reason == reason else found

    return refuses


def always_refuses(held, request):
    return refusal(held, request) or Refusal("opted_out")


def nobody_has_it_in_doubt(send, overdue_at):
    """What the customer has in hands stands on the rung of the doubt as well."""
    return outcomes._ON_THE_WAY.get(send.state) or rung(send, overdue_at)


rung = outcomes._rung
ON_THE_WAY = dict(outcomes._ON_THE_WAY)
NO_ANSWER_IS_A_NO = (("NoAnswer", "", Meaning("never", "other:lost")), *answers._RULES)
NO_ANSWER_IS_TRIED_AGAIN = (("NoAnswer", "", Meaning("again", wait=(1, 60))), *answers._RULES)

# What is wrong, where it shows, in which world, and how it is done.
MUTANTS = {
    "an activity that cannot be read goes on": (
        send_ways.cancelled_out_of_order,
        "assumed",
        (Sandbox, "status", told_when_unreadable(status, vetoes.RUNNING)),
    ),
    "an activity that cannot be read is over": (
        send_ways.finding_it_out_of_order,
        "assumed",
        (Sandbox, "status", told_when_unreadable(status, vetoes.CANCELLED)),
    ),
    "a pause is not looked for": (
        send_ways.paused,
        "assumed",
        (Eyes, "status", overlooks_a_pause),
    ),
    "a topic that is not there assumes consent": (
        send_ways.crashing,
        "undefined",
        (Letters, "opt_in", lambda self, topic: self._topic(topic).get("opt_in") or ASSUMED),
    ),
    "a topic that cannot be read asks for consent": (
        send_ways.finding_it_out_of_order,
        "assumed",
        (Letters, "opt_in", told_when_unreadable(opt_in, REQUIRED)),
    ),
    "without a key the send is given up": (
        send_ways.finding_it_out_of_order,
        "assumed",
        (Letters, "draft", gives_up_without_a_key),
    ),
    "consent is never asked for": (send_ways.crashing, "silent", (contact, "refusal", asks_for(ASSUMED))),
    "consent is always asked for": (send_ways.crashing, "assumed", (contact, "refusal", asks_for(REQUIRED))),
    "consent that comes late is overlooked": (
        send_ways.consenting_late,
        "silent",
        (Eyes, "look", consent_before_the_plan),
    ),
    "a yes on its way is a no": (
        send_ways.carried_late,
        "agreed",
        (vetoes, "consent_on_its_way", lambda look: None),
    ),
    "a no on its way is overlooked": (send_ways.renounced, "consented", (vetoes.Look, "told", None)),
    "an opt-out is overlooked": (send_ways.opted_out, "consented", (contact, "refusal", forgets("opted_out"))),
    "everybody has opted out": (send_ways.crashing, "consented", (contact, "refusal", always_refuses)),
    "who is being written to is not counted": (
        send_ways.crashing,
        "assumed",
        (outcomes, "_ON_THE_WAY", {state: name for state, name in ON_THE_WAY.items() if state != ledger.CALLING}),
    ),
    "who has it in hands is counted twice": (
        send_ways.seen_while_in_doubt,
        "assumed",
        (outcomes, "_rung", nobody_has_it_in_doubt),
    ),
    "a lost answer is a no": (send_ways.losing_an_answer, "assumed", (answers, "_RULES", NO_ANSWER_IS_A_NO)),
    "a lost answer is tried again": (
        send_ways.losing_an_answer,
        "assumed",
        (answers, "_RULES", NO_ANSWER_IS_TRIED_AGAIN),
    ),
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_sender_that_misreads_is_noticed(mutant, monkeypatch):
    way, kind, patch = MUTANTS[mutant]
    monkeypatch.setattr(*patch)

    assert noticed(send_ways.faults([way], ["accept"], [kind]))
