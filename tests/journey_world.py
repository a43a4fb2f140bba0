"""One customer on the way through a journey, with facts that a test says: no store, and a clock that it moves."""

from dataclasses import dataclass, field
from datetime import UTC

from shopkeeper.journey.advance import Step, advance
from shopkeeper.journey.beginning import begin
from shopkeeper.journey.effects import Mail
from shopkeeper.journey.facts import MailVerdict, SendState, Verdict
from shopkeeper.journey.run import Cause, Run

NOON = 1_795_262_400_000  # 2026-11-21T12:00Z
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
NOW = MailVerdict("now")


@dataclass
class Known:
    """Facts as a test says them. `rules` are by their refs, `mails` by the node that sent them."""

    leg: str = "leg"
    zone: object = UTC
    zone_is_own: bool = True
    going: str = "live"
    resume: str = "skip_due"
    shifts: tuple = ()
    gone: str = ""
    broken: set = field(default_factory=set)
    rules: dict = field(default_factory=dict)
    dates: dict = field(default_factory=dict)
    rows: dict = field(default_factory=dict)
    verdicts: dict = field(default_factory=dict)
    unjudged: set = field(default_factory=set)
    touched: list = field(default_factory=list)

    def holds(self, ref):
        held = self.rules.get(ref, False)
        return held if isinstance(held, Verdict) else Verdict(held)

    def date(self, path):
        return self.dates.get(path)

    def mail(self, send_id):
        return self.rows.get(send_id)

    def is_judged(self, send_id):
        return send_id not in self.unjudged

    def touches(self, since):
        return [each for each in self.touched if each.at >= since]

    def may_mail(self, message, send_id):
        return self.verdicts.get(message.template, NOW)


@dataclass
class Walk:
    """`made` are all effects so far, in order. Mails go at once, unless a test says otherwise."""

    graph: object
    facts: Known = field(default_factory=Known)
    now: int = NOON
    run: Run = None
    made: list = field(default_factory=list)
    due_at: int | None = None

    def enters(self, **said):
        cause = Cause(**{"id": "entry", "kind": "entry", "at": self.now, "received_at": self.now, **said})
        self.run = begin(self.graph, cause, "jo", "", self.facts.zone, self.now, self.run)
        return self.looks()

    def looks(self, *news):
        step = advance(self.graph, self.run, news, self.facts, self.now)
        assert isinstance(step, Step)
        self.run, self.due_at = step.run, step.due_at
        self.made += step.effects
        for each in step.effects:
            if isinstance(each, Mail) and not each.is_end:
                self.facts.rows[each.send_id] = SendState("sent", self.now)
        return list(step.effects)

    def at(self, moment):
        """Looks as time goes by, whenever it is due, until then."""
        while self.due_at is not None and self.due_at <= moment:
            self.now = max(self.due_at, self.now)
            self.looks()
        self.now = moment
        return self

    def hears(self, name, ago=0, **said):
        at = self.now - ago
        cause = {"id": f"{name} {at}", "kind": "signal", "name": name, "at": at, "received_at": self.now, **said}
        return self.looks(Cause(**cause))

    def sent(self, node, state):
        self.facts.rows[self.run.send_id(node, self.run.mails[node].visit)] = state

    @property
    def on(self):
        """What is switched on, by the effects alone."""
        standing = {}
        for each in self.made:
            if each.__class__.__name__ in ("Audience", "Slot"):
                standing[each.name] = not each.is_end
        return {name for name, is_on in standing.items() if is_on}

    @property
    def outcomes(self):
        return [(each.node, each.outcome) for each in self.run.history]


def names(effects):
    """What they do, in a word each; what the journey tells of itself by its name."""
    return [_word(each) for each in effects]


def _word(each):
    kind = each.__class__.__name__.lower()
    ended = "-" if getattr(each, "is_end", False) else ""
    which = {"audience": "name", "slot": "name", "tell": "name", "mail": "node", "task": "node"}.get(kind)
    return f"{ended}{kind}:{getattr(each, which)}" if which else kind
