"""What a journey names that is defined elsewhere, each behind the field that names it."""

from collections.abc import Iterator
from typing import NamedTuple

from shopkeeper.consent.classes import MailClass
from shopkeeper.journey.definition.journey import Journey
from shopkeeper.journey.definition.kinds import AnyNode
from shopkeeper.journey.definition.nodes import EffectsNode, ListNode, MessageNode, StartNode, WebhookNode
from shopkeeper.journey.definition.terms import OnList, OnSegment
from shopkeeper.journey.definition.waiting import TaskNode


class Named(NamedTuple):
    """`mail_class` is what a template has to be written for."""

    field: str
    kind: str
    id: str
    mail_class: MailClass | None = None


def named(said: Journey) -> Iterator[Named]:
    """The segments that rules name are not among them."""
    for kind in ("brand", "topic"):
        if id_ := getattr(said, kind):
            yield Named(kind, kind, id_)
    for place, source in enumerate(said.entry):
        if isinstance(source, OnSegment):
            yield Named(f"entry.{place}.segment", "segment", source.segment)
        if isinstance(source, OnList):
            yield Named(f"entry.{place}.list", "list", source.list)
    for key, node in said.nodes.items():
        yield from _of_node(said, node, f"nodes.{key}")


def _of_node(said: Journey, node: AnyNode, at: str) -> Iterator[Named]:
    if isinstance(node, MessageNode):
        yield from _of_message(said, node, f"{at}.message")
    if isinstance(node, EffectsNode):
        yield from _of_effects(node, f"{at}.effects")
    if isinstance(node, TaskNode):
        yield Named(f"{at}.task.queue", "queue", node.task.queue)
    if isinstance(node, WebhookNode):
        yield Named(f"{at}.webhook.connector", "connector", node.webhook.connector)
    if isinstance(node, ListNode):
        yield from _of_list(node, f"{at}.list")
    if isinstance(node, StartNode):
        yield Named(f"{at}.start.journey", "journey", node.start.journey)


def _of_message(said: Journey, node: MessageNode, at: str) -> Iterator[Named]:
    message = node.message
    mail_class = message.class_ or said.class_
    if message.template:
        yield Named(f"{at}.template", "template", message.template, mail_class)
    for place, each in enumerate(message.variants or ()):
        yield Named(f"{at}.variants.{place}.template", "template", each.template, mail_class)
    if message.offer:
        yield Named(f"{at}.offer.id", "offer", message.offer.id)
    for kind in ("brand", "topic"):
        if id_ := getattr(message, kind):
            yield Named(f"{at}.{kind}", kind, id_)


def _of_effects(node: EffectsNode, at: str) -> Iterator[Named]:
    for side in ("on", "off"):
        for place, each in enumerate(getattr(node.effects, side)):
            if each.audience:
                yield Named(f"{at}.{side}.{place}.audience", "connector", each.audience.partition(":")[0])


def _of_list(node: ListNode, at: str) -> Iterator[Named]:
    field = "add" if node.list.add else "remove"
    yield Named(f"{at}.{field}", "list", getattr(node.list, field))
