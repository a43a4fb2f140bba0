"""How all mail stands: the switch that stops it, and the test mode."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field
from typing_extensions import TypedDict

from shopkeeper.api import roles
from shopkeeper.api.calls import Call, Room
from shopkeeper.api.roles import ADMIN
from shopkeeper.campaign.launching import Launcher, NoLaunch
from shopkeeper.clock import Clock
from shopkeeper.customer import hosts
from shopkeeper.customer.emails import normal_email
from shopkeeper.customer.requests import Strict
from shopkeeper.mail.account import Account
from shopkeeper.mail.state import MailState, WhenUnknown

MOST_ALLOWED = 100
# Whose launches are looked at anew at once when mail goes again; those beyond go on by themselves.
_MOST_HASTENED = 500
_PATH = "/v1/mail/state"

room = Room("mail", "How all mail stands: stopped, or to an allow list alone.")


def _normal(said: str) -> str:
    try:
        return normal_email(said) if "@" in said else hosts.to_ascii(said.strip())
    except ValueError:
        raise ValueError("is neither an address nor a domain") from None


def _some(given: tuple[str, ...]) -> tuple[str, ...]:
    if not 0 < len(given) <= MOST_ALLOWED:
        raise ValueError(f"are 1 to {MOST_ALLOWED}")
    return given


# Not `min_length`, which would also find too few where one is refused.
AllowList = Annotated[
    tuple[Annotated[str, AfterValidator(_normal)], ...],
    AfterValidator(_some),
    Field(json_schema_extra={"minItems": 1, "maxItems": MOST_ALLOWED}),
]


class MailWish(Strict):
    """What is left out stays as it is. `when_unknown` says what becomes of a letter of which SES never told anything,
    though its answer was lost: `retry_once`, as from the start, or `never`.

    `only_to` are addresses and whole domains, each without those below it; all other recipients are not written to, for
    good. null ends the test mode."""

    stopped: bool | None = None
    only_to: AllowList | None = None
    when_unknown: WhenUnknown | None = None

    def said(self) -> dict[str, object]:
        said = {"stopped": self.stopped, "when_unknown": self.when_unknown}
        told: dict[str, object] = {name: value for name, value in said.items() if value is not None}
        return told | ({"only_to": self.only_to} if "only_to" in self.model_fields_set else {})


class AccountView(TypedDict):
    """What SES said of the account at `read_at`: the recipients of 24 hours that it allows, -1 for any number, and how
    many of them are used up; mails a second; `enforcement` is HEALTHY, PROBATION or SHUTDOWN."""

    read_at: str
    most_a_day: float
    most_a_second: float
    sent: float
    sandbox: bool
    sending: bool
    enforcement: str


class MailStateView(TypedDict):
    """`only_to` is null without a test mode; `changed_by` the id of who said it last, null while nobody has. `account`
    is null before SES was first asked. Letters wait for `stopped` or `daily_quota`, null while they go."""

    stopped: bool
    only_to: list[str] | None
    when_unknown: WhenUnknown
    changed_at: str | None
    changed_by: str | None
    letters_wait_for: str | None
    account: AccountView | None


@room.get(_PATH, groups=roles.GROUPS)
def read(call: Call) -> MailStateView:
    """Show how all mail stands."""
    return _shown(call.aws.mail_states.read(), call.now)


@room.put(_PATH, groups=(ADMIN,))
def change(call: Call, wanted: MailWish) -> MailStateView:
    """Stop all mail, also transactional, or let it go again; begin or end the test mode.

    In force for all mail that is sent from 5 seconds after the answer. What is stopped waits, as long as it has not
    expired. What goes to nobody on the list in test mode is not sent (`other:test_mode`), also when it has ended.
    """
    state = call.aws.mail_states.say(wanted.said(), call.who.id, call.now)
    if wanted.stopped is False:
        _hasten(call)
    return _shown(state, call.now)


def _hasten(call: Call) -> None:
    launcher = Launcher(call.aws.launches, call.aws.machine, Clock())
    entries, _ = call.aws.definitions.listed("campaign", _MOST_HASTENED)
    for each in entries:
        with suppress(NoLaunch):
            launcher.hasten(each.id)


def _shown(state: MailState, now: datetime) -> MailStateView:
    return {
        "stopped": state.stopped,
        "only_to": None if state.only_to is None else list(state.only_to),
        "when_unknown": state.when_unknown,
        "changed_at": state.changed_at or None,
        "changed_by": state.changed_by or None,
        "letters_wait_for": state.standstill(now) or None,
        "account": _account(state.account) if state.account else None,
    }


def _account(account: Account) -> AccountView:
    return {
        "read_at": account.read_at,
        "most_a_day": account.most_a_day,
        "most_a_second": account.most_a_second,
        "sent": account.sent,
        "sandbox": account.sandbox,
        "sending": account.sending,
        "enforcement": account.enforcement,
    }
