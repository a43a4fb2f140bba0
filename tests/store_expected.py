"""What a document has to say, worked out by hand from the rows that belong to its customer."""

import json
from collections import defaultdict


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
    latest = {name: value for *_, name, value in sorted(words, key=lambda word: word[:3])}
    return {name: value for name, value in latest.items() if value is not None}


def is_undone(row, merges):
    """What was agreed by a merge that does not stand any more."""
    _, merge, *_ = [*row.message_id.split("/"), ""]
    return row.message_id.startswith("merge/") and merge not in merges


class Told:
    """A row as the oracles read it."""

    def __init__(self, row):
        self.row, self.properties, self.context = row, *(row.said().get(name, {}) for name in ("properties", "context"))

    def __getattr__(self, name):
        return getattr(self.row, name)
