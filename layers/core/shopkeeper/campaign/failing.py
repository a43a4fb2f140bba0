"""When an execution of a launch gives up. Pure, as `campaign.launch` is."""

from dataclasses import replace
from datetime import datetime, timedelta

from shopkeeper.campaign import launch as launches
from shopkeeper.campaign.launch import Launch

# After which a launch that failed goes on by itself; one that fails once more waits for somebody to look at it.
PAUSES = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))


def failed(launch: Launch, error: str, now: datetime) -> Launch:
    """Its execution gave up. It goes on after a pause, and to cancel must not fail, so that is tried for ever."""
    if not launch.due_at or launch.state == "failed":
        return launch
    if launch.state == "cancelled":
        return launches.due(replace(launch, error=error), now + launches.ALIVE)
    failing = replace(launch, state="failed", error=error, failures=launch.failures + 1)
    if failing.failures > len(PAUSES):
        return launches.ended(failing, "failed", now)
    return launches.due(failing, now + PAUSES[launch.failures])
