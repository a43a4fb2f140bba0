"""Drawn journeys as somebody has changed them since: nodes that are gone, that are others now, or wait otherwise."""

import json
import re

from tests.journey_lives import drawn_journey


def editions(lot, words, edits):
    """By their numbers; the first is as it was drawn."""
    known = {1: words}
    for number in range(2, 2 + edits):
        known[number] = _edited(lot, known[number - 1], number)
    return known


def _edited(lot, words, number):
    anew = drawn_journey(lot)
    keys = set(anew["nodes"])
    for key, node in words["nodes"].items():
        if key in keys and node["kind"] != "exit" and set(leads(node)) <= keys and lot.random() < 0.6:
            anew["nodes"][key] = _changed(lot, node)
    gone = {key for key in anew["nodes"] if key != "n0" and lot.random() < 0.2}
    renamed = re.sub(r'"(n\d+)"', lambda found: f'"{_name(found[1], gone, number)}"', json.dumps(anew))
    return json.loads(renamed)


def _name(key, gone, number):
    return f"m{number}{key}" if key in gone else key


def _changed(lot, node):
    changed = dict(node)
    if "span" in node and lot.random() < 0.5:
        changed["span"] = lot.choice([1, 8, 60]) * 3_600_000
    if node["kind"] == "task" and lot.random() < 0.3:
        changed["queue"] = "other"
    return changed


def moves(lot, old, new):
    """Where somebody wants those who stand on some node to go."""
    if lot.random() < 0.6:
        return {}
    return {lot.choice(list(old["nodes"])): lot.choice(list(new["nodes"])) for _ in range(lot.randint(1, 2))}


def leads(node):
    """All that may come next, first where the customer goes of whom nothing is heard."""
    heard = [each["to"] for each in node.get("hears", ())]
    missing = [node["missing"]] if node.get("how") == "trait" and node["missing"] else []
    return {
        "message": lambda: [node["next"], *([node["not_sent"]] if node["not_sent"] else [])],
        "task": lambda: [node["otherwise"], *heard, *node["outcomes"].values()],
        "wait_for": lambda: [node["otherwise"], *heard],
        "wait": lambda: [node["next"], *heard, *missing],
        "branch": lambda: [node["otherwise"], *(to for _, to in node["cases"])],
        "split": lambda: [to for _, _, to in node["arms"]],
        "repeat": lambda: [node["next"], node["to"]],
        "exit": list,
    }.get(node["kind"], lambda: [node["next"]])()
