"""The ladder's definitions bite: each of these small wrongs, put into the code, is caught."""

import pytest

from shopkeeper.campaign import outcomes
from tests.domain import test_campaign_outcomes
from tests.mutants import put_into

definitions = test_campaign_outcomes.test_every_row_counts_under_what_the_definitions_say

MUTANTS = {
    "a bounce outranks an open": (
        '    if _opened(send):\n        return "opened"\n    if send.state in _BOUNCES:',
        '    if _opened(send) and send.state not in _BOUNCES:\n        return "opened"\n    if send.state in _BOUNCES:',
    ),
    "a click is no open": ("bool(send.opened_at or send.clicked_at)", "bool(send.opened_at)"),
    "a machine opens for its owner": ("    if _opened(send):", "    if _seen(send):"),
    "an open proves nothing": ("(in_doubt and (_seen(send) or bool(send.unsubscribed_at)))", "False"),
    "an opt-out proves nothing": ("(_seen(send) or bool(send.unsubscribed_at))", "_seen(send)"),
    "the window ends a moment late": ("<= overdue_at", "< overdue_at"),
    "a complaint is no opt-out": ("send.unsubscribed_at or send.state == ledger.COMPLAINED", "send.unsubscribed_at"),
    "hold-outs are targeted": ('        return\n    yield "targeted"', '    yield "targeted"'),
    "a corrected address was never malformed": (" or send.attempt > 1:", ":"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_the_definitions_catch(name):
    with put_into(outcomes, *MUTANTS[name]), pytest.raises((Exception, pytest.fail.Exception)):
        definitions()
