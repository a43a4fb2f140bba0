"""Links whose address holds facts, such as `https://shop.example/cart/{{ traits.cart }}`.

In a template that was published such an address stands between marks, which begin with the customer's own click
address: nobody else can write it, as it is signed. When the letter is made, what came out between them is checked like
any other destination, and may lead nowhere but to hosts that the template itself names. One of ours takes its place,
or the address itself where the link has no number and is not counted.
"""

import re
from collections.abc import Collection
from html import escape
from typing import NamedTuple

from shopkeeper.mail import destinations, markup
from shopkeeper.mail.errors import DestinationError, RenderError
from shopkeeper.mail.spans import PLACEHOLDER
from shopkeeper.mail.utm import Utm

MOST_ROOM = 16_384
"""Characters of all such addresses of one letter, which stand on its row."""
_START, _END = "(", ")"
_WRITTEN_OUT = re.compile(rf"(https?://[^/?#{PLACEHOLDER}]+)[/?#]", re.IGNORECASE)


class Settled(NamedTuple):
    """`links` are where the numbered ones lead."""

    html: str
    links: dict[int, str]


def origin(value: str) -> str:
    """Of an address with placeholders where Liquid stands: what leads there if all else fails. Raises DestinationError
    unless scheme and host are written out."""
    written = _WRITTEN_OUT.match(value)
    if not written:
        raise DestinationError("facts cannot say where a link leads: write out https://, the host and a / behind it")
    destinations.check(re.sub(f"{PLACEHOLDER}+", "x", value))
    return destinations.check(f"{written[1]}/")


def marks(click: str, number: int | None) -> tuple[str, str]:
    """What stands before and behind such an address; without a number, of one that is not counted."""
    return f"{click}{'' if number is None else number}{_START}", f"{_END}{click}"


def settle(html: str, click: str, hosts: Collection[str], utm: Utm) -> Settled:
    """Raises RenderError naming the link."""
    links: dict[int, str] = {}

    def settled(found: re.Match[str]) -> str:
        number = found[1]
        try:
            url = _checked(markup.decoded(found[2]), hosts)
        except DestinationError as error:
            name = f"link {number}" if number else "a link that is not counted"
            raise RenderError(f"{name}: {error}", short=name) from None
        if not number:
            return escape(url)
        links[int(number)] = utm.appended(url)
        return f"{click}{number}"

    mark = re.escape(click)
    made = re.sub(rf"{mark}([0-9]*)\((.*?)\){mark}", settled, html, flags=re.DOTALL)
    if re.search(rf"{mark}[0-9]*\(|\){mark}", made):
        raise RenderError("a link with facts in its address was cut", short="a link was cut")
    if sum(map(len, links.values())) > MOST_ROOM:
        raise RenderError("the links with facts in their addresses are too long", short="links too long")
    return Settled(made, links)


def _checked(url: str, hosts: Collection[str]) -> str:
    checked = destinations.check(url)
    if destinations.host_of(checked) not in hosts:
        raise DestinationError("it leads to a host that the template does not name")
    return checked
