"""Small wrongs in the code of journeys, each of which some drawn life has to find."""

import pytest

from shopkeeper.journey import advance, beginning, converting, leaving, rows, shifting, signals, standing, steps, way
from shopkeeper.journey.legs import deciding
from tests import journey_fakes
from tests.journey_machine import Wrong, lived
from tests.mutants import swapped_into

MUTANTS = {
    "any answer of the past counts": (signals, "signal.at < way.run.since or (", "("),
    "what was heard in the wait before is forgotten": (
        advance,
        "run.node_at if isinstance(left",
        "way.now if isinstance(left",
    ),
    "a mail forgets nothing of what was heard": (
        steps,
        "Mailed(run.visit, way.now)}, since=way.now)",
        "Mailed(run.visit, way.now)})",
    ),
    "an answer counts that comes just when the time is up": (signals, "signal.at >= before)", "signal.at > before)"),
    "an answer counts again": (way, "        self.remember(cause)\n", ""),
    "nobody is told which variant they got": (steps, "if variant := ", "if variant := None and "),
    "what is on stays on": (leaving, "in reversed(run.on):", "in ():"),
    "what is on goes off in the order in which it went on": (leaving, "in reversed(run.on):", "in run.on:"),
    "tasks stay open": (leaving, "for task in run.tasks:", "for task in ():"),
    "a mail that is late moves no wait": (standing, "until=max(until, _ends(way, node, row.at))", "until=until"),
    "a mail that was given up leads astray again": (standing, "planned_at, is_not_sent=True)", "planned_at)"),
    "nobody waits for a verdict": (standing, "late is not None and late > way.now", "late is None"),
    "an exit is heard by its time alone": (
        leaving,
        "    for signal in fresh:",
        "    for signal in (s for s in fresh if s.at >= way.run.since):",
    ),
    "a letter behind the end is not called off": (
        leaving,
        "way.made.extend(_called_off(way, _still_to_go(way)))",
        "way.run",
    ),
    "goals are missed": (converting, "each.at < run.goal_until", "each.at < 0"),
    "a task that nobody will ever do is waited for": (steps, "_task_key(way) in way.failed", "False"),
    "a pause keeps nothing": (steps, 'way.facts.going == "paused"', "False"),
    "what is broken keeps nobody": (steps, "way.run.node in way.facts.broken", "False"),
    "those left out are written to": (beginning, "left_out = ", "left_out = False and "),
    "a task that is done is cancelled": (signals, ", is_done=True)", ")"),
    "a leg does not raise the fence": (rows, "inbox=(), fence=self.fence + 1", "inbox=(), fence=self.fence"),
    "what a pause has kept too long is done": (steps, "0 < late_after * 1000 < ", "late_after < 0 < "),
    "a pause puts nothing off": (shifting, "if is_ahead(each, way.run):", "if False:"),
    "a pause puts off whatever is looked at": (shifting, "max(run.shifted, run.entered_at)", "run.entered_at"),
    "what was kept is done at once": (steps, "if way.run.put_off > way.now", "if False"),
    "a mail is put off for ever": (steps, "if most and until", "if not most and until"),
    "a machine answers": (signals, 'said != "machine" or', "True or"),
    "what a dead leg has left is dropped": (deciding, "row.pending and row.fence != wanted.fence", "False"),
    "how it ended is not handed over": (rows, " or bool(self.pending)", ""),
    "what came meanwhile waits for the clock": (
        journey_fakes,
        "if row.inbox or row.causes != held.causes:",
        "if False:",
    ),
    "a leg writes over what came meanwhile": (
        journey_fakes,
        "(held.fence, held.causes)) != (before and (before.fence, before.causes))",
        "(held.fence,)) != (before and (before.fence,))",
    ),
}
FEW = (
    "any answer of the past counts",
    "a mail forgets nothing of what was heard",
    "what is on stays on",
    "a letter behind the end is not called off",
    "nobody waits for a verdict",
    "a leg does not raise the fence",
    "what came meanwhile waits for the clock",
    "a leg writes over what came meanwhile",
)
"""Of the anchor, of leaving, of verdicts and of the protocol, those that are found within a few lives."""


def is_found(name, lives):
    with swapped_into(*MUTANTS[name]):
        for seed in range(lives):
            try:
                lived(seed)
            except (Exception, Wrong):
                return True
    return False


@pytest.mark.parametrize("name", FEW)
def test_a_few_lives_find_what_is_plainly_wrong(name):
    assert is_found(name, 40)


@pytest.mark.prove
@pytest.mark.parametrize("name", MUTANTS)
def test_many_lives_find_whatever_is_wrong(name):
    assert is_found(name, 4_000)
