"""How all mail stands: one switch that stops it, and a test mode in which an allow list alone is written to."""

from dataclasses import dataclass

from shopkeeper.customer.addresses import normal_address

STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailState:
    """`only_to` are addresses and domains in their normal form, None where there is no test mode.

    `changed_at` is text, "" while nobody has said anything, and `changed_by` the id of who said it last.
    """

    stopped: bool = False
    only_to: tuple[str, ...] | None = None
    changed_at: str = ""
    changed_by: str = ""

    @property
    def standstill(self) -> str:
        """Why nothing goes out, "" where mail goes."""
        return STOPPED if self.stopped else ""

    def allows(self, address: str) -> bool:
        """A domain stands for its own addresses, not for those of domains below it."""
        if self.only_to is None:
            return True
        normal = normal_address(address)
        return bool({normal, normal.rpartition("@")[2]}.intersection(self.only_to))
