"""Why a rule holds for a customer, or does not, and when and why that will be otherwise: in words.

    tree      a rule with all that it names, each node with the evaluator's program
    walking   when a truth really changes
    leaf_words, and counted, summed, in_order, dated, made, known, traits: what each leaf asks, and what there is
    wording, times, happenings: days, windows and events as people say them
    reasons   which leaves decide, what is missing, why it will change
    forms     what is given

Truths and instants are the evaluator's. Beside it only values are read: how often, when, what.
"""

from datetime import tzinfo
from typing import Any

from shopkeeper.customer.document import Customer
from shopkeeper.segment.evaluate import Verdict
from shopkeeper.segment.explaining import tree, walking, wording
from shopkeeper.segment.explaining.forms import Change, Explanation, Node
from shopkeeper.segment.explaining.reasons import Reasons
from shopkeeper.segment.explaining.telling import Mask, Shift, Sight, in_full
from shopkeeper.segment.explaining.tree import Branch, Places
from shopkeeper.segment.explaining.walking import Turn
from shopkeeper.segment.references import Look
from shopkeeper.segment.rule import Rule

_MOST_TOLD = 6


class Explainer:
    """Of one rule, for as many customers as one likes. `zone` is that of the workspace; `at` is the field the rule
    stands in, `name` what it is called, `places` where its nodes were written. `heads` are what a summary begins with,
    of a rule that holds and of one that does not. Raises BadRequest as `references.inlined` does."""

    def __init__(
        self,
        rule: Rule,
        look: Look,
        zone: tzinfo,
        *,
        name: str = "",
        at: str = "rule",
        places: Places | None = None,
        heads: tuple[str, str] = ("In {}", "Not in {}"),
    ) -> None:
        self._root, self._zone = tree.grown(rule, look, zone, at, places), zone
        self._heads = [each.format(name or "the segment") for each in heads]

    def verdict(self, customer: Customer, now: int) -> Verdict:
        return self._root.program.evaluate(customer, now)

    def turns(self, customer: Customer, now: int, end: int, most: int) -> tuple[int, int]:
        """See `walking.turns`."""
        return walking.turns(self._root.program, customer, now, end, most)

    def line(self, customer: Customer, now: int, mask: Mask = in_full) -> str:
        """Why it holds, or does not, in one line."""
        return wording.capital(_told(Reasons(Sight(customer, now, self._zone, mask)), self._root)) + "."

    def explain(self, customer: Customer, now: int) -> Explanation:
        """`now` is in milliseconds since 1970."""
        reasons = Reasons(Sight(customer, now, self._zone))
        node, holds = _node(reasons, self._root), reasons.holds(self._root)
        news = dict.fromkeys(filter(None, (reasons.turned_by(each) for each in reasons.decisive(self._root))))
        found: Explanation = {
            "customer_id": customer.customer_id,
            "at": wording.text(now),
            "holds": holds,
            "summary": f"{self._heads[not holds]}: {_told(reasons, self._root)}. {_by_itself(node)}",
            "changes": node["changes"],
            "changes_with": list(news),
            "missing": [] if holds else reasons.missing(self._root),
            "rule": node,
        }
        if "unchanged_until" in node:
            found["unchanged_until"] = node["unchanged_until"]
        return found


def _told(reasons: Reasons, root: Branch) -> str:
    if reasons.holds(root):
        says = list(dict.fromkeys(reasons.told(each).says for each in reasons.decisive(root)))
    else:
        says = [each["says"] for each in reasons.missing(root)]
    more = [f"and {len(says) - _MOST_TOLD} more"] if len(says) > _MOST_TOLD else []
    return "; ".join([*says[:_MOST_TOLD], *more])


def _by_itself(node: Node) -> str:
    change = node["changes"]
    if change is not None:
        return f"By itself this changes: {change['says']}."
    if "unchanged_until" in node:
        return f"By itself this does not change before {node['unchanged_until']}; further ahead nobody has looked."
    return "By itself this does not change."


def _node(reasons: Reasons, branch: Branch) -> Node:
    turn = walking.turn(branch.program, reasons.sight.customer, reasons.sight.now)
    node: Node = {
        "path": branch.path,
        "op": branch.rule.op,
        "holds": reasons.holds(branch),
        "asks": wording.capital(reasons.asks(branch)),
        "says": wording.capital(reasons.says(branch)),
        "seen": _seen(reasons, branch),
        "changes": _change(reasons, branch, turn),
    }
    if turn.until is not None:
        node["unchanged_until"] = wording.text(turn.until)
    if branch.segment:
        node["segment"] = branch.segment
    if branch.of:
        node["of"] = [_node(reasons, each) for each in branch.of]
    return node


def _seen(reasons: Reasons, branch: Branch) -> dict[str, Any]:
    return {} if branch.of else dict(reasons.told(branch).seen)


def _change(reasons: Reasons, branch: Branch, turn: Turn) -> Change | None:
    if turn.at is None:
        return None
    to = not reasons.holds(branch)
    zone = reasons.sight.zone if branch.of else reasons.told(branch).zone or reasons.sight.zone
    at, why = wording.local(turn.at, zone), reasons.why(branch, Shift(turn.at, to))
    named = f"{wording.moment(turn.at, zone)} ({wording.zone_name(zone)})"
    return {
        "at": wording.text(turn.at),
        "local": at.isoformat(timespec="milliseconds") if at else "",
        "zone": wording.zone_name(zone),
        "to": to,
        "why": why,
        "says": f"from {named} on it {'holds' if to else 'does not hold any more'}" + f", because {why}" * bool(why),
    }
