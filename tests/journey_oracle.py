"""What becomes of a customer in a journey, told anew from its words: slowly, forgetting nothing, and without any code
of `shopkeeper.journey`. It is told at which instants somebody looked, what had come in by then, and the facts."""

import hashlib

from tests.journey_oracle_moves import Moves
from tests.journey_oracle_waits import Waits

ACTS = ("message", "effects", "task", "webhook", "trait", "list", "event", "start")
CAN_BE_LATE = ("message", "effects", "task", "webhook")


def lot(salt, customer):
    return int.from_bytes(hashlib.sha256(f"{salt}:{customer}".encode()).digest()[:8], "big") % 10_000


class Oracle(Waits, Moves):
    def __init__(self, words, customer):
        self.words, self.customer = words, customer
        self.signals, self.verdicts, self.used, self.waited = {}, {}, set(), set()
        self.status, self.node, self.visit, self.reason, self.left_by = None, "", 0, "", ""
        self.goal_at, self.path, self.mails, self.on, self.open, self.loops = 0, [], {}, [], [], {}
        self.made, self.version, self.is_sent_away, self.is_put_off = [], 1, False, False

    def look(self, now, news, facts):
        """`news` are words too, in the order in which they were written down. Gives what is done now."""
        self.now, self.facts, self.made = now, facts, []
        self.failed = {self._named(each["effect"]) for each in news if each["kind"] == "failed"}
        self._put_off()
        self._migrate(news)
        if not self.has_begun:
            self.has_begun = True
            self._make("Tell", "", 0, 0)
        fresh = self._hear(news)
        if self.status == "active":
            self._active(news, fresh)
        elif self.status in ("held_out", "watching", "over"):
            self._afterwards(news, fresh)
        return self.made

    def _put_off(self):
        """Behind a pause, if it was said so: all that is waited for by now comes as much later as that lasted."""
        if self.status != "active" or not self.facts["shift"] or self.is_put_off:
            return
        since, until = self.facts["shift"]
        if self.entered_at >= until:
            return
        by, words = until - max(since, self.entered_at), self.words["nodes"][self.node]
        self.is_put_off, self.not_before = True, (self.paused_at or -by) + by
        self.put_off_at = self.put_off_at and self.put_off_at + by
        if words["kind"] != "wait" or words["how"] in ("node", "entry", "sent"):
            self.longer = by
            self.end = self.end and self.end + by

    def _named(self, key):
        """The node and visit of what failed, if it was the opening of a task or the like."""
        _, visit, node, *rest = key.split("/")
        return (node, int(visit)) if rest == ["0"] else None

    def come_in(self, now, happened_at):
        goal = self.words["goal"]
        self.entered_at, self.happened_at, self.arrived = now, min(happened_at, now), now
        self.status = "held_out" if lot("holdout", self.customer) < self.words["held_out"] else "active"
        self.goal_until = now + goal["within"] if goal else 0
        self.node, self.visit, self.has_begun = "n0", 1, False
        self._arrive()

    def _hear(self, news):
        fresh, before = [], dict(self.verdicts)
        for each in news:
            if each["kind"] == "judged" and each["id"] not in self.signals:
                self.signals[each["id"]] = each
                self.verdicts[each["hit"]] = each["verdict"]
                fresh += [self.signals[each["hit"]]] if each["hit"] in self.signals else []
            elif each["kind"] == "signal" and each["id"] not in self.signals:
                self.signals[each["id"]] = each
                fresh.append(each)
        self.waited = {key for key, each in self.signals.items() if before.get(key, each["verdict"]) == "waiting"}
        unique = {each["id"]: each for each in fresh}
        return sorted(unique.values(), key=lambda each: (each["at"], each["id"]))

    def _active(self, news, fresh):
        goal, has_converted = self.words["goal"], self._convert(fresh)
        reason = self._why_leave(news, fresh) or ("goal" if has_converted and goal["exits"] else "")
        if reason:
            return self._leave(reason)
        for _ in range(1_000):
            if not self._step():
                return None
        raise AssertionError("there is no end")

    def _why_leave(self, news, fresh):
        if self.facts["gone"] or self.facts["going"] == "stopped":
            return self.facts["gone"] or "stopped"
        asked = {each["kind"] for each in news}
        if "by_hand" in asked or self.is_sent_away:
            return "by_hand" if "by_hand" in asked else "version"
        if "failed" in asked and self.words["on_error"] == "exit":
            return "failed"
        for signal in fresh:
            for each in self.words["exits"]:
                if any(self._counts(trigger, signal) for trigger in each["triggers"]):
                    self.used.add(signal["id"])
                    return each["reason"]
        return next((each["reason"] for each in self.words["exits"] if each["rule"] and self._holds(each["rule"])), "")

    def _convert(self, fresh):
        goal = self.words["goal"]
        if not goal or self.goal_at or self.facts["gone"]:
            return False
        hits = [each["at"] for each in fresh if any(self._counts(trigger, each) for trigger in goal["triggers"])]
        hits = [at for at in hits if at < self.goal_until]
        if not hits and goal["rule"] and self._holds(goal["rule"]) and self.now < self.goal_until:
            hits = [self.now]
        if hits:
            self.goal_at = hits[0]
            self._make("Tell", "", 0, 2)
        return bool(hits)

    def _afterwards(self, news, fresh):
        if self.status == "watching":
            self._after_the_end(news, fresh)
            return
        self._convert(fresh)
        if self.status == "held_out":
            ended = self.facts["gone"] or self.facts["going"] == "stopped"
            if ended or self.goal_at or self.now >= self.goal_until:
                self._leave("held_out")
                self.status = "over"

    def _after_the_end(self, news, fresh):
        has_converted = self._convert(fresh)
        if self._why_leave(news, fresh) or (has_converted and self.words["goal"]["exits"]):
            for node, visit in self._to_go():
                self._make("Mail", node, visit, 0, True)
                self.mails[node, visit]["called off"] = True
        self._watch()

    def _to_go(self):
        """Of each node the newest mail, if it may still go: three days are what a mail has."""
        newest = dict(list(self.mails)).items()
        return [each for each in newest if self._is_owed(self.mails[each])]

    def _is_owed(self, mail):
        return not (mail["known"] or mail.get("called off")) and self.now < mail["planned"] + 72 * 3_600_000

    def _watch(self):
        awaited = self.words["goal"] and not self.goal_at and self.now < self.goal_until
        owed = self.words["exits"] and self._to_go()
        self.status = "watching" if (awaited or owed) and not self.facts["gone"] else "over"
        self.reason = self.facts["gone"] or self.reason

    def _leave(self, reason, at_its_end=False):
        for thing in reversed(self.on):
            self._make(thing[0].title(), *thing[2:], True)
        for node, visit in self.open:
            self._make("Task", node, visit, 0, True)
        newest = dict(list(self.mails))
        for node, visit in newest.items():
            if not (at_its_end or self.mails[node, visit]["known"]):
                self._make("Mail", node, visit, 0, True)
                self.mails[node, visit]["called off"] = True
        self._make("Tell", "", 0, 1)
        self.on, self.open, self.reason, self.left_by = [], [], reason, reason
        self._watch()

    def _make(self, kind, node, visit, place, is_end=False):
        if not node and self.facts["gone"] == "erased":
            return  # Nothing is told of them any more.
        self.made.append((kind, node, visit, place, is_end))

    def _holds(self, rule):
        return self.facts["truths"][rule]

    def _arrive(self):
        self.end, self.put_off_at, self.paused_at, self.already = None, None, None, None
        self.not_before, self.longer = 0, 0

    def _go(self, to, outcome):
        passed = {"node": self.node, "visit": self.visit, "outcome": outcome, "arrived": self.arrived}
        self.path.append({**passed, "kind": self.words["nodes"][self.node]["kind"]})
        self.node, self.visit, self.arrived = to, self.visit + 1, self.now
        self._arrive()
        return True

    def _step(self):
        words = self.words["nodes"][self.node]
        kind = words["kind"]
        if kind in ACTS and (self.node, self.visit) not in self.open:
            if self.facts["going"] == "paused" or self.node in self.facts["broken"]:
                self.paused_at = self.paused_at or self.now
                return False
            if self.now < self.not_before:
                return False
            late_after, is_kept = self.words["late_after"], self.paused_at and self.facts["resume"] == "skip_due"
            if kind in CAN_BE_LATE and is_kept and late_after and self.now - self.arrived > late_after:
                return self._go(words.get("otherwise") or words.get("not_sent") or words["next"], "late")
        return getattr(self, f"_{kind}")(words)

    def _message(self, words):
        may, at = self.facts["may"][words["letter"]]
        if may == "later":
            since, most = self.put_off_at or self.now, self.words["max_defer"]
            if not most or at <= since + most:
                self.put_off_at = since
                return False
            may = "never"
        if may == "never":
            return self._go(words["not_sent"] or words["next"], "not sent")
        self._make("Mail", self.node, self.visit, 0)
        self.mails.pop((self.node, self.visit), None)
        self.mails[self.node, self.visit] = {"planned": self.now, "sent": None, "known": False}
        if words["variants"]:
            self._make("Tell", self.node, self.visit, 1)
        return self._go(words["next"], "planned")

    def _effects(self, words):
        for channel, name in words["off"]:
            self._switch_off(channel, name, tell=True)
        for place, (channel, name) in enumerate(words["on"]):
            self._make(channel.title(), self.node, self.visit, place)
            self._switch_off(channel, name, tell=False)
            self.on.append((channel, name, self.node, self.visit, place))
        return self._go(words["next"], "done")

    def _switch_off(self, channel, name, tell):
        for thing in [each for each in self.on if each[:2] == (channel, name)]:
            self.on.remove(thing)
            if tell:
                self._make(channel.title(), *thing[2:], True)

    def _branch(self, words):
        to = next((lead for rule, lead in words["cases"] if self._holds(rule)), words["otherwise"])
        return self._go(to, to)

    def _split(self, words):
        drawn, upto = lot(words["salt"], self.customer), 0
        self._make("Tell", self.node, self.visit, 0)
        for name, share, lead in words["arms"]:
            upto += share
            if drawn < upto:
                return self._go(lead, name)
        raise AssertionError("shares come to less than all")

    def _repeat(self, words):
        turns = self.loops.get(self.node, 0)
        self.loops[self.node] = turns + 1
        return self._go(words["to"] if turns < words["most"] else words["next"], "again")

    def _goal(self, words):
        if not self.goal_at:
            self.goal_at = self.now
            self._make("Tell", "", 0, 2)
        return self._go(words["next"], "reached")

    def _exit(self, words):
        self._leave(words["reason"], at_its_end=True)
        return False

    def _simple(kind):  # noqa: N805
        def act(self, words):
            self._make(kind, self.node, self.visit, 0)
            return self._go(words["next"], "done")

        return act

    _webhook, _trait, _list = _simple("Webhook"), _simple("SetTraits"), _simple("ChangeList")
    _event, _start = _simple("Tell"), _simple("Start")
