"""The part of the oracle of journeys that takes a customer from one version into another, by the words of both."""

from tests.journey_edits import leads


def landing(old, new, moves, node):
    """Where somebody lands who stands there, None for nowhere: seen level by level, however often a way is gone."""
    if node in new["nodes"] and moves.get(node) in (None, node):
        return node
    level = [node]
    for _ in old["nodes"]:
        for each in level:
            if each in moves:
                return moves[each]
            if each in new["nodes"] and new["nodes"][each]["kind"] != "exit":
                return each
        level = list(dict.fromkeys(lead for each in level for lead in leads(old["nodes"][each])))
    return None


class Moves:
    def _migrate(self, news):
        self.is_sent_away = False
        told = [each for each in news if each["kind"] == "migrate"]
        if not told or self.status not in ("active", "held_out"):
            return
        asked = max(told, key=lambda each: each["number"])
        if asked["version"] == self.version:
            return
        old, new = self.words, asked["words"]
        is_inside = self.status == "active"
        to = landing(old, new, asked["moves"], self.node) if is_inside and self.has_begun else "n0"
        if asked["leaves"] or to is None:
            self.is_sent_away = is_inside
            return
        self._forget()
        is_held = self._is_same(old["nodes"].get(self.node), new["nodes"].get(self.node)) and to == self.node
        if is_inside and self.has_begun and not is_held:
            self._cancel()
            self._go(to, "migrated")
        elif is_inside and self.has_begun:
            self._wait_anew(old["nodes"][self.node], new["nodes"][self.node])
        self.words, self.version = new, asked["version"]
        self.goal_until = self.entered_at + new["goal"]["within"] if new["goal"] else 0

    def _is_same(self, old, new):
        return old and new and (old["kind"], old.get("queue", "q")) == (new["kind"], new.get("queue", "q"))

    def _cancel(self):
        for node, visit in self.open:
            self._make("Task", node, visit, 0, True)
        self.open = []

    def _wait_anew(self, old, new):
        self.end = None
        if self.already is not None:
            known = {each["name"]: each["rule"] for each in old.get("hears", ())}
            fresh = [each for each in new.get("hears", ()) if each["rule"] and each["fresh"]]
            self.already = {
                each["name"]
                for each in fresh
                if self._holds(each["rule"])
                and (each["name"] in self.already or known.get(each["name"]) != each["rule"])
            }

    def _forget(self):
        """What nobody listened to before, nobody can remember; hits were kept until a leg had heard who made them."""
        for key, signal in list(self.signals.items()):
            if not (signal["kind"] == "judged" or "task" in signal or self._was_heard(signal)):
                del self.signals[key]

    def _was_heard(self, signal):
        words, is_waiting = self.words, signal["id"] in self.waited
        ends = [*words["exits"], *([words["goal"]] if words["goal"] else [])] if is_waiting else []
        waits = [each for node in words["nodes"].values() for each in node.get("hears", ())]
        triggers = [trigger for each in (*ends, *waits) for trigger in each["triggers"]]
        return any(
            signal["name"] == each["event"] and (not each["where"] or signal["link"] == each["where"])
            for each in triggers
        )
