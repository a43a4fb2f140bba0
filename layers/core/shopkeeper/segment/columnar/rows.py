"""Leaves that have no columns: one customer after the other, by the one evaluator."""

import numpy as np

from shopkeeper.segment.calendar import NEVER
from shopkeeper.segment.columnar.asked import Ask, Asked
from shopkeeper.segment.columnar.verdicts import Verdicts, one
from shopkeeper.segment.evaluate import Program


def by_row(program: Program) -> Ask:
    """Of whom it fails is unusual: whoever asks again finds out why."""

    def ask(asked: Asked) -> Verdicts:
        found = np.full(len(asked.page), -NEVER)
        for place, now in enumerate(asked.now.tolist()):
            try:
                said = program.evaluate(asked.page.alone(place), now)
            except Exception:
                asked.unusual[place] = True
                continue
            found[place] = one(said.flips_at, truth=said.truth)
        return found

    return ask
