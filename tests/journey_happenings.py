"""What happens to one customer, drawn by lot: told late, twice and out of order, to a run that may be anywhere."""

from shopkeeper import clock
from shopkeeper.journey import migrating
from shopkeeper.journey import run as runs
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.effects import task_id
from shopkeeper.journey.migrating import Asked
from shopkeeper.journey.rows import Row, RunKey
from shopkeeper.journey.run import Cause
from tests.journey_edits import moves
from tests.journey_facts import Facts
from tests.journey_lives import DAY, EVENTS, HOUR, MINUTE, START

CUSTOMER, KEY = "jo", RunKey("jo", "drawn#")
PLAIN = {"kind": "signal", "verdict": "", "link": 0, "mail": None}


class Happenings:
    """`told` are all facts there are, in words, `heard` those that were written down."""

    def draw(self):
        lot = self.lot
        self.flips = {
            rule: sorted(lot.sample(range(START, START + 12 * DAY), lot.randint(0, 3)))
            for rule in ("by_time", "by_data")
        }
        nodes = (each for words in self.editions.values() for each in words["nodes"].values())
        letters = list(dict.fromkeys(each["letter"] for each in nodes if each["kind"] == "message"))
        fates = ["sent"] * 6 + ["not_sent"]
        self.fates = {each: (lot.choice([0, MINUTE, 8 * HOUR, 4 * DAY]), lot.choice(fates)) for each in letters}
        self.never = {each for each in letters if lot.random() < 0.1}
        self.shut = {each: START + lot.randint(-10, 50) * HOUR for each in letters}
        pauses_at = START + lot.choice([0, 1, 2, 4, 24, 48]) * HOUR
        self.pause = (pauses_at, pauses_at + lot.choice([0, HOUR, 30 * HOUR]))
        self.breaks_at = START + lot.choice([0, 1, 20]) * HOUR
        self.brittle = set(lot.sample(sorted(self.words["nodes"]), 2))
        self.resume = lot.choice(["skip_due", "catch_up"])
        self.stopped_at = START + lot.randint(0, 90) * HOUR if lot.random() < 0.05 else None
        self.gone_at = START + lot.randint(0, 90) * HOUR if lot.random() < 0.05 else None
        self.ids = iter(f"{lot.randrange(10**9):09}" for _ in range(10_000))
        span = lot.choice([10, 60, 200]) * HOUR
        grain = lot.choice([1, HOUR])  # On the hour many things happen at one instant, and just when a wait is up.
        times = [START + lot.randrange(0, span, grain) for _ in range(lot.randint(0, 20))]
        turns = [*self.pause, self.stopped_at or 0, self.gone_at or 0]
        self.ahead = [(START, "enter"), *((at, "hear") for at in times), *((at, "turn") for at in turns if at)]
        numbers = range(1, len(self.editions))
        self.ahead = sorted([*self.ahead, *((START + lot.randint(0, 100) * HOUR, "edit") for _ in numbers)])
        self.edits = iter(numbers)

    def broken_at(self, now):
        """For some hours nobody goes through these nodes."""
        return self.brittle if self.breaks_at < now < self.breaks_at + 6 * HOUR else set()

    def hears(self, what):
        """Something new, and now and then something that was told before."""
        if said := self._entry() if what == "enter" else self._fact():
            said = {**PLAIN, "at": self.now - self.lot.choice([0, 0, 0, 1, MINUTE, HOUR, 30 * HOUR]), **said}
            said["id"] = next(self.ids)
            self.told[said["id"]] = said
            self._append(said)
            if self.lot.random() < 0.4 and len(self.editions) == 1:
                self._append(self.told[self.lot.choice(list(self.told)[-self.lot.choice([2, 100]) :])])

    def edited(self):
        """Whoever is inside is to go over into the next version, or to leave."""
        lot, number = self.lot, next(self.edits)
        old, new = self.editions[number], self.editions[number + 1]
        asked = Asked(number=number, version=number + 1, moves=moves(lot, old, new), leaves=lot.random() < 0.1)
        cause = migrating.cause(asked, self.now)
        if self.runs.tell(KEY, cause, self.clock.now()):
            words = {"kind": "migrate", "words": new, "number": number, "version": number + 1}
            self.told[cause.id] = {**PLAIN, **words, "moves": asked.moves, "leaves": asked.leaves}
            self.heard.append(cause.id)

    def _entry(self):
        return {"kind": "entry", "at": self.now - self.lot.choice([0, 5_000, HOUR])}

    def _fact(self):
        if self.lot.random() < 0.004:
            return {"kind": "by_hand"}
        draw = self.lot.choice([self._signal] * 16 + [self._done] * 3 + [self._judged] * 3 + [self._failed])
        return draw()

    def _signal(self):
        lot, mails = self.lot, [list(row[:2]) for row in self.ledger.values()]
        name, verdict = lot.choice(EVENTS), lot.choice(["", "", "human", "machine", "waiting"])
        return {"name": name, "link": lot.choice([0, 1, 2]), "verdict": verdict, "mail": lot.choice([*mails, None])}

    def _done(self):
        """Of a task of this run, that may be closed by now."""
        if not self.tasks:
            return None
        outcome = self.lot.choice(["sold", "declined", "nobody"])
        return {"name": "Task Completed", "task": self.lot.choice(self.tasks), "outcome": outcome}

    def _judged(self):
        """A hit is judged once."""
        waiting = [key for key, each in self.told.items() if each["verdict"] == "waiting"]
        if not waiting or waiting[-1] in self.judged:
            return None
        self.judged.add(waiting[-1])
        return {"kind": "judged", "hit": waiting[-1], "verdict": self.lot.choice(["human", "human", "machine"])}

    def _failed(self):
        """Tasks as often as all else together."""
        acts = [key for key, each in self.made.items() if not getattr(each, "own", False)]
        tasks = [f"{self.row.run.id}/{visit}/{node}/0" for node, visit in self.tasks]
        drawn = self.lot.choice([acts, tasks])
        return {"kind": "failed", "effect": self.lot.choice(drawn)} if drawn and self.lot.random() < 0.3 else None

    def _append(self, said):
        cause = Cause(
            id=said["id"],
            kind=said["kind"],
            name="exit" if said["kind"] == "by_hand" else said.get("name", ""),
            at=said["at"],
            received_at=self.now,
            props={key: said[key] for key in ("link", "outcome") if said.get(key)},
            send=next((send for send, row in self.ledger.items() if list(row[:2]) == said["mail"]), ""),
            about=self._about(said),
            verdict=said["verdict"],
        )
        if said["kind"] == "entry":
            self._enters(cause)
        elif self.runs.tell(KEY, cause, self.clock.now()):
            self.heard.append(said["id"])

    def _about(self, said):
        if "task" in said:
            return task_id(runs.run_id("drawn", "", CUSTOMER, 1), *said["task"])
        return said.get("hit") or said.get("effect") or ""

    def _enters(self, cause):
        if self.row is None:
            begun = begin(self.graph, cause, CUSTOMER, "", Facts.zone, self.now)
            row = Row(customer_id=CUSTOMER, run=begun, due_at=clock.to_text(self.clock.now()))
            self.runs.open(row, None)
            self.oracle.come_in(self.now, cause.at)
