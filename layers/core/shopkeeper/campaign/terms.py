"""What a launch takes over from the definition of its campaign, beside audience, letter, brand and topic.

Each part is a frozen struct with a default for whatever a definition, or a launch of before, does not say.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from shopkeeper.campaign.flow import Flow
from shopkeeper.mail.terms import Terms


def flow(said: Mapping[str, Any]) -> Flow:
    """The same."""
    return msgspec.convert(said, Flow)


def at_the_door(said: Mapping[str, Any]) -> Terms:
    """Of the content of a version of a campaign."""
    return msgspec.convert(said, Terms)
