"""How a journey stands: whether it runs, which version lets people in, and which ones still have people inside."""

import msgspec

from shopkeeper.journey.facts import Going, Resume, Shift


class Overtaken(Exception):
    """Somebody else has changed how the journey stands."""


MOST_SHIFTS = 10


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`live` is the version that lets people in, 0 for none; `versions` are those that somebody may stand in, `live`
    among them. `resume` was said when the last pause ended, `shifts` are the
    newest ones that waits are put off by. `life` counts how often it began: whoever came in before it
    was stopped has to leave, also if it is published again at once. `revision` counts changes from 1."""

    journey: str
    live: int = 0
    going: Going = "live"
    versions: tuple[int, ...] = ()
    resume: Resume = "skip_due"
    paused_at: str = ""
    shifts: tuple[Shift, ...] = ()
    changed_at: str = ""
    changed_by: str = ""
    life: int = 1
    revision: int = 1

    @property
    def lets_in(self) -> bool:
        return self.going == "live" and self.live > 0

    def goes_for(self, life: int) -> Going:
        """For who came in during that life. What is remembered may be older than that: then it ran a moment ago."""
        if life > self.life:
            return "live"
        return self.going if life == self.life else "stopped"


_decoder = msgspec.json.Decoder(State)


def to_json(state: State) -> str:
    return msgspec.json.encode(state).decode()


def from_json(text: str) -> State:
    """Raises msgspec.ValidationError."""
    return _decoder.decode(text)
