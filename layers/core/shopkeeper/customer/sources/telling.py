"""What is new, as interactions. Told again they are the same, so whoever is killed begins where the state stands."""

import json
from typing import Any

from shopkeeper import ids
from shopkeeper.customer import lists
from shopkeeper.customer.interaction import Interaction, raw
from shopkeeper.customer.sources.definition import Source
from shopkeeper.customer.sources.known import News
from shopkeeper.customer.sources.state import State


def interaction(state: State, source: Source, news: News) -> Interaction | None:
    """None for who is no more among those of whom traits are told: what was said of them stays said."""
    kind, _, who = news.who.partition(":")
    said: dict[str, Any] = {
        "subject": news.who,
        "message_id": f"source/{state.id}/{state.run.number}/{ids.digest(news.who)}",
        "at": state.run.as_of,
        "received_at": state.run.received_at,
        "source": "import",
        "origin": f"source:{state.id}",
        "trusted": True,
        "ids": {kind: who},
    }
    if source.mode == "membership":
        event = lists.LEFT if news.said is None else lists.ENTERED
        return Interaction(type="track", name=event, raw_properties=raw({"list": source.list}), **said)
    if news.said is None:
        return None
    traits = {field.removeprefix("traits."): value for field, value in json.loads(news.said).items()}
    if "email" in traits:
        said["ids"] = {"email": traits["email"], **said["ids"]}
    return Interaction(type="identify", raw_traits=raw(traits), **said)
