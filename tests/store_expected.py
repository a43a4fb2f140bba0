"""What a document has to say, worked out by hand from the rows that belong to its customer."""

import json
from collections import Counter, defaultdict
from datetime import UTC, datetime
from decimal import Decimal

from shopkeeper import clock


def expected_measures(rows, claims):
    """Count, first, last and totals by name, worked out from the list of rows of one customer."""
    by_name = defaultdict(list)
    for row in rows:
        said = row.said().get("properties", {})
        claimed_by_another = row.name == "Order Completed" and "order_id" in said and row.key not in claims
        untrusted = row.name == "Order Completed" and not row.trusted
        by_machine = row.source == "tracking" and said.get("class") == "machine"
        if row.type == "track" and not (claimed_by_another or untrusted or by_machine):
            by_name[row.name].append((row.at, said))
    return {name: _by_hand(name, told) for name, told in by_name.items()}


def _by_hand(name, told):
    instants = sorted(at for at, _ in told)
    totals = Counter()
    for _, said in told:
        if name == "Order Completed" and "total" in said and "currency" in said:
            totals[said["currency"]] += int(Decimal(str(said["total"])) * 100)
    return len(told), instants[0], instants[-1], dict(totals)


def numbers(measure):
    first, last = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (measure.first, measure.last))
    return measure.count, clock.to_text(first), clock.to_text(last), dict(measure.totals)


def expected_consents(rows):
    """The last word on each topic, out if two were said at once."""
    words = defaultdict(list)
    for row in rows:
        if row.name == "Consent Changed" and (row.trusted or row.said()["properties"]["is"] == "out"):
            said = row.said()["properties"]
            words[said["topic"]].append((row.at, said["is"]))
    return {topic: max(told)[1] for topic, told in words.items()}


def expected_traits(rows):
    """The latest word on each; at one instant that of the highest message id, and of two alike the higher value."""
    words = [
        (row.at, row.message_id, json.dumps(value, separators=(",", ":")), name, value)
        for row in rows
        if row.type == "identify"
        for name, value in row.said().get("traits", {}).items()
    ]
    return {name: value for *_, name, value in sorted(words, key=lambda word: word[:3])}
