"""A message of the Connectors queue: what a leg hands over, for whom, and whose run it is."""

import msgspec

from shopkeeper.journey.effects import Effect
from shopkeeper.journey.rows import RunKey


class NotUnderstood(Exception):
    """The message is of no form that is known here."""


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is that of the run's row, `<journey>#<key>`, and `key` the one of the effect."""

    customer_id: str
    journey: str
    name: str
    key: str
    effect: Effect

    @property
    def run(self) -> RunKey:
        return RunKey(self.customer_id, self.name)


_decoder = msgspec.json.Decoder(Handed)


def read(text: str) -> Handed:
    """Raises NotUnderstood."""
    try:
        return _decoder.decode(text)
    except msgspec.DecodeError as error:
        raise NotUnderstood(str(error)) from error
