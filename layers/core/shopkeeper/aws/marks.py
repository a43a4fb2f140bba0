"""How an outcome gets onto its row of the Sends table: as arguments of update_item.

Outcomes mostly come in the turn in which they happened, so one update writes instant and hit, without a look at the
row.
"""

from collections.abc import Collection
from typing import Any

from shopkeeper.customer.outcomes import MOST_HITS, Outcome

_EARLIER = "(attribute_not_exists(#what) OR #what > :at)"
_LATER = "(attribute_not_exists(#what) OR #what <= :at)"
_ROOM = "(attribute_not_exists(unjudged) OR size(unjudged) < :most)"
_FRESH = "(attribute_not_exists(hits) OR (size(hits) < :most AND NOT contains(hits, :hit)))"


def in_turn(outcome: Outcome) -> dict[str, Any]:
    """For the first of its kind, and for a hit behind others."""
    values: dict[str, Any] = {":at": {"S": outcome.at}}
    if not outcome.hit:
        return _update(outcome, "SET #what = :at", _EARLIER, values)
    values |= {":hits": {"SS": [outcome.hit]}, ":hit": {"S": outcome.hit}, ":most": {"N": str(MOST_HITS)}}
    values |= _mark(outcome)
    update = "SET #what = if_not_exists(#what, :at) ADD hits :hits DELETE unjudged :mark"
    return _update(outcome, update, f"{_LATER} AND {_FRESH}", values)


def owed(outcome: Outcome, row: dict[str, Any]) -> dict[str, Any]:
    """What the row, an item, still has to say; empty if it says all."""
    is_earlier = outcome.is_earlier(row.get(outcome.attribute, {}).get("S", ""))
    clauses, values, condition = [], dict[str, Any](), "attribute_exists(#what)"
    if is_earlier:
        clauses, values, condition = ["SET #what = :at"], {":at": {"S": outcome.at}}, _EARLIER
    if outcome.adds(row.get("hits", {}).get("SS", ())):
        clauses.append("ADD hits :hits")
        values[":hits"] = {"SS": [outcome.hit]}
    if outcome.hit[1:] in row.get("unjudged", {}).get("SS", ()):
        clauses.append("DELETE unjudged :mark")
        values |= _mark(outcome)
    return _update(outcome, " ".join(clauses), condition, values) if clauses else {}


def awaiting(hits: Collection[str]) -> dict[str, Any]:
    """For hits that have no verdict yet. One that comes again after it is told apart by whoever reads the row."""
    return {
        "UpdateExpression": "ADD unjudged :hits",
        "ConditionExpression": f"attribute_exists(send_id) AND {_ROOM}",
        "ExpressionAttributeValues": {":hits": {"SS": sorted(hits)}, ":most": {"N": str(MOST_HITS)}},
    }


def _mark(outcome: Outcome) -> dict[str, Any]:
    """A hit that has its verdict waits for none."""
    return {":mark": {"SS": [outcome.hit[1:]]}}


def _update(outcome: Outcome, update: str, condition: str, values: dict[str, Any]) -> dict[str, Any]:
    return {
        "UpdateExpression": update,
        "ConditionExpression": f"attribute_exists(send_id) AND {condition}",
        "ExpressionAttributeNames": {"#what": outcome.attribute},
        "ExpressionAttributeValues": values,
    }
