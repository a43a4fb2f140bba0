"""The newsletters of this folder, and what is asked of each: every link arrives, every other byte stays."""

import re
from html.parser import HTMLParser
from pathlib import Path

from shopkeeper.mail import links, liquid
from shopkeeper.mail.content import Addresses, Source, load
from shopkeeper.mail.publishing import publish

FOLDER = Path(__file__).parent
NAMES = ["customer", "orders"]
HOST = "t.brand.example"
ADDRESSES = Addresses(
    f"https://{HOST}/c/TOKEN/", f"https://{HOST}/o/OPEN", f"https://{HOST}/u/LEAVE", f"https://{HOST}/a/"
)
PIXEL = links.PIXEL.replace(f"{{{{{links.OPEN}}}}}", ADDRESSES.open)
TRACKED = re.compile(re.escape(ADDRESSES.click) + r"([0-9]+)")
FACTS = [
    {"customer": {"first_name": "Jo", "vip": True, "lang": "de"}, "orders": [{"name": "Tulip"}, {"name": "Rose & Co"}]},
    {"customer": {"first_name": '<a href="https://evil.example">{{ 7 | times: 7 }}', "vip": False}, "orders": []},
]


def titles():
    return sorted(path.stem for path in FOLDER.glob("*.html"))


def html(title, line_end="\n"):
    return (FOLDER / f"{title}.html").read_text().replace("\n", line_end)


def destinations(title):
    return (FOLDER / f"{title}.links").read_text().splitlines()


def published(source, **settings):
    return publish(Source("News", source), NAMES, tracking_host=HOST, **settings)


def rendered(source, facts):
    return load(published(source)).render(facts, ADDRESSES)


def as_written(source, facts):
    """The template through the engine with nothing of ours in it but the address to unsubscribe."""
    return liquid.write(liquid.parse(source, liquid.HTML), {**facts, links.UNSUBSCRIBE: ADDRESSES.unsubscribe})


def with_tracked_hrefs_blanked(page):
    """Both pages agree but for the values of hrefs that lead to the shop; here those are blanked."""
    return re.sub(r"""(?i)(href\s*=\s*)("|'|)\s*https?://(?!never|t\.brand).*?(?=\2[\s>]|\2$)""", r"\1\2", page)


def line_ends(text):
    return set(re.findall(r"\r\n|\r|\n", text))


class Hrefs(HTMLParser):
    """An independent reader of the finished page: where its links lead, Outlook's included."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        if tag in ("a", "area", "v:roundrect"):
            self.found += [value for name, value in attrs if name == "href"][:1]

    def handle_comment(self, data):
        if data.startswith("[if"):
            inner = Hrefs()
            inner.feed(data.partition(">")[2])
            self.found += inner.found


def hrefs(page):
    reader = Hrefs()
    reader.feed(page)
    return reader.found
