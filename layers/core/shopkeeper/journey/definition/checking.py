"""What is wrong with a journey that can be told from itself. Each finding names its node.

Nothing has to switch off what is switched on: leaving does that, by whichever road.
"""

from collections.abc import Iterator

from shopkeeper.consent.classes import TRANSACTIONAL
from shopkeeper.customer import recurring
from shopkeeper.customer.collect import trust
from shopkeeper.customer.requests import BadRequest
from shopkeeper.journey.definition import leading
from shopkeeper.journey.definition.hearing import ANY_MAIL, Listening
from shopkeeper.journey.definition.journey import Journey
from shopkeeper.journey.definition.leading import Findings
from shopkeeper.journey.definition.nodes import EffectsNode, EventNode, MessageNode
from shopkeeper.journey.definition.terms import OnBusinessEvent, OnCall, OnDate, OnEvent, OnRecurrence
from shopkeeper.journey.definition.waiting import Listens, TaskNode
from shopkeeper.journey.definition.ways import BranchNode, GoalNode, Split, SplitNode
from shopkeeper.mail import asked
from shopkeeper.segment import rule

_OWN = "Journey "
_KEYED = (OnEvent, OnBusinessEvent, OnCall)
_TIMED = (OnDate, OnRecurrence)


def faults(said: Journey) -> Findings:
    yield from leading.faults(said)
    yield from _of_rules(said)
    for at, listening in listenings(said):
        yield from _of_listening(said, at, listening)
    for key, node in said.nodes.items():
        if isinstance(node, Listens):
            yield from _of_signals(f"nodes.{key}", node)
        if isinstance(node, MessageNode):
            yield from _of_message(said, f"nodes.{key}.message", node)
    yield from _of_splits(said)
    yield from _of_switches(said)
    yield from _of_goal(said)
    yield from _of_events(said)
    yield from _of_recurrences(said)
    yield from _of_key(said)


def _of_recurrences(said: Journey) -> Findings:
    for place, source in enumerate(said.entry):
        if isinstance(source, OnRecurrence) and not source.trait:
            yield from ((f"entry.{place}.{field}", why) for field, why in recurring.faults(recurring.of(source)))


def _of_key(said: Journey) -> Findings:
    if said.key and not any(isinstance(source, _KEYED) for source in said.entry):
        yield "key", "is a property of what brings a customer in, and none of these entries has properties"
    elif said.key:
        for place, source in enumerate(said.entry):
            if isinstance(source, _TIMED):
                yield (
                    f"entry.{place}",
                    f"has no {said.key}, by which runs are to be told apart",
                )


def rules(said: Journey) -> Iterator[tuple[str, object]]:
    """All rules, each behind the field that it stands in."""
    if said.audience is not None:
        yield "audience", said.audience
    for at, listening in listenings(said):
        if listening.rule is not None:
            yield f"{at}.rule", listening.rule
    for key, node in said.nodes.items():
        if isinstance(node, BranchNode):
            yield from ((f"nodes.{key}.branch.{place}.when", case.when) for place, case in enumerate(node.branch))


def listenings(said: Journey) -> Iterator[tuple[str, Listening]]:
    """All that it listens to, each behind the field that it stands in."""
    yield from ((f"exit_when.{place}", each) for place, each in enumerate(said.exit_when))
    if said.goal:
        yield "goal", said.goal
    for key, node in said.nodes.items():
        if isinstance(node, Listens):
            yield from ((f"nodes.{key}.{node.field}.{name}", each) for name, each in node.signals.items())


def _of_rules(said: Journey) -> Findings:
    for at, each in rules(said):
        try:
            rule.read(each, at)
        except BadRequest as refused:
            yield from refused.findings


def _of_listening(said: Journey, at: str, listening: Listening) -> Findings:
    for way, trigger in listening.triggers():
        of = trigger.of
        if of and of != ANY_MAIL and not isinstance(said.nodes.get(of), MessageNode):
            yield f"{at}{way}.of", f"there is no message {of}"


def _of_signals(at: str, node: Listens) -> Findings:
    outcomes = node.task.outcomes if isinstance(node, TaskNode) else ()
    for name in node.signals:
        if name not in node.on:
            yield f"{at}.on", f"leads nowhere for {name}"
        if name in outcomes:
            yield f"{at}.{node.field}.{name}", "is an outcome of the task too"
    for name in node.on:
        if name not in node.signals and name not in outcomes:
            yield f"{at}.on.{name}", "is nothing that this node hears"


def _of_message(said: Journey, at: str, node: MessageNode) -> Findings:
    message, mail_class = node.message, node.message.class_ or said.class_
    yield from asked.faults(message.template, message.variants, f"{at}.")
    if not (message.brand or said.brand):
        yield f"{at}.brand", "is missing, here and for the journey"
    if not (message.topic or said.topic) and mail_class != TRANSACTIONAL:
        yield f"{at}.topic", "is missing, here and for the journey"


def _of_splits(said: Journey) -> Findings:
    """Who has drawn an arm by a salt has drawn it wherever that salt stands."""
    known: dict[str, tuple[str, Split]] = {}
    for key, node in said.nodes.items():
        if isinstance(node, SplitNode):
            first, split = known.setdefault(node.split.salt, (key, node.split))
            if [(arm.name, arm.bp) for arm in split.arms] != [(arm.name, arm.bp) for arm in node.split.arms]:
                yield f"nodes.{key}.split.arms", f"are others than those of {first}, which has the same salt"


def _of_switches(said: Journey) -> Findings:
    all_effects = [(key, node.effects) for key, node in said.nodes.items() if isinstance(node, EffectsNode)]
    on = {(each.audience, each.slot) for _, effects in all_effects for each in effects.on}
    for key, effects in all_effects:
        for place, each in enumerate(effects.off):
            if (each.audience, each.slot) not in on:
                yield f"nodes.{key}.effects.off.{place}", "is switched on nowhere in this journey"
            if each.content:
                yield f"nodes.{key}.effects.off.{place}.content", "is for what is switched on"


def _of_goal(said: Journey) -> Findings:
    nodes = [key for key, node in said.nodes.items() if isinstance(node, GoalNode)]
    if said.goal is None:
        yield from ((f"nodes.{key}.goal", "is none that the journey has") for key in nodes)
    elif not nodes and said.goal.rule is None and not any(said.goal.triggers()):
        yield "goal", "can never be reached: it has one of event, any and rule, or a node of the kind goal"


def _of_events(said: Journey) -> Findings:
    for key, node in said.nodes.items():
        if isinstance(node, EventNode) and (node.event.name in trust.EVENTS or node.event.name.startswith(_OWN)):
            yield f"nodes.{key}.event.name", "is told by Shopkeeper itself, of what it knows to have happened"
