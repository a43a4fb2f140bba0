"""Accounts: what is known of a company, a household or another group, and who belongs to it."""

from typing import Any

from typing_extensions import TypedDict

from shopkeeper.api import pages, roles
from shopkeeper.api.calls import Call, Room, found
from shopkeeper.customer.accounts import Member
from shopkeeper.customer.instants import from_ms

room = Room("accounts", "Companies, households and other groups of customers.")


class AccountView(TypedDict):
    """`told_at` says when each trait was last told."""

    account_id: str
    traits: dict[str, Any]
    told_at: dict[str, str]


class MemberView(TypedDict):
    """What somebody is in an account: `role`, `persona` and `motivation`, each where it was said."""

    customer_id: str
    part: dict[str, str]
    told_at: str


class MemberPage(TypedDict):
    items: list[MemberView]
    next: str | None


@room.get("/v1/accounts/{account}", groups=roles.GROUPS)
def read_account(call: Call) -> AccountView:
    """What is known of an account, from `group` calls."""
    account = call.aws.accounts.load(call.path["account"])
    traits = {name: word for name, word in account.traits.items() if word.value is not None}
    if not account.version and not call.aws.accounts.members(account.account_id, 1)[0]:
        return found(None, "account")
    return {
        "account_id": account.account_id,
        "traits": {name: word.value for name, word in traits.items()},
        "told_at": {name: from_ms(word.at) for name, word in traits.items()},
    }


@room.get("/v1/accounts/{account}/members", groups=roles.GROUPS, parameters=pages.PAGE)
def read_members(call: Call) -> MemberPage:
    """Who belongs to an account, by customer id. A customer who was merged since is reached by the id given here."""
    members, last = call.aws.accounts.members(call.path["account"], pages.limit(call), *pages.after(call))
    given: MemberPage = pages.page([_member(member) for member in members], (last,) if last else ())
    return given


def _member(member: Member) -> MemberView:
    part = {name: word.value for name, word in member.part.items() if word.value}
    return {"customer_id": member.customer_id, "part": part, "told_at": from_ms(member.at)}
