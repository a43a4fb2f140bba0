"""The pages on which a recipient leaves a topic. They need no script, no cookie and nothing from elsewhere.

Whoever holds a forwarded mail can open them, so they show no more than a masked address and the name of a topic.
"""

from dataclasses import dataclass
from html import escape

from shopkeeper.consent.wording import ENGLISH, Said, Wording
from shopkeeper.pages import Answer, html

_HIDDEN = "•••"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page may show: the names that people know, and the address as `masked` gives it. Empty: not known."""

    topic: str = ""
    address: str = ""
    brand: str = ""


def ask(shown: Shown, wording: Wording = ENGLISH) -> Answer:
    return _page(wording.ask, shown, wording, _button("confirm", wording.leave), wording.others_still_come)


def left(
    shown: Shown, *, can_undo: bool, just_now: bool = True, from_all: bool = False, wording: Wording = ENGLISH
) -> Answer:
    """`just_now`: a mail may still be on its way. `from_all`: not only this topic, but all marketing has ended."""
    undo = _button("undo", wording.undo, quiet=True) if can_undo else ""
    notes = (wording.on_its_way, wording.others_still_come) if just_now else (wording.others_still_come,)
    return _page(wording.left_all if from_all else wording.left, shown, wording, undo, *notes)


def back(shown: Shown, wording: Wording = ENGLISH) -> Answer:
    return _page(wording.back, shown, wording, _button("confirm", wording.leave, quiet=True))


def stays_out(shown: Shown, wording: Wording = ENGLISH) -> Answer:
    return _page(wording.stays_out, shown, wording, "", wording.others_still_come)


def only_a_test(shown: Shown, wording: Wording = ENGLISH) -> Answer:
    return _page(wording.only_a_test, shown, wording, "")


def masked(address: str) -> str:
    """`jo.doe@example.co.uk` is `j•••@e•••.uk`: how long a part is stays hidden, too. Empty for what is no address."""
    local, at, domain = address.strip().lower().rpartition("@")
    host, _, top = domain.rpartition(".")
    return f"{local[0]}{_HIDDEN}@{host[0]}{_HIDDEN}.{top}" if local and at and host and top else ""


def _page(said: Said, shown: Shown, wording: Wording, action: str, *notes: str) -> Answer:
    topic, address = escape(shown.topic or wording.any_topic), escape(shown.address)
    text = said.text if address else said.text_without_address
    words = text.format(topic=f"<bdi>{topic}</bdi>", address=f"<bdi>{address}</bdi>")
    title, heading = said.title.format(topic=topic), said.title.format(topic=f"<bdi>{topic}</bdi>")
    brand = f'<p class="brand"><bdi>{escape(shown.brand)}</bdi></p>\n' if shown.brand else ""
    small = "".join(f'<p class="soft">{note}</p>' for note in notes)
    return html(200, title, f"{brand}<h1>{heading}</h1>\n<p>{words}</p>\n{action}{small}\n", wording.language)


def _button(name: str, label: str, *, quiet: bool = False) -> str:
    look = ' class="quiet"' if quiet else ""
    return f'<form method="post"><button{look} name="{name}" value="1">{label}</button></form>\n'
