"""A definition of which there is one: it has no id of its own, and a version 0 that is there from the start."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from shopkeeper.api import roles, versions
from shopkeeper.api.calls import Answer, Call, Route, found
from shopkeeper.api.matching import IF_MATCH, IF_NONE_MATCH
from shopkeeper.api.versions import VERSION, Kind
from shopkeeper.aws.definitions import Version
from shopkeeper.customer.requests import Strict

_VERSION = replace(VERSION, form={**VERSION.form, "minimum": 0})


@dataclass(frozen=True, slots=True)
class Single:
    """`id` is under which the one is kept, and `shipped` what version 0 says, as JSON text. `about_reading` and
    `about_putting` are what its two routes do, `first` what the first answer of 201 means."""

    kind: Kind[Any]
    id: str
    shipped: str
    about_reading: str
    about_putting: str
    first: str

    def newest(self, call: Call) -> Version | None:
        return call.aws.definitions.newest(self.kind.name, self.id)

    def counting(self, call: Call) -> Version:
        """The one that counts now."""
        return self.newest(call) or self._shipped

    def routes(self, path: str, check: Callable[[Call, Any], Iterable[tuple[str, str]]]) -> list[Route]:
        room = self.kind.plural
        reading = Route(
            "GET",
            path,
            room,
            self._read,
            f"{self.about_reading}\n\nVersion 0 is what is there from the start.",
            self.kind.form,
            groups=roles.GROUPS,
            parameters=(_VERSION,),
            refusals={404: "There is no such version."},
        )
        putting = Route(
            "PUT",
            path,
            room,
            self._put,
            self.about_putting,
            self.kind.form,
            self.kind.model,
            groups=(roles.MARKETER, roles.ADMIN),
            parameters=(IF_MATCH, IF_NONE_MATCH),
            check=check,
            refusals={201: self.first, 412: "Another version counts by now."},
        )
        return [reading, putting]

    @property
    def _shipped(self) -> Version:
        return Version(self.kind.name, self.id, 0, self.shipped, "", "")

    def _read(self, call: Call) -> Answer[Any]:
        named, asked = self._named(call), call.query.get("version")
        if asked == "0" or (asked is None and self.newest(call) is None):
            return Answer(versions.shown(self.kind, named, self._shipped).body)
        return versions.shown(self.kind, named, found(versions.version_asked(self.kind, named), "version"))

    def _put(self, call: Call, wanted: Strict) -> Answer[Any]:
        return versions.put(self.kind, self._named(call), wanted)

    def _named(self, call: Call) -> Call:
        return replace(call, path={"id": self.id})
