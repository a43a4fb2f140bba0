"""What recipients read on our pages, language by language. `{topic}` and `{address}` are filled in by the page."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """A page in words: its title, and a paragraph for when the address is known or not."""

    title: str
    text: str
    text_without_address: str


@dataclass(frozen=True, slots=True)
class Wording:
    language: str
    ask: Said
    left: Said
    left_all: Said
    back: Said
    stays_out: Said
    only_a_test: Said
    leave: str
    undo: str
    others_still_come: str
    on_its_way: str
    any_topic: str


ENGLISH = Wording(
    language="en",
    ask=Said(
        "Unsubscribe from {topic}?",
        "Press the button, and {address} gets no more mails about {topic}.",
        "Press the button, and you get no more mails about {topic}.",
    ),
    left=Said(
        "You are unsubscribed",
        "{address} gets no more mails about {topic}.",
        "You get no more mails about {topic}.",
    ),
    left_all=Said(
        "You are unsubscribed",
        "{address} gets no more news or offers from us, neither about {topic} nor about anything else.",
        "You get no more news or offers from us, neither about {topic} nor about anything else.",
    ),
    back=Said(
        "Good to have you back",
        "{address} gets mails about {topic} again.",
        "You get mails about {topic} again.",
    ),
    stays_out=Said(
        "You are still unsubscribed",
        "This link can no longer undo it. {address} gets no mails about {topic}.",
        "This link can no longer undo it. You get no mails about {topic}.",
    ),
    only_a_test=Said(
        "This was a test mail",
        "Nothing was changed. In a real mail, this is where its reader unsubscribes from {topic}.",
        "Nothing was changed. In a real mail, this is where its reader unsubscribes from {topic}.",
    ),
    leave="Unsubscribe",
    undo="Undo, keep me subscribed",
    others_still_come="We still write to you about what you order or ask for.",
    on_its_way="It counts from the moment you said so. A mail that was already on its way may still arrive.",
    any_topic="this newsletter",
)
