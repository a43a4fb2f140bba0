"""What the deployment says of the business as a whole."""

import os
from collections.abc import Mapping
from datetime import tzinfo

from shopkeeper import zones


def zone_name(settings: Mapping[str, str] = os.environ) -> str:
    """The IANA name of the zone in which the days of the business begin."""
    return settings.get("WORKSPACE_ZONE", "UTC")


def zone() -> tzinfo:
    """Raises UnknownZone."""
    return zones.zone(zone_name())
