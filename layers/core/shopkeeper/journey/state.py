"""How a journey stands: whether it runs, which version lets people in, and which ones still have people inside."""

import msgspec

from shopkeeper.journey.facts import Going, Resume


class Overtaken(Exception):
    """Somebody else has changed how the journey stands."""


class State(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`live` is the version that lets people in, 0 for none; `versions` are those that somebody may stand in, `live`
    among them. `resume` was said when the last pause ended. `revision` counts changes from 1."""

    journey: str
    live: int = 0
    going: Going = "live"
    versions: tuple[int, ...] = ()
    resume: Resume = "skip_due"
    paused_at: str = ""
    changed_at: str = ""
    changed_by: str = ""
    revision: int = 1

    @property
    def lets_in(self) -> bool:
        return self.going == "live" and self.live > 0


_decoder = msgspec.json.Decoder(State)


def to_json(state: State) -> str:
    return msgspec.json.encode(state).decode()


def from_json(text: str) -> State:
    """Raises msgspec.ValidationError."""
    return _decoder.decode(text)
