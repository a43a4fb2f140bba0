"""What a leg is told when it asks, in a life drawn by lot; and the same in words, for the oracle."""

from datetime import UTC

from shopkeeper.journey.facts import MailVerdict, SendState, Shift, Verdict
from tests.journey_lives import HOUR, START


class Facts:
    zone, zone_is_own = UTC, True

    def __init__(self, life):
        self.life, self.now, self.leg, self.resume = life, life.now, "leg", life.resume
        starts, ends = life.pause
        self.going = "paused" if starts <= self.now < ends else "live"
        if life.stopped_at and life.stopped_at <= self.now:
            self.going = "stopped"
        self.broken = life.broken_at(self.now)
        is_shifted = life.resume == "shift" and starts < ends <= self.now
        self.shifts = [Shift(starts, ends)] if is_shifted else []
        self.gone = "erased" if life.gone_at and life.gone_at <= self.now else ""
        self.ledger = dict(life.ledger)
        self.rows = {send: self._state(row) for send, row in self.ledger.items()}

    def _state(self, row):
        _, _, at, fate = row
        return SendState("waiting", at) if self.now < at else SendState(fate, at)

    def holds(self, ref):
        flips = self.life.flips[ref]
        later = min((at for at in flips if at > self.now), default=None) if ref == "by_time" else None
        return Verdict(sum(at <= self.now for at in flips) % 2 == 1, later)

    def date(self, path):
        return START + 30 * HOUR if path == "day" else None

    def mail(self, send_id):
        return self.rows.get(send_id)

    def is_judged(self, send_id):
        return True

    def touches(self, _since):
        return ()

    def may_mail(self, message, _send_id):
        return self._may(message.template)

    def _may(self, letter):
        if letter in self.life.never:
            return MailVerdict("never", reason="do_not_contact:no_consent")
        shut = self.life.shut[letter]
        return MailVerdict("later", shut + 9 * HOUR) if shut <= self.now < shut + 9 * HOUR else MailVerdict("now")

    def told(self):
        rows = {(node, visit): tuple(self.rows[send][:2]) for send, (node, visit, *_) in self.ledger.items()}
        return {
            "going": self.going,
            "gone": self.gone,
            "broken": self.broken,
            "resume": self.resume,
            "shift": tuple(self.shifts[0]) if self.shifts else None,
            "truths": {rule: self.holds(rule).truth for rule in self.life.flips},
            "may": {letter: tuple(self._may(letter)[:2]) for letter in self.life.fates},
            "rows": rows,
            "day": START + 30 * HOUR,
        }
