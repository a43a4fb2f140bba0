"""The UTM parameters that the links of an activity carry to the shop, where its analytics reads which mail led there.

They are appended as text: a query that was taken apart and written anew would arrive in another order or spelling.
"""

import re
from urllib.parse import quote

import msgspec

from shopkeeper import ids
from shopkeeper.mail import destinations

_OWN = re.compile(r"[?&]utm_", re.IGNORECASE)
_NAMES = ("source", "medium", "campaign")


class Utm(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Links to a host of `not_on`, or to one below it, stay as they are."""

    source: str = ""
    medium: str = ""
    campaign: str = ""
    not_on: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any(getattr(self, name) for name in _NAMES)

    def appended(self, url: str) -> str:
        """To an address that `destinations.check` gave: behind its query and before its fragment.

        One that has a UTM parameter of its own stays as it is, and so does one that would become too long.
        """
        before, sign, fragment = url.partition("#")
        if not self or _OWN.search(before) or self._excludes(destinations.host_of(url)):
            return url
        said = ((name, getattr(self, name)) for name in _NAMES)
        pairs = "&".join(f"utm_{name}={quote(value, safe='')}" for name, value in said if value)
        glue = "" if before.endswith(("?", "&")) else "&" if "?" in before else "?"
        tagged = f"{before}{glue}{pairs}{sign}{fragment}"
        return tagged if len(tagged) <= destinations.LONGEST else url

    def content_ref(self, ref: str) -> str:
        """Of the content version `ref` with these parameters: its links are others, so it is another one."""
        return ids.digest("utm", ref, *(getattr(self, name) for name in _NAMES), *self.not_on)[:16] if self else ref

    def _excludes(self, host: str) -> bool:
        return any(host == each or host.endswith(f".{each}") for each in self.not_on)


NONE = Utm()
