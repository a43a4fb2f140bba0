"""How a subject is written, and which ids name nobody."""

import re
from typing import Any

from shopkeeper.customer.emails import normal_email
from shopkeeper.customer.interaction import MAX_SUBJECT_BYTES

# What programs and tills send when they do not know who is there: taken for ids, these would make one customer of
# thousands. Without spaces, hyphens and underscores, in which each program has its own way.
NOBODY = frozenset(
    """
    undefined null nil none nobody noone nan inf infinity n/a na notapplicable notavailable notset (notset) unset
    unknown unidentified unregistered unauthenticated notauthenticated notloggedin loggedout loggedin empty void blank
    anonymous anon guest visitor person user users member username userid useridhere anonymousid anonid distinctid
    deviceid sessionid visitorid id noid email noemail emailaddress mail customer customerid client clientid
    true false {} [] () [object] [objectobject] function ffffffffffffffffffffffffffffffff
    server backend frontend browser app mobile web website site shop api bot system localhost 127.0.0.1
    test tests tester testing testuser demo sample example default dummy foo bar foobar asdf xxx . * ?
    """.split()
)
_APART = re.compile(r"[\s_-]+")


class NotAnId(ValueError):
    """`code` says why: wrong_type, not_an_id, too_long."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def id_text(value: Any) -> str:
    """An id as SDKs turn it into text: 42 and 42.0 are "42". Nothing and blank text are "".

    Raises NotAnId for other things, and for what names nobody ("undefined", "guest", 0).
    """
    text = as_text(value)
    if not text.strip():
        return ""
    if names_nobody(text):
        raise NotAnId("not_an_id")
    return text


def names_nobody(text: str) -> bool:
    """Also as an address: none@none.com, test@example.com."""
    word = text.strip().strip("\"'`").lower()
    local, at, domain = word.rpartition("@")
    if at:
        return _is_nobodys(local) and _is_nobodys(domain.partition(".")[0])
    return word == "-1" or _is_nobodys(word)


def is_somebodys(address: str) -> bool:
    """Whether it is an e-mail address by which somebody can be known."""
    try:
        return not names_nobody(normal_email(address))
    except ValueError:
        return False


def _is_nobodys(word: str) -> bool:
    """Zeros alone are what is left of an id that was never set."""
    compact = _APART.sub("", word)
    return compact in NOBODY or not compact.strip("0")


def as_text(value: Any) -> str:
    """Text or a number as text, "" for None. Raises NotAnId for anything else."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotAnId("wrong_type")
    return str(int(value)) if value == int(value) else repr(value)


def subject(kind: str, identity: str) -> str:
    """`user:42`. Raises NotAnId for one that would not fit into a key."""
    text = f"{kind}:{identity}"
    if len(text.encode()) > MAX_SUBJECT_BYTES:
        raise NotAnId("too_long")
    return text
