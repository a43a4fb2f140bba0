"""Through which door a visitor came: direct, referral, organic, paid or e-mail.

Read off a page's address, its referrer and its campaign marks: a mark that somebody set says more than an address.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from shopkeeper.customer.interaction import Interaction

DIRECT, REFERRAL, ORGANIC, PAID, EMAIL = "direct", "referral", "organic", "paid", "e-mail"

_LONGEST_TEXT = 100
_MOST_QUERY_FIELDS = 100

# Networks of advertisers put these on the links people paid for. `fbclid` is not among them: Facebook marks each link.
_CLICK_IDS = frozenset({"gclid", "gbraid", "wbraid", "dclid", "msclkid", "ttclid", "twclid", "li_fat_id", "epik"})
_MEDIA = {
    **dict.fromkeys(("email", "e-mail", "e_mail", "newsletter", "mail"), EMAIL),
    **dict.fromkeys(("cpc", "ppc", "cpm", "cpv", "paid", "paidsearch", "paid_search", "paid-search"), PAID),
    **dict.fromkeys(("paidsocial", "paid_social", "paid-social", "display", "banner", "retarget", "affiliate"), PAID),
    **dict.fromkeys(("organic", "seo"), ORGANIC),
    **dict.fromkeys(("referral", "social", "social-network", "partner", "link"), REFERRAL),
}
_SEARCH = frozenset("google bing duckduckgo yahoo yandex baidu ecosia qwant startpage brave seznam naver ask".split())
_SEARCH_APP = "com.google.android.googlequicksearchbox"
_MAILBOXES = (
    *("mail.google.", "mail.yahoo.", "mail.aol.", "mail.proton.", "outlook.live.", "outlook.office", "webmail."),
    "com.google.android.gm",
)


class Arrival(msgspec.Struct, frozen=True, array_like=True):
    """`at` is in milliseconds since 1970, `by` the end of a message id; `host` is where a referral came from."""

    at: int
    by: str
    source: str
    host: str = ""
    campaign: str = ""

    @property
    def rank(self) -> tuple[int, str, str, str, str]:
        return self.at, self.by, self.source, self.host, self.campaign


def arrival(interaction: Interaction, at: int, by: str) -> Arrival | None:
    """None for what is no page or was looked at by a machine, and for a step from one page of the shop to another."""
    if interaction.type != "page" or interaction.context.get("device_class") == "machine":
        return None
    page = _object(interaction.context.get("page")) | interaction.properties
    address, referrer = _parts(page.get("url")), _parts(page.get("referrer"))
    marks = _marks(interaction, page, address.query)
    source = _marked(marks) or _referred(address.hostname, referrer.hostname)
    if not source:
        return None
    host = _site(referrer.hostname)[:_LONGEST_TEXT]
    return Arrival(at, by, source, host, marks.get("campaign", "")[:_LONGEST_TEXT])


class _Address:
    """Of text that may be no address at all."""

    def __init__(self, hostname: str = "", query: str = "") -> None:
        self.hostname = hostname
        self.query = query


def _parts(value: object) -> _Address:
    if not isinstance(value, str):
        return _Address()
    try:
        parts = urlsplit(value.strip())
        return _Address((parts.hostname or "").lower(), parts.query)
    except ValueError:
        return _Address()


def _marks(interaction: Interaction, page: Mapping[str, Any], query: str) -> dict[str, str]:
    """medium, source, campaign and whether a click was paid for, in small letters."""
    asked = _query(query) | _query(page.get("search"))
    said = _object(interaction.context.get("campaign"))
    marks = {
        "medium": said.get("medium") or asked.get("utm_medium"),
        "source": said.get("source") or asked.get("utm_source"),
        "campaign": said.get("name") or asked.get("utm_campaign"),
        "click": "paid" if _CLICK_IDS & asked.keys() else "",
    }
    return {name: value.strip().lower() for name, value in marks.items() if isinstance(value, str) and value.strip()}


def _query(text: object) -> dict[str, str]:
    if not isinstance(text, str):
        return {}
    try:
        return dict(parse_qsl(text.removeprefix("?"), max_num_fields=_MOST_QUERY_FIELDS))
    except ValueError:
        return {}


def _marked(marks: Mapping[str, str]) -> str:
    """An unknown medium still says that somebody set the link: it is a referral."""
    if medium := marks.get("medium"):
        return _MEDIA.get(medium, REFERRAL)
    if "click" in marks:
        return PAID
    return REFERRAL if "source" in marks or "campaign" in marks else ""


def _referred(own: str, referrer: str) -> str:
    if not referrer:
        return DIRECT
    if _site(own) == _site(referrer):
        return ""
    if referrer.startswith(_MAILBOXES):
        return EMAIL
    return ORGANIC if _is_search(referrer) else REFERRAL


def _is_search(host: str) -> bool:
    """google.com and google.co.uk, by the name that was registered; docs.google.com is another house."""
    *_, sub, name, _ = ["", "", *_site(host).split(".")]
    registered, before = (sub, "") if name in ("co", "com") else (name, sub)
    return host == _SEARCH_APP or (registered in _SEARCH and before in ("", "search", "m"))


def _site(host: str) -> str:
    return host.removeprefix("www.")


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
