"""The part of the oracle of journeys that tells what ends a wait. Like the other part it knows no code of theirs."""

HOUR = 3_600_000
WAITS = ("wait", "wait_for", "task")


class Waits:
    def _said(self, signal):
        return self.verdicts.get(signal["id"], signal["verdict"])

    def _means(self, trigger, signal):
        named = signal["name"] == trigger["event"] and (not trigger["where"] or signal["link"] == trigger["where"])
        return named and (not trigger["of"] or tuple(signal["mail"] or ()) in self.mails)

    def _counts(self, trigger, signal):
        said = self._said(signal)
        ours = said in ("", "human") or (said == "machine" and trigger["machines"])
        return signal["kind"] == "signal" and ours and self._means(trigger, signal)

    def _anchor(self):
        if self.mails:
            return max(each["planned"] for each in self.mails.values())
        passed = [each["arrived"] for each in self.path if each["kind"] in WAITS]
        return passed[-1] if passed else self.happened_at

    def _task(self, words):
        here = (self.node, self.visit)
        to, outcome, is_done = self._stand(words, self.arrived + words["span"], None, words["otherwise"])
        if to is None:
            if here not in self.open:
                self._make("Task", *here, 0)
                self.open.append(here)
            if here not in self.failed:
                return False
            to, outcome = words["otherwise"], "failed"
        if here in self.open:
            self.open.remove(here)
            if not is_done:
                self._make("Task", *here, 0, True)
        return self._go(to, outcome)

    def _wait_for(self, words):
        mail = self._mail_before()
        base = self._base(mail)
        return self._on(self._stand(words, base + words["span"], mail, words["otherwise"], words["span"]))

    def _wait(self, words):
        how, mail, end = words["how"], None, None
        if how == "trait":
            if words["trait"] == "none":
                return self._go(words["missing"] or words["next"], "missing")
            end = self.facts["day"] + words["span"]
        elif how == "at":
            end = words["at"]
        elif how == "hour":
            of_day, hour = self.arrived % (24 * HOUR), words["hour"] * HOUR
            ahead = 0 if hour <= of_day < hour + HOUR else (hour - of_day) % (24 * HOUR)
            end = self.arrived + ahead
        elif how == "entry":
            end = self.entered_at + words["span"]
        else:
            mail = self._mail_before() if how == "node" else self._last_mail()
            end = self._base(mail) + words["span"]
        return self._on(self._stand(words, end, mail, words["next"], words["span"]))

    def _on(self, stood):
        to, outcome, _ = stood
        return self._go(to, outcome) if to else False

    def _last_mail(self):
        return max(self.mails, key=lambda which: which[1], default=None)

    def _mail_before(self):
        before = self.path[-1] if self.path else None
        return (before["node"], before["visit"]) if before and before["outcome"] == "planned" else None

    def _base(self, mail):
        if mail is None:
            return self.arrived
        return self.mails[mail]["sent"] or self.mails[mail]["planned"]

    def _stand(self, words, end, mail, rest, span=0):
        """Where it goes on to, None for nowhere yet; what it says; and whether its task is done."""
        self.end = end + self.longer if self.end is None else self.end
        rules = [each for each in words["hears"] if each["rule"]]
        if self.already is None:
            self.already = {each["name"] for each in rules if each["fresh"] and self._holds(each["rule"])}
        end, lost = self._mail_at_end(mail, span)
        found = self._done(words, end) or self._answered(words, end) or self._ruled(rules)
        if found:
            return found
        self.already -= {each["name"] for each in rules if not self._holds(each["rule"])}
        if self.now < end or self._still_judged(words, end):
            return None, "", False
        return (lost, "not sent", False) if lost else (rest, "time", False)

    def _in_order(self):
        unused = [each for each in self.signals.values() if each["id"] not in self.used]
        return sorted(unused, key=lambda each: (each["at"], each["id"]))

    def _done(self, words, end):
        for signal in self._in_order():
            if words["kind"] == "task" and signal.get("task") == [self.node, self.visit] and signal["at"] < end:
                self.used.add(signal["id"])
                if signal["outcome"] in words["outcomes"]:
                    return words["outcomes"][signal["outcome"]], signal["outcome"], True
        return None

    def _answered(self, words, end):
        for signal in self._in_order():
            for each in words["hears"] if self._anchor() <= signal["at"] < end else ():
                if any(self._counts(trigger, signal) for trigger in each["triggers"]):
                    self.used.add(signal["id"])
                    return each["to"], each["name"], False
        return None

    def _ruled(self, rules):
        for each in rules:
            if self._holds(each["rule"]) and each["name"] not in self.already:
                return each["to"], each["name"], False
        return None

    def _still_judged(self, words, end):
        for signal in self.signals.values():
            if signal["kind"] == "signal" and self._said(signal) == "waiting" and self._anchor() <= signal["at"] < end:
                means = any(self._means(trigger, signal) for each in words["hears"] for trigger in each["triggers"])
                if means and signal["id"] not in self.used and self.now < signal["at"] + HOUR:
                    return True
        return False

    def _mail_at_end(self, mail, span):
        """When the wait ends; and where the run goes if its mail was given up just now."""
        if self.now < self.end or mail is None or self.mails[mail]["known"]:
            return self.end, None
        state, at = self.facts["rows"].get(mail, ("unknown", 0))
        if state in ("unknown", "waiting"):
            return (at if at > self.now else self.now + HOUR // 4), None
        self.mails[mail]["known"] = True
        if state == "not_sent":
            return self.end, self.words["nodes"].get(mail[0], {}).get("not_sent") or None
        self.mails[mail]["sent"] = at
        self.end = max(self.end, at + span)
        return self.end, None
