"""A letter as one would make it of jinja2, its template kept parsed in a sandbox, and the library's EmailMessage.

The links are found by BeautifulSoup with html.parser, or by one regular expression.
"""

import html
import re
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import NamedTuple

from bs4 import BeautifulSoup
from jinja2.sandbox import SandboxedEnvironment

from shopkeeper.mail.content import Source

_HREF = re.compile(r'(<a\b[^>]*?\bhref=")([^"]*)(")', re.IGNORECASE)


class Ours(NamedTuple):
    """Addresses of one mail, signed as the product signs them."""

    click: str
    open: str
    unsubscribe: str


class Theirs:
    def __init__(self, source: Source, links: tuple[str, ...]) -> None:
        plain, page = SandboxedEnvironment(), SandboxedEnvironment(autoescape=True)
        self._subject, self._text = plain.from_string(source.subject), plain.from_string(source.text or "")
        self._html = page.from_string(source.html)
        self._numbers = {url: number for number, url in enumerate(links)}

    def with_soup(self, facts: dict, to: str, ours: Ours, at: datetime) -> bytes:
        return self._message(facts, to, ours, at, self._souped)

    def with_regex(self, facts: dict, to: str, ours: Ours, at: datetime) -> bytes:
        return self._message(facts, to, ours, at, self._replaced)

    def _message(self, facts, to, ours, at, linked) -> bytes:
        facts = {**facts, "unsubscribe_url": ours.unsubscribe}
        message = EmailMessage(policy=SMTP)
        message["From"] = "The Shop <news@shop.example>"
        message["To"] = to
        message["Reply-To"] = "hello@shop.example"
        message["Subject"] = self._subject.render(facts)
        message["Date"] = format_datetime(at)
        message["List-Unsubscribe"] = f"<{ours.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message["List-Id"] = "Spring news <news.shop.example>"
        message.set_content(self._text.render(facts))
        message.add_alternative(linked(self._html.render(facts), ours), subtype="html")
        return message.as_bytes()

    def _souped(self, page: str, ours: Ours) -> str:
        soup = BeautifulSoup(page, "html.parser")
        for link in soup.find_all("a", href=True):
            if link["href"] in self._numbers:
                link["href"] = f"{ours.click}{self._numbers[link['href']]}"
        pixel = soup.new_tag("img", src=ours.open, width="1", height="1", alt="", style="display:block")
        soup.body.append(pixel)
        return str(soup)

    def _replaced(self, page: str, ours: Ours) -> str:
        def replaced(link: re.Match) -> str:
            number = self._numbers.get(html.unescape(link[2]))
            return link[0] if number is None else f"{link[1]}{ours.click}{number}{link[3]}"

        pixel = f'<img src="{ours.open}" width="1" height="1" alt="" style="display:block">'
        return _HREF.sub(replaced, page).replace("</body>", f"{pixel}</body>")
