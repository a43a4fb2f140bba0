"""Templates: what a letter says, in restricted Liquid. A template that is kept is one that some customer can get."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Annotated, Any

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from shopkeeper import ids
from shopkeeper.api import customers, roles, sharing, versions
from shopkeeper.api.calls import Call, Parameter, found
from shopkeeper.api.problems import Problem
from shopkeeper.api.sharing import Held
from shopkeeper.api.versions import VERSION, Kind, Made
from shopkeeper.aws.definitions import Version
from shopkeeper.consent.classes import MARKETING, TRANSACTIONAL, MailClass
from shopkeeper.customer.document import Customer
from shopkeeper.customer.requests import Strict
from shopkeeper.mail import content, facts, links, publishing
from shopkeeper.mail.content import Addresses, Letter, Published, Source
from shopkeeper.mail.errors import RenderError
from shopkeeper.mail.shelf import CHOSEN, Shelf

_LANGUAGE = (
    f"Liquid, whose facts are {', '.join(facts.NAMES)} (anything told about the customer, such as traits.city) and, "
    f"not in the subject, {links.UNSUBSCRIBE}. Whoever lacks a fact that is written without a default gets no letter."
)


class Template(Strict):
    """`text` is made of the HTML unless it is given. A marketing letter must show a link to `{{ unsubscribe_url }}`,
    not to Outlook alone. A transactional one, such as a receipt, has none, and knows one fact more: what is said with
    each message, such as `message.order`. A template is tried on made-up customers first: what none of them can get is
    refused.

    `layout` is the id of what stands around it. Layout, snippets and blocks become a part of the version as they are
    now, and of MJML HTML is made."""

    subject: Annotated[str, StringConstraints(min_length=1, max_length=2000)]
    html: Annotated[str, StringConstraints(min_length=1), Field(description=_LANGUAGE)]
    text: Annotated[str, StringConstraints(min_length=1)] | None = None
    source: sharing.Source = "html"
    layout: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    class_: Annotated[MailClass, Field(alias="class")] = "marketing"


class Warned(TypedDict):
    """Worth a look, and no reason to refuse: the version is kept. Also names what a customer of whom nothing is known
    lacks to be written to."""

    part: str
    line: int
    message: str


class Preview(TypedDict):
    """Links of a preview lead nowhere; `links` says where they will lead, by their number. `blocks` says which variant
    of each block is shown."""

    version: int
    subject: str
    html: str
    text: str
    links: list[str]
    blocks: dict[str, str]


def _make(call: Call, template: Template, template_id: str, number: int) -> Made:
    """Where links lead that have ended is said by each campaign, at its launch."""
    shelf = sharing.shelf(call, template.layout, template.html, template.text)
    published = _published(call, template, shelf)
    ref = ids.content_ref(template_id, number).hex()
    links = json.dumps([{"url": url} for url in published.links], separators=(",", ":"))
    texts = {"published": json.dumps(published.to_json()), **sharing.made_of(shelf)}
    return Made(texts, {"links": links, "home": ""}, ref)


def _published(call: Call, template: Template, shelf: Shelf) -> Published:
    """Raises BadRequest naming part and line of each problem."""
    source = Source(template.subject, template.html, template.text, mjml=template.source == "mjml")
    with sharing.problems_named():
        return publishing.publish(
            source,
            facts.names(template.class_),
            tracking_host=sharing.host(call),
            marketing=template.class_ == MARKETING,
            leaves=template.class_ != TRANSACTIONAL,
            least=facts.LEAST,
            shelf=shelf,
        )


def _more(_: Call, version: Version) -> Mapping[str, Any]:
    published = _kept(version)
    warnings = [Warned(part=each.part, line=each.line, message=each.message) for each in published.warnings]
    return {"links": list(published.links), "warnings": warnings, "made_of": sharing.held_in(version)}


def _faults(call: Call, wanted: Template) -> Iterable[tuple[str, str]]:
    return sharing.layout_faults(call, wanted.layout, wanted.source) if wanted.layout else ()


def _kept(version: Version) -> Published:
    return Published.from_json(json.loads(version.made["published"]))


KIND = Kind(
    "template",
    "templates",
    Template,
    check=_faults,
    make=_make,
    more=_more,
    shape={"links": list[str], "warnings": list[Warned], "made_of": list[Held]},
    stale=sharing.stale,
    long=frozenset(("html", "text")),
)
room = KIND.room("What letters say.")
CUSTOMER = Parameter(
    "customer",
    "query",
    "For whom, by customer id or e.g. `user:42`; without it, for a made-up Jo Example.",
    {"type": "string"},
)


@room.get(
    "/v1/templates/{id}/render",
    groups=roles.GROUPS,
    parameters=(CUSTOMER, VERSION),
    refusals={409: "It cannot be rendered for this customer."},
)
def render(call: Call) -> Preview:
    """Show a letter as a customer would get it. Nothing is sent and nothing is counted."""
    version = found(versions.version_asked(KIND, call), "template")
    name = call.query.get("customer")
    pictures = replace(content.NOWHERE, assets=sharing.asset_address(call))
    letter, chosen = rendered(call, version, customers.by_name(call, name) if name else None, pictures)
    return Preview(
        version=version.number,
        subject=letter.subject,
        html=letter.html,
        text=letter.text,
        links=[letter.destinations.get(n, url) for n, url in enumerate(_kept(version).links)],
        blocks=dict(chosen),
    )


def rendered(
    call: Call, version: Version, customer: Customer | None, ours: Addresses = content.NOWHERE
) -> tuple[Letter, Mapping[str, str]]:
    """A letter, and the variant of each of its blocks. Raises Problem 409."""
    letter = content.load(_kept(version))
    blocks = letter.blocks
    chosen = blocks.chosen(customer, call.now, call.aws.zone) if customer else blocks.general()
    try:
        return letter.render({**_facts(customer), CHOSEN: chosen}, ours), chosen
    except RenderError as error:
        where = f"{error.part}, line {error.line}"
        raise Problem(409, f"The template cannot be rendered for this customer: {where}: {error}.") from None


def _facts(customer: Customer | None) -> Mapping[str, Any]:
    """Of nobody, made-up ones; brand and offer are made up in any case."""
    if customer is None:
        return facts.SOMEBODY
    document = customer.document
    made_up = {name: facts.LEAST[name] for name in ("brand", "offer")}
    return facts.facts_of(document, facts.address_of(document)) | made_up
