"""Configuration sets of SES, and the topics that hear of their mails."""

from typing import TYPE_CHECKING

from local.evaluate import TemplateError
from local.kinds.kind import PACE, PERMISSIONS, WORDS, Kind, Properties, Resource, refuse_unknown
from local.post.office import ConfigurationSet

if TYPE_CHECKING:
    from local.world import World

_EVENTS = {"Bounce", "Complaint", "Delivery", "DeliveryDelay", "Reject", "Rendering Failure", "Send", "Subscription"}
_BY_WORD = {name.replace(" ", "").lower(): name for name in _EVENTS}
_TRACKING = {"open", "click"}


def _create_set(world: "World", name: str, properties: Properties) -> Resource:
    named = str(properties.get("Name", name))
    wanted = properties.get("SuppressionOptions", {}).get("SuppressedReasons", [])
    world.post.sets[named] = ConfigurationSet(suppresses=frozenset(wanted))
    return Resource(ref=named)


def _create_destination(world: "World", name: str, properties: Properties) -> Resource:
    wish = properties["EventDestination"]
    refuse_unknown(name, wish, {"Enabled", "MatchingEventTypes", "Name", "SnsDestination"})
    kinds = frozenset(_kind(name, word) for word in wish["MatchingEventTypes"])
    if wish.get("Enabled", False):
        world.post.sets[properties["ConfigurationSetName"]].hearers.append((wish["SnsDestination"]["TopicARN"], kinds))
    return Resource(ref=name)


def _kind(name: str, word: str) -> str:
    """Of `DELIVERY_DELAY` or `deliveryDelay`; CloudFormation takes both."""
    plain = word.replace("_", "").lower()
    if plain in _TRACKING:
        raise TemplateError(f"{name} asks for {word}, which would let SES rewrite our mails")
    if plain not in _BY_WORD:
        raise TemplateError(f"{name} asks for {word}, which SES does not tell")
    return _BY_WORD[plain]


SET = Kind(
    _create_set,
    heeds=frozenset({"Name", "SuppressionOptions"}),
    ignores={
        "DeliveryOptions": "Nothing leaves this process, however it would be encrypted.",
        "ReputationOptions": PACE,
        "SendingOptions": PERMISSIONS,
        "Tags": WORDS,
        "VdmOptions": WORDS,
    },
)

DESTINATION = Kind(_create_destination, heeds=frozenset({"ConfigurationSetName", "EventDestination"}))
