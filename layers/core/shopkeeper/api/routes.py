"""Every route of the marketer API: what is served is what is described."""

from functools import cache
from typing import Any

from shopkeeper.api import (
    accounts,
    assets,
    blocks,
    brands,
    business_events,
    connectors,
    exports,
    fields,
    imports,
    journey_explanations,
    keys,
    layouts,
    legal_holds,
    lists,
    live,
    mail,
    malformed,
    measures,
    merges,
    messages_listed,
    notes,
    offers,
    openapi,
    phases,
    policy,
    queues,
    rebuilds,
    segment_runs,
    snippets,
    sources,
    suppressions,
    tasks,
    templates,
    topics,
    trials,
    using,
)
from shopkeeper.api.calls import Call, Room, Route

about = Room("about", "This description.")


@about.get("/openapi.json")
def describe(_: Call) -> dict[str, Any]:
    """Describe this API, as OpenAPI 3.1."""
    return description()


ROOMS = (
    notes.outcomes,
    *(
        each.room
        for each in (
            brands,
            topics,
            lists,
            templates,
            layouts,
            snippets,
            assets,
            blocks,
            offers,
            connectors,
            using,
            trials,
            malformed,
            messages_listed,
            mail,
            merges,
            measures,
            accounts,
            phases,
            policy,
            segment_runs,
            journey_explanations,
            business_events,
            exports,
            fields,
            suppressions,
            legal_holds,
            imports,
            sources,
            keys,
            queues,
            tasks,
            live,
            rebuilds,
        )
    ),
    about,
)
ROUTES: tuple[Route, ...] = tuple(route for room in ROOMS for route in room.routes)
READ = tuple(route for route in ROUTES if route.method == "GET")
CHANGE = tuple(route for route in ROUTES if route.method != "GET")


@cache
def description() -> dict[str, Any]:
    return openapi.document(ROOMS)
