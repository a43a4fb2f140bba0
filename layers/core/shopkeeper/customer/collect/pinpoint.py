"""PutEvents of Amazon Pinpoint: what an endpoint says of its user becomes an `identify`, each of its events a `track`.

Both are made into calls of Segment's specification and judged as such; flaws are told in Pinpoint's names.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

import msgspec

from shopkeeper import ids
from shopkeeper.customer.collect import bodies, calls, strict_json
from shopkeeper.customer.collect.calls import Inherited, Visit
from shopkeeper.customer.collect.door import Collected, Verdict
from shopkeeper.customer.collect.json_items import MAX_ITEMS
from shopkeeper.customer.collect.refusals import Unreadable
from shopkeeper.customer.collect.strict_json import Flaw
from shopkeeper.customer.interaction import Interaction

ACCEPTED, REFUSED = 202, 400
MAX_ENDPOINTS = 100  # Pinpoint's own limit.
LONGEST_TOLD = 512  # Letters of an id in an answer: twice escaped, half a character has nine.
Json = dict[str, Any]

_ADDRESSES = {"EMAIL": "email", "SMS": "phone", "VOICE": "phone"}
_OF_ENDPOINTS = {
    "userId": "User.UserId",
    "anonymousId": "EndpointId",
    "timestamp": "EffectiveDate",
    "traits.email": "Address",
}
_OF_EVENTS = _OF_ENDPOINTS | {"event": "EventType", "timestamp": "Timestamp"}


class Place(NamedTuple):
    """An event of an endpoint, or what the endpoint says itself, which has no event id."""

    endpoint: str
    event: str | None


def read(raw: bytes) -> Json:
    """The batch, by endpoint id. What is flawed inside it is left to `judge`. Raises Unreadable."""
    batch = bodies.read_whole(raw).get("BatchItem")
    if isinstance(batch, dict):
        if len(batch) > MAX_ENDPOINTS:
            raise Unreadable("too_many_items", f"A batch may have {MAX_ENDPOINTS} endpoints.", "BatchItem")
        return batch
    code = "no_batch"
    try:
        strict_json.check(batch)
    except Flaw as flaw:
        code = flaw.code
    raise Unreadable(code, "The body needs an object named BatchItem, of endpoints by id.", "BatchItem")


def judge(batch: Json, visit: Visit) -> tuple[list[Place], Collected]:
    """A verdict for each place, in order. An endpoint that says nothing of itself is none.

    Of the places beyond the five hundredth one is named: it stands for the rest.
    """
    places: list[Place] = []
    verdicts: list[Verdict] = []
    interactions: list[Interaction] = []
    for index, (place, said) in enumerate(islice(_places(batch), MAX_ITEMS + 1)):
        places.append(place)
        try:
            told = _judged(place, said, batch[place.endpoint], index, visit)
        except Flaw as flaw:
            verdicts.append(Verdict(index=index, status="refused", code=flaw.code, field=flaw.field))
        else:
            interactions.append(told)
            verdicts.append(Verdict(index=index, status="accepted", message_id=told.message_id))
    return places, Collected(tuple(verdicts), tuple(interactions))


def answer(batch: Json, places: list[Place], collected: Collected) -> Json:
    own = dict.fromkeys(batch, _result("")) | dict.fromkeys(_beyond(batch, places), _result("too_many_items"))
    events: defaultdict[str, Json] = defaultdict(dict)
    for place, verdict in zip(places, collected.verdicts, strict=True):
        result = _result(verdict.code, verdict.field)
        if place.event is None:
            own[place.endpoint] = result
        else:
            events[place.endpoint][_encodable(place.event)] = result
    results = {
        _encodable(name): {"EndpointItemResponse": own[name], "EventsItemResponse": events[name]} for name in batch
    }
    return {"Results": results}


def _beyond(batch: Json, places: list[Place]) -> list[str]:
    """The endpoints at which nobody has looked."""
    names = list(batch)
    return names[names.index(places[-1].endpoint) + 1 :] if len(places) > MAX_ITEMS else []


def _result(code: str, field: str = "") -> Json:
    if not code:
        return {"StatusCode": ACCEPTED, "Message": "Accepted"}
    return {"StatusCode": REFUSED, "Message": f"{code}: {field}" if field else code}


def _encodable(name: str) -> str:
    """An id as an answer may repeat it."""
    name = name[:LONGEST_TOLD]
    return name if name.isascii() else name.encode("utf-8", "backslashreplace").decode()


def _places(batch: Json) -> Iterator[tuple[Place, Any]]:
    """With what is said there."""
    for name, entry in batch.items():
        if not isinstance(entry, dict):
            yield Place(name, None), entry
            continue
        if entry.get("Endpoint") not in (None, {}):
            yield Place(name, None), entry["Endpoint"]
        events = entry.get("Events")
        if isinstance(events, dict):
            yield from ((Place(name, event), said) for event, said in events.items())
        elif events is not None:
            yield Place(name, None), events


def _judged(place: Place, said: Any, entry: Any, index: int, visit: Visit) -> Interaction:
    """Raises Flaw in Pinpoint's names."""
    if index >= MAX_ITEMS:
        raise Flaw("too_many_items")
    for part in (*place, said):
        strict_json.check(part)
    if not isinstance(said, dict):
        raise Flaw("not_an_object")
    if len(msgspec.json.encode(said)) > bodies.MAX_ITEM_BYTES:
        raise Flaw("too_large")
    is_endpoint = place.event is None
    call = _identify(place, said, visit) if is_endpoint else _track(place, said, entry, visit)
    try:
        return calls.interaction(call, index, Inherited(), visit)
    except Flaw as flaw:
        names = _OF_ENDPOINTS if is_endpoint else _OF_EVENTS
        raise Flaw(flaw.code, names.get(flaw.field, flaw.field.partition(".")[2] or flaw.field)) from None


def _identify(place: Place, endpoint: Json, visit: Visit) -> Json:
    """Consent does not come this way: `OptOut: NONE` says only that nobody has opted out."""
    user, place_of = _part(endpoint, "User"), _part(endpoint, "Location")
    traits = _flat(_part(endpoint, "Attributes")) | _flat(_part(user, "UserAttributes", "User."))
    traits |= _part(endpoint, "Metrics") | _address(endpoint)
    home = {"city": "City", "country": "Country", "postalCode": "PostalCode", "state": "Region"}
    traits |= _given({"address": _named(place_of, home), "optOut": endpoint.get("OptOut")})
    when = endpoint.get("EffectiveDate")
    # The same word at the same instant is one; without an instant it may be said again later, after another one.
    once = str(when) if when else visit.request_id
    return {
        "type": "identify",
        "userId": user.get("UserId"),
        "anonymousId": place.endpoint,
        "messageId": ids.digest("endpoint", place.endpoint, once, msgspec.json.encode(endpoint).decode()),
        "timestamp": when,
        "traits": traits,
        "context": _machine(endpoint),
    }


def _track(place: Place, event: Json, entry: Json, visit: Visit) -> Json:
    """Event ids tell the events of one batch apart and may come again in the next: time and kind belong to them; where
    no time is said, the request does.

    What a page or an app says of its user proves nothing, so its events are the endpoint's.
    """
    when, session = event.get("Timestamp"), _part(event, "Session")
    app = {"name": "AppTitle", "namespace": "AppPackageName", "version": "AppVersionCode"}
    spans = {"id": "Id", "startedAt": "StartTimestamp", "stoppedAt": "StopTimestamp", "duration": "Duration"}
    return {
        "type": "track",
        "userId": _user_of(entry) if visit.key.secret else None,
        "anonymousId": place.endpoint,
        "messageId": ids.digest("event", *map(str, (*place, event.get("EventType"), when or visit.request_id))),
        "timestamp": when,
        "event": event.get("EventType"),
        "properties": _part(event, "Attributes") | _part(event, "Metrics"),
        "context": _given(
            {
                "app": _named(event, app),
                "library": _named(event, {"name": "SdkName", "version": "ClientSdkVersion"}),
                "session": _named(session, spans),
            }
        ),
    }


def _user_of(entry: Json) -> Any:
    """Nothing else of the endpoint is asked for; what is flawed there costs its events nothing."""
    said = entry.get("Endpoint")
    for name in ("User", "UserId"):
        if not isinstance(said, dict):
            strict_json.check(said)
            return None
        said = said.get(name)
    strict_json.check(said)
    return said


def _part(whole: Json, name: str, path: str = "") -> Json:
    part = whole.get(name)
    if part is None:
        return {}
    if not isinstance(part, dict):
        raise Flaw("not_an_object", path + name)
    return part


def _flat(attributes: Json) -> Json:
    """Pinpoint keeps a list of texts under each name; a list of one is that text, and one of none takes it away."""
    return {
        name: next(iter(value), None) if isinstance(value, list) and len(value) < 2 else value
        for name, value in attributes.items()
    }


def _address(endpoint: Json) -> Json:
    channel = endpoint.get("ChannelType")
    kind = _ADDRESSES.get(channel) if isinstance(channel, str) else None
    return _given({kind: endpoint.get("Address")}) if kind else {}


def _machine(endpoint: Json) -> Json:
    said = _part(endpoint, "Demographic")
    device = {"manufacturer": "Make", "model": "Model", "version": "ModelVersion"}
    return _given(
        {
            "app": _named(said, {"version": "AppVersion"}),
            "device": _named(said, device),
            "os": _named(said, {"name": "Platform", "version": "PlatformVersion"}),
            "locale": said.get("Locale"),
            "timezone": said.get("Timezone"),
        }
    )


def _named(said: Json, names: dict[str, str]) -> Json:
    """What is said under Pinpoint's names, under Segment's."""
    return _given({ours: said.get(theirs) for ours, theirs in names.items()})


def _given(said: Json) -> Json:
    return {name: value for name, value in said.items() if value not in (None, {}, "")}
