"""How all mail stands: the switch that stops it, the pause over complaints, and the test mode."""

from contextlib import suppress
from datetime import datetime
from typing import Annotated, Literal

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
from shopkeeper.mail import health
from shopkeeper.mail.account import Account
from shopkeeper.mail.health import Day
from shopkeeper.mail.state import MailState, WhenUnknown

MOST_ALLOWED = 100
# Whose launches are looked at anew at once when mail goes again; those beyond go on by themselves.
_MOST_HASTENED = 500
_PATH = "/v1/mail/state"

room = Room("mail", "How all mail stands: stopped, paused over complaints, or to an allow list alone.")


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
    good. null ends the test mode.

    `complaints_seen` ends the pause of marketing, and has complaints counted anew from the next full hour."""

    stopped: bool | None = None
    only_to: AllowList | None = None
    when_unknown: WhenUnknown | None = None
    complaints_seen: Literal[True] | None = None

    def said(self, now: datetime) -> dict[str, object]:
        said = {"stopped": self.stopped, "when_unknown": self.when_unknown}
        told: dict[str, object] = {name: value for name, value in said.items() if value is not None}
        if self.complaints_seen:
            told |= {"paused_over": None, "counted_from": health.next_hour(now)}
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


class ComplaintsView(TypedDict):
    """Of the mails of the last 24 hours, hour by hour, as counted at `counted_at`. What was before `counted_from` was
    seen to and is left out."""

    counted_at: str
    counted_from: str | None
    delivered: int
    complained: int


class PauseView(TypedDict):
    """Since when marketing is paused, by what, and the mails that it was paused over."""

    since: str
    by: Literal["complaints"]
    delivered: int
    complained: int


class MailStateView(TypedDict):
    """`only_to` is null without a test mode; `changed_by` the id of who said it last, null while nobody has. `account`
    is null before SES was first asked, `complaints` before they were first counted. Marketing waits for `stopped`,
    `complaints` or `daily_quota`, null while it goes."""

    stopped: bool
    only_to: list[str] | None
    when_unknown: WhenUnknown
    changed_at: str | None
    changed_by: str | None
    letters_wait_for: str | None
    account: AccountView | None
    complaints: ComplaintsView | None
    paused: PauseView | None


@room.get(_PATH, groups=roles.GROUPS)
def read(call: Call) -> MailStateView:
    """Show how all mail stands."""
    return _shown(call.aws.mail_states.read(), call.now)


@room.put(_PATH, groups=(ADMIN,))
def change(call: Call, wanted: MailWish) -> MailStateView:
    """Stop all mail, also transactional, or let it go again; end a pause over complaints; begin or end the test mode.

    In force for all mail that is sent from 5 seconds after the answer. What is stopped waits, as long as it has not
    expired. What goes to nobody on the list in test mode is not sent (`other:test_mode`), also when it has ended.
    """
    state = call.aws.mail_states.say(wanted.said(call.now), call.who.id, call.now)
    if wanted.stopped is False or wanted.complaints_seen:
        _hasten(call)
    return _shown(state, call.now)


def _hasten(call: Call) -> None:
    launcher = Launcher(call.aws.launches, call.aws.machine, Clock(), zone=call.aws.zone)
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
        "complaints": _complaints(state.complaints, state.counted_from) if state.complaints else None,
        "paused": _pause(state.paused_over) if state.paused_over else None,
    }


def _complaints(day: Day, counted_from: str) -> ComplaintsView:
    return {
        "counted_at": day.counted_at,
        "counted_from": counted_from or None,
        "delivered": day.delivered,
        "complained": day.complained,
    }


def _pause(day: Day) -> PauseView:
    return {"since": day.counted_at, "by": "complaints", "delivered": day.delivered, "complained": day.complained}


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
