"""What looks at many customers at once shows of each: no name, address or number in full."""

import re
import unicodedata
from typing import Any

from shopkeeper.consent.pages import masked

HIDDEN = "•••"
_ADDRESS = re.compile(r"[^\s@<>\"(),;:]+@[^\s@<>\"(),;:]+")
# In the name of a trait or of anything it stands in, written without accents and signs.
_PERSONAL = re.compile(
    "name|vorname|surname|mail|courriel|correo|phone|telefon|mobil|handy|whatsapp"
    "|adres|address|anschrift|street|strasse|zip|postal|postcode|plz"
)
_SHORT = {"tel", "nom", "prenom", "nombre", "apellido", "apellidos", "cell", "fax"}
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")


def value(path: str, said: Any) -> Any:
    """As it may be shown of a trait or property: truths, and whatever speaks of no person, as they are."""
    if isinstance(said, bool):
        return said
    if _is_personal(path):
        return _initials(str(said))
    return _ADDRESS.sub(_address, said) if isinstance(said, str) else said


def word(said: str) -> str:
    """`Jo` is `J•••`; of a number, or of a sign, nothing is shown."""
    return f"{said[0] if said[:1].isalpha() else ''}{HIDDEN}"


def _is_personal(path: str) -> bool:
    plain = unicodedata.normalize("NFKD", path.replace("ß", "ss")).encode("ascii", "ignore").decode()
    words = {each.lower() for each in _WORDS.findall(plain)}
    return bool(words & _SHORT or _PERSONAL.search(re.sub("[^a-z]", "", plain.lower())))


def _initials(said: str) -> str:
    return " ".join(masked(each) or word(each) for each in said.split()) or HIDDEN


def _address(found: re.Match[str]) -> str:
    return masked(found[0]) or HIDDEN
