"""Holds in memory, with true conditions: what the table's own conditions are held against."""

from dataclasses import replace

from shopkeeper import clock
from shopkeeper.mail.holds import Hold


def held(stands, wanted):
    if stands.until > wanted.since:
        return stands
    return replace(wanted, since=stands.since or wanted.since, went_on_at=stands.went_on_at)


def lifted(stands, now):
    return replace(stands, until=clock.to_text(now)) if stands.until > clock.to_text(now) else stands


def ended(stands, now):
    return Hold(went_on_at=clock.to_text(now)) if stands.why else stands


class FakeHolds:
    """`call(name, work)` is what every call passes through; `changed` is told of each write."""

    def __init__(self, holds, call, changed=lambda activity, hold: None):
        self._holds, self._call, self._changed = holds, call, changed

    def get(self, activity, occurrence):
        return self._call("holds.get", lambda: self._stands(activity, occurrence))

    def hold(self, activity, occurrence, wanted):
        return self._change("holds.hold", activity, occurrence, lambda stands: held(stands, wanted))

    def end(self, activity, occurrence, now):
        return self._change("holds.end", activity, occurrence, lambda stands: ended(stands, now))

    def _stands(self, activity, occurrence):
        return self._holds.get((activity, occurrence), Hold())

    def _change(self, name, activity, occurrence, change):
        def work():
            self._holds[activity, occurrence] = hold = change(self._stands(activity, occurrence))
            self._changed(activity, hold)
            return hold

        return self._call(name, work)
