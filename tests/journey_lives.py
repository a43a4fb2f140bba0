"""Journeys drawn by lot, in plain words. The oracle reads them as they are; `journey_built` makes a graph of them."""

from random import Random

START = 1_795_262_400_000
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
EVENTS = ("Email Link Clicked", "Page Viewed", "Order Completed")
KINDS = (
    *("message",) * 5,
    *("wait_for",) * 6,
    *("wait",) * 3,
    *("effects",) * 3,
    *("task", "branch", "split", "repeat") * 2,
    *("goal", "trait", "list", "event", "start", "webhook"),
)


def drawn_journey(lot: Random):
    """Edges lead forward, but for those of `repeat`."""
    count = lot.randint(3, 12)
    words = {f"n{place}": _node(lot, place, count) for place in range(count)}
    words[f"n{count}"] = {"kind": "exit", "reason": "done"}
    exits = [{"reason": f"exit_{n}", **_cause_of(lot)} for n in range(lot.choice([0, 0, 0, 1, 2]))]
    goal = {"within": lot.choice([2, 10, 30]) * DAY, "exits": lot.random() < 0.3, **_cause_of(lot)}
    return {
        "nodes": words,
        "exits": exits,
        "goal": goal if lot.random() < 0.6 else None,
        "held_out": 10_000 if lot.random() < 0.05 else 0,
        "max_defer": lot.choice([0, 6 * HOUR]),
        "late_after": lot.choice([0, 2 * HOUR]),
        "on_error": lot.choice(["continue", "exit"]),
    }


def _cause_of(lot):
    if lot.random() < 0.15:
        return {"triggers": [], "rule": lot.choice(["by_time", "by_data"])}
    return {"triggers": [_trigger(lot)], "rule": ""}


def _trigger(lot):
    where = lot.choice([None] * 5 + [1, 2])
    of = lot.choice(["", "", "", "*"])
    return {"event": lot.choice(EVENTS), "where": where, "of": of, "machines": lot.random() < 0.1}


def _hears(lot, ahead):
    of_rule = {"triggers": [], "rule": lot.choice(["by_time", "by_data"]), "fresh": lot.random() < 0.5}
    of_signal = {"triggers": [_trigger(lot) for _ in range(lot.randint(1, 2))], "rule": "", "fresh": False}
    return [
        {"name": f"heard_{n}", "to": ahead(), **(of_rule if lot.random() < 0.2 else of_signal)}
        for n in range(lot.randint(1, 2))
    ]


def _node(lot, place, count):
    def ahead():
        return f"n{lot.randint(place + 1, min(place + 3, count))}"

    kind = lot.choice(KINDS)
    words = {"kind": kind, "next": f"n{place + 1}"}
    return words | (DRAWN[kind](lot, ahead, place) if kind in DRAWN else {})


def _message(lot, ahead, place):
    return {"not_sent": lot.choice(["", ahead()]), "letter": f"letter_{place}", "variants": lot.choice([0, 0, 2])}


def _effects(lot, _ahead, place):
    thing = [lot.choice(["audience", "slot"]), lot.choice(["a", "b", "c"])]
    return {"on": [thing, ["audience", f"own_{place}"]][: lot.randint(0, 2)], "off": lot.choice([[], [thing]])}


def _span(lot):
    return lot.choice([1, 2, 5, 24, 72]) * HOUR


def _task(lot, ahead, _place):
    outcomes = lot.choice([{}, {"sold": ahead()}, {"sold": ahead(), "declined": ahead()}])
    heard = lot.choice([[], _hears(lot, ahead)])
    return {"outcomes": outcomes, "hears": heard, "span": _span(lot), "otherwise": ahead()}


def _wait(lot, ahead, _place):
    how = lot.choice(["node", "node", "entry", "sent", "at", "hour", "trait"])
    words = {"how": how, "span": _span(lot), "at": START + lot.randint(-5, 100) * HOUR, "hour": lot.randint(0, 22)}
    heard = lot.choice([[], [], _hears(lot, ahead)])
    return words | {"hears": heard, "missing": lot.choice(["", ahead()]), "trait": lot.choice(["day", "none"])}


def _wait_for(lot, ahead, _place):
    return {"hears": _hears(lot, ahead), "span": _span(lot), "otherwise": ahead()}


def _branch(lot, ahead, _place):
    return {"cases": [[lot.choice(["by_time", "by_data"]), ahead()]], "otherwise": ahead()}


def _split(_lot, ahead, place):
    return {"salt": f"salt_{place}", "arms": [["a", 3_000, ahead()], ["b", 7_000, ahead()]]}


def _repeat(lot, _ahead, place):
    return {"to": f"n{lot.randint(0, place)}", "most": lot.randint(1, 2)}


DRAWN = {
    "message": _message,
    "effects": _effects,
    "task": _task,
    "wait": _wait,
    "wait_for": _wait_for,
    "branch": _branch,
    "split": _split,
    "repeat": _repeat,
}
