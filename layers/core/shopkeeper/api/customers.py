"""What is remembered of a customer: the picture, and the timeline of all interactions."""

import json
from collections.abc import Iterable
from heapq import nlargest
from itertools import islice

from typing_extensions import TypedDict

from shopkeeper import clock
from shopkeeper.api import customer_view, letters_seen, memberships, pages, phases, roles
from shopkeeper.api.calls import Call, Room
from shopkeeper.api.customer_view import CustomerView
from shopkeeper.api.problems import Problem
from shopkeeper.aws import measure_rules
from shopkeeper.customer import following, given_outcomes, identity, orders, timeline, whose
from shopkeeper.customer.computed import Settings
from shopkeeper.customer.document import Customer
from shopkeeper.customer.instants import from_ms
from shopkeeper.customer.rows import Row
from shopkeeper.customer.timeline import Position
from shopkeeper.segment.phases import phase_of

_MOST_OUTCOMES = 500
_MOST_FACTS = 5_000
_NOBODY = (
    "There is no such customer. Names are written user:42, email:jo@example.com or anon:f00;"
    " what has none of these in front is taken for a customer id."
)
room = Room("customers", "What is remembered of each customer.")


class TimelinePage(TypedDict):
    items: list[timeline.Entry]
    next: str | None


@room.get("/v1/customers/{customer}", groups=roles.GROUPS)
def read_customer(call: Call) -> CustomerView:
    """The picture of a customer: identities, traits, segments, lists, consents, what was done how often, and orders.

    A customer is named by customer id, or by who they are: `user:42`, `email:jo@example.com`, `anon:f00`. The id of one
    who was merged into another is answered with that other one, and `merged_into` says so.
    """
    name = call.path["customer"]
    seen = by_name(call, name)
    registered = measure_rules.standing(call.aws.definitions) if seen.registered else {}
    ids = {measure_id: each.id for measure_id, each in registered.items()}
    return customer_view.shown(seen, name, call.now, _settings(call), ids, memberships.of(call, seen))


def _settings(call: Call) -> Settings:
    counting = phases.current(call)
    return Settings(call.aws.zone, lambda customer, now_ms: phase_of(customer, now_ms, counting))


@room.get("/v1/customers/{customer}/timeline", groups=roles.GROUPS, parameters=pages.PAGE)
def read_timeline(call: Call) -> TimelinePage:
    """Every interaction of a customer, newest first; what others said of their orders is among them.

    `retracted` is what has been taken back, and counts no more.
    Whoever opened a letter or followed a link in it: `activity` and `template` say which, `url` where the link leads.
    `class` is `machine` for what a machine did, else `unknown`: reports count it as a person's.
    """
    limit, parts = pages.limit(call), pages.after(call, len(Position._fields))
    after = Position(*parts) if parts else None
    seen = by_name(call, call.path["customer"])
    page = remembered(call, seen, after, limit, limit + 1)
    retracted = call.aws.interactions.retracted([row.key for row in page.rows])
    entries = timeline.shown(page.rows, _outcomes(call, seen), retracted)
    given: TimelinePage = pages.page(letters_seen.with_letters(page.rows, entries, call.aws), page.next or ())
    return given


def remembered(call: Call, seen: Customer, after: Position | None, limit: int, step: int) -> timeline.Page:
    """The newest rows behind a position; `step` of each subject are read at a time."""
    until, subjects = after.at if after else "", whose.subjects_of(seen)
    is_theirs = whose.belongs_to(seen, call.aws.identities.load(whose.identities_of(subjects)))
    rows = [call.aws.interactions.newest(subject, until, step) for subject in subjects]
    others = _of_others(call, seen, until, limit + 1)
    return timeline.page(lambda row: row in others or is_theirs(row), [*rows, others], after, limit)


def _of_others(call: Call, seen: Customer, until: str, most: int) -> list[Row]:
    """What others said of the orders of a customer, newest first."""
    if orders.NAMES.isdisjoint(seen.measures):
        return []
    own = set(whose.subjects_of(seen))
    told = (fact for owner in seen.family for _, fact in islice(call.aws.orders.all_facts(owner), _MOST_FACTS))
    theirs = [fact for fact in told if fact.subject not in own and (not until or from_ms(fact.at) <= until)]
    keys = [fact.key for fact in nlargest(most, theirs, key=lambda fact: (fact.at, fact.key))]
    return list(call.aws.interactions.rows(keys))


def _outcomes(call: Call, seen: Customer) -> dict[str, str]:
    if given_outcomes.FAMILY not in seen.document.words:
        return {}
    defined, _ = call.aws.definitions.listed("outcome", _MOST_OUTCOMES)
    return given_outcomes.prevailing(seen.document, {each.id: json.loads(each.shown)["rank"] for each in defined})


def by_name(call: Call, name: str) -> Customer:
    """By customer id, or by who they are, whoever they were merged into. Raises Problem 404 and 503."""
    return living(call, id_of(call, name))


def unknown(call: Call, name: str, at: str) -> Iterable[tuple[str, str]]:
    """Finds fault with a name, standing in the field `at`, that is nobody's. Raises Problem 503."""
    try:
        by_name(call, name)
    except Problem as problem:
        if problem.status != 404:
            raise
        yield at, "there is no such customer: tell us of them first, by identify or track"


def id_of(call: Call, name: str) -> str:
    """Whoever that was merged into; empty for nobody."""
    if identity.kind_of(name) not in identity.KINDS:
        return name
    who = identity.identity_of(name)
    known = call.aws.identities.load([who]).get(who)
    return identity.resolve(known, clock.to_text(call.now)) if known else ""


def living(call: Call, customer_id: str) -> Customer:
    """Raises Problem 404 and 503."""
    try:
        customer = following.find(customer_id, call.aws.customers) if customer_id else None
    except following.InMotion:
        raise Problem(503, "Somebody is merging this customer. Try again in a moment.") from None
    if customer is None:
        raise Problem(404, _NOBODY)
    return customer
