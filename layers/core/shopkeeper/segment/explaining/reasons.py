"""What a customer's standing rests on, what is missing to it, and what would change it: read off the tree.

Whether a branch holds is the evaluator's word; here is only said which of its branches that comes from.
"""

from collections.abc import Iterator
from dataclasses import replace

from shopkeeper.segment.explaining import wording
from shopkeeper.segment.explaining.forms import Missing
from shopkeeper.segment.explaining.leaf_words import TELLERS
from shopkeeper.segment.explaining.telling import Shift, Sight, Told
from shopkeeper.segment.explaining.tree import Branch
from shopkeeper.segment.leaves.counted import needed
from shopkeeper.segment.rule import All, AtLeast, Not

_MOST_ASKED = 4
_UNCOUNTED = ", as far as is known: the measure this takes is not counted of this customer yet"


class Reasons:
    """Of one customer, at one instant."""

    def __init__(self, sight: Sight) -> None:
        self.sight = sight
        self._told: dict[str, Told] = {}
        self._truths: dict[tuple[str, int], bool] = {}

    def holds(self, branch: Branch, at: int | None = None) -> bool:
        key = branch.path, self.sight.now if at is None else at
        if key not in self._truths:
            self._truths[key] = branch.program.evaluate(self.sight.customer, key[1]).truth
        return self._truths[key]

    def told(self, leaf: Branch) -> Told:
        if leaf.path not in self._told:
            told = self._segment(leaf) if leaf.segment else TELLERS[type(leaf.rule)](self.sight, leaf.rule)
            is_counted = self.sight.customer.registered.keys() >= {each.id for each in needed(leaf.rule)}
            self._told[leaf.path] = told if is_counted else replace(told, says=f"{told.says}{_UNCOUNTED}")
        return self._told[leaf.path]

    def turned_by(self, leaf: Branch) -> str:
        """What would have to come for it to be otherwise."""
        return self.told(leaf).turned_by(holds=self.holds(leaf))

    def _segment(self, branch: Branch) -> Told:
        """Of one whose inside is left out."""
        asks = f"is in the segment {branch.segment}"
        return Told(
            asks=asks,
            says=asks if self.holds(branch) else f"is not in the segment {branch.segment}",
            seen={},
            needs=f"asked for: {asks}",
            news=f"what changes the segment {branch.segment}",
            why=lambda shift: f"the segment {branch.segment} {'begins' if shift.to else 'ends'} then",
        )

    def asks(self, branch: Branch) -> str:
        if not branch.of:
            return self.told(branch).asks
        if branch.segment:
            return f"is in the segment {branch.segment}"
        if isinstance(branch.rule, Not):
            return f"not: {self.asks(branch.of[0])}"
        which = f"at least {branch.rule.k}" if isinstance(branch.rule, AtLeast) else _which(branch)
        return f"{which} of: {self._asks_each(branch.of)}" if len(branch.of) > 1 else self.asks(branch.of[0])

    def _asks_each(self, branches: tuple[Branch, ...]) -> str:
        named = [f"({self.asks(each)})" if len(each.of) > 1 else self.asks(each) for each in branches[:_MOST_ASKED]]
        more = len(branches) - len(named)
        return "; ".join([*named, *([f"and {more} more"] if more else [])])

    def says(self, branch: Branch) -> str:
        if not branch.of:
            told = self.told(branch)
            return f"{told.says}; {told.needs}"
        if branch.segment:
            return f"{'is' if self.holds(branch) else 'is not'} in the segment {branch.segment}"
        if isinstance(branch.rule, Not):
            return f"its rule {'holds' if self.holds(branch.of[0]) else 'does not hold'}"
        return f"{sum(map(self.holds, branch.of))} of {wording.several(len(branch.of), 'rule')} hold"

    def decisive(self, branch: Branch) -> Iterator[Branch]:
        """The leaves that make it hold, or not hold."""
        if not branch.of:
            yield branch
        is_plain = bool(branch.segment) or isinstance(branch.rule, Not)
        for each in branch.of:
            if is_plain or self.holds(each) == self.holds(branch):
                yield from self.decisive(each)

    def missing(self, branch: Branch) -> list[Missing]:
        """Of one that does not hold."""
        if not branch.of:
            told = self.told(branch)
            return [{"path": branch.path, "says": f"{told.says} ({told.needs})"}]
        if isinstance(branch.rule, Not):
            part = next((each for each in branch.of[0].walk() if each.part and self.holds(each)), None)
            if part is not None:
                return [{"path": part.path, "says": f"is in the part {part.part} already: {self._seen(part)}"}]
            return [{"path": branch.path, "says": f"{self._seen(branch.of[0])} (that must not be)"}]
        short = [each for each in branch.of if not self.holds(each)]
        wanted = self._wanted(branch, len(short))
        if wanted == len(short):
            return [found for each in short for found in self.missing(each)]
        count = "one" if wanted == 1 else str(wanted)
        return [{"path": branch.path, "says": f"{count} of these: {wording.listed(map(self._short, short), 'or')}"}]

    def _seen(self, branch: Branch) -> str:
        return wording.listed(dict.fromkeys(self.told(each).says for each in self.decisive(branch)))

    def _short(self, branch: Branch) -> str:
        return self.asks(branch) if branch.of else self.missing(branch)[0]["says"]

    def _wanted(self, branch: Branch, short: int) -> int:
        """How many more of its branches would have to hold."""
        if branch.segment or isinstance(branch.rule, All):
            return short
        needed = branch.rule.k if isinstance(branch.rule, AtLeast) else 1
        return needed - (len(branch.of) - short)

    def why(self, branch: Branch, shift: Shift) -> str:
        """It changes so; of a group, because of those that change alike at the same instant."""
        if not branch.of:
            return self.told(branch).why(shift)
        if branch.segment:
            return self.why(branch.of[0], shift)
        if isinstance(branch.rule, Not):
            return self.why(branch.of[0], shift.reverse)
        turned = [each for each in branch.of if self._turns(each, shift)]
        return wording.listed(dict.fromkeys(self.why(each, shift) for each in turned))

    def _turns(self, branch: Branch, shift: Shift) -> bool:
        return self.holds(branch, shift.at) == shift.to != self.holds(branch, shift.at - 1)


def _which(branch: Branch) -> str:
    return "all" if isinstance(branch.rule, All) else "one"
