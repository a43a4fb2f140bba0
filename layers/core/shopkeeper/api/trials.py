"""Test sends of templates, and the list of those who may get them."""

import json
from dataclasses import replace
from typing import Annotated

from pydantic import Field
from typing_extensions import TypedDict

from shopkeeper import ids
from shopkeeper.api import customers, templates
from shopkeeper.api.brands import Email
from shopkeeper.api.calls import Call, Room, found
from shopkeeper.api.roles import ADMIN, MARKETER
from shopkeeper.api.singles import Single
from shopkeeper.api.versions import Kind, missing
from shopkeeper.customer.requests import Id, Strict
from shopkeeper.mail import trials
from shopkeeper.mail.trials import Trial

MOST_TESTERS, MOST_AT_ONCE = 100, 10


class Testers(Strict):
    """Addresses of the house, that test sends may go to. There are no others."""

    addresses: Annotated[tuple[Email, ...], Field(max_length=MOST_TESTERS)] = ()


class TestSend(Strict):
    """`customer`, by customer id or e.g. `user:42`, is whose facts the letter shows; without it, those of a made-up Jo
    Example. `brand` is in whose name it comes."""

    to: Annotated[tuple[Email, ...], Field(min_length=1, max_length=MOST_AT_ONCE)]
    brand: Id
    customer: str | None = None


class TestSent(TypedDict):
    """It is on its way to so many, in the version of the template that counts."""

    version: int
    accepted: int


TESTERS = Single(
    Kind(trials.KIND, trials.KIND, Testers),
    trials.ID,
    '{"addresses":[]}',
    "Show who may get test sends.",
    "Say who may get test sends. It counts within a minute.",
    "The first list of testers.",
)
room = Room("testers", "Test sends, and who may get them.")
room.routes += [
    replace(route, groups=(ADMIN,)) if route.method == "PUT" else route
    for route in TESTERS.routes("/v1/mail/testers", lambda *_: ())
]


def _faults(call: Call, wanted: TestSend) -> list[tuple[str, str]]:
    testers = json.loads(TESTERS.counting(call).content)["addresses"]
    none = "is not on the list of testers, which an admin keeps (/v1/mail/testers)"
    strangers = [(f"to.{n}", none) for n, each in enumerate(wanted.to) if not trials.is_tester(each, testers)]
    nobody = customers.unknown(call, wanted.customer, "customer") if wanted.customer else ()
    return [*strangers, *missing(call, "brand", wanted.brand, "brand"), *nobody]


@room.post(
    "/v1/templates/{id}/test-send",
    groups=(MARKETER, ADMIN),
    status=202,
    check=_faults,
    refusals={409: "It cannot be rendered for this customer."},
)
def send_test(call: Call, wanted: TestSend) -> TestSent:
    """Mail a template to testers, as a customer would get it.

    The subject begins with "[Test]". Nothing about it is counted or remembered, and no link in it unsubscribes anybody.
    """
    version = found(call.aws.definitions.newest("template", call.path["id"]), "template")
    document = customers.by_name(call, wanted.customer) if wanted.customer else None
    templates.rendered(call, version, document)
    brand = call.aws.definitions.number("brand", wanted.brand)
    messages = [
        Trial(
            name=ids.digest("test", call.request_id, str(place)),
            template=f"{version.id}#{version.number}",
            brand=f"{wanted.brand}#{brand}",
            mail_class=json.loads(version.content)["class"],
            to=to,
            customer=document.customer_id if document else "",
        ).encoded()
        for place, to in enumerate(wanted.to)
    ]
    call.aws.outgoing.send(messages)
    return {"version": version.number, "accepted": len(messages)}
