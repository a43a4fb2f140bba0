"""Which column is what: as a file with these columns was mapped before, by its name, or by what its cells hold."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from shopkeeper import ids
from shopkeeper.customer.importing import fields
from shopkeeper.customer.importing.fields import Kind
from shopkeeper.customer.importing.sniffing import dates, numbers

Look = Literal["empty", "email", "date", "number", "boolean", "currency", "text"]
Why = Literal["asked", "remembered", "name", "content", "left out"]

EXAMPLES = 3
_MOST = 0.75  # of the cells that say anything, for the others to be refused rather than all to be read as text
_HALF = 0.5
_WANTED: dict[str, Look] = {"email": "email", "at": "date", "total": "number", "units": "number"}
_LOOKS: dict[Look, Callable[[str], object]] = {
    "email": re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+").fullmatch,
    "date": dates.is_date,
    "number": numbers.is_number,
    "boolean": re.compile("true|false|yes|no|y|n|ja|nein", re.IGNORECASE).fullmatch,
    "currency": re.compile("[A-Z]{3}").fullmatch,
}

# By name without capitals, accents and signs, in the order in which they are preferred.
_NAMES = {
    "user_id": """customerid userid customernumber customerno customer user clientid client memberid member accountid
        kundennummer kundennr kundenid kunde kdnr klantnummer numeroclient idclient
        clientnumber id number no nummer""",
    "email": """email emailaddress mail mailaddress mailadresse emailadresse adresseemail courriel correo
        correoelectronico eposta epost customeremail""",
    "phone": "phone phonenumber telephone tel mobile mobilephone telefon telefonnummer handy telephonenumber telefono",
    "at": """orderedat orderedon orderdate ordertime dateofpurchase purchasedat purchasedate bestelltam bestelldatum
        auftragsdatum rechnungsdatum datecommande fechapedido processedat paidat createdat createdon created date datum
        timestamp time at fecha day""",
    "order_id": """orderid ordernumber orderno ordername order bestellnummer bestellnr bestellung auftragsnummer
        auftrag invoiceid invoicenumber invoice rechnungsnummer numerocommande numeropedido transactionid""",
    "total": """total ordertotal totalamount grandtotal amount amountpaid totalprice totalvalue orderamount ordervalue
        grossamount netamount revenue turnover value price sum summe betrag gesamt gesamtbetrag gesamtsumme gesamtpreis
        bestellwert bestellsumme rechnungsbetrag bruttobetrag brutto umsatz preis wert montant importe importo prix
        sales""",
    "currency": "currency currencycode waehrung wahrung devise moneda",
    "units": "units quantity qty items itemcount pieces stuck stuckzahl menge anzahl quantite cantidad",
}
_TRAITS = {
    "firstName": "firstname forename givenname vorname prenom nombre",
    "lastName": "lastname surname familyname nachname nom apellido apellidos",
    "name": "name fullname",
    "city": "city town ort stadt ville ciudad",
    "birthday": "birthday dateofbirth birthdate born dob geburtstag geburtsdatum",
}
# Said at the end of a column's name: `amount_usd`, `Betrag (EUR)`, `Total £`.
_CURRENCY = re.compile(
    r"(?P<name>.*?)[\W_]*(?:(?<![a-z])in)?[\W_]*"
    r"(?P<code>eur|usd|gbp|chf|sek|nok|dkk|pln|czk|huf|ron|bgn|jpy|cny|inr|aud|cad|nzd|brl|mxn|zar|try|€|£)[)\]]?",
    re.IGNORECASE,
)
_SIGNS = {"€": "EUR", "£": "GBP"}
# Never proposed: no business of a memory of customers.
_SECRET = re.compile("password|passwort|passwd|secret|token|iban|cardnumber|creditcard|kreditkarte|cvv|cvc|ssn")
_FORMS: dict[Look, str] = {"date": ":date", "number": ":number", "boolean": ":boolean"}


@dataclass(frozen=True, slots=True)
class Column:
    """`target` is the field it goes to, "" for none; `why` says who thinks so.

    Most of its cells look so; `misfits` of those that say anything do not.
    """

    name: str
    looks_like: Look
    examples: tuple[str, ...]
    target: str = ""
    why: Why = "left out"
    misfits: int = 0


def plain_name(name: str) -> str:
    folded = unicodedata.normalize("NFKD", name.casefold().replace("ß", "ss"))
    return re.sub(r"[\W_]", "", "".join(letter for letter in folded if not unicodedata.combining(letter)))


def signature(header: Sequence[str]) -> str:
    """The same for files with the same columns, in whatever order."""
    return ids.digest("columns", *sorted(plain_name(name) or name for name in header))


def currency_of(name: str) -> str:
    """The one that the name of an amount ends with, "" for none."""
    said = _CURRENCY.fullmatch(name.strip())
    if said is None or plain_name(said["name"]) not in _NAMES["total"].split():
        return ""
    return _SIGNS.get(said["code"]) or said["code"].upper()


def looks_like(cells: Sequence[str]) -> Look:
    said = [cell for cell in cells if cell]
    if not said:
        return "empty"
    return next((look for look in _LOOKS if _share(look, said) > _HALF), "text")


def _misfits(look: Look, cells: Sequence[str]) -> int:
    return sum(1 for cell in cells if cell and not _LOOKS[look](cell)) if look in _LOOKS else 0


def _share(look: Look, said: Sequence[str]) -> float:
    return sum(1 for cell in said if _LOOKS[look](cell)) / len(said)


def propose(
    kind: Kind,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    asked: Mapping[str, str],
    known: Mapping[str, str],
    texts: Collection[str] = (),
) -> list[Column]:
    """`asked` is what was said to go where, and `known` what went where the last time; `asked` says it all if it says
    anything. `texts` are the columns whose cells the file itself calls text, whatever they look like."""
    cells = [[row[index] for row in rows] for index in range(len(header))]
    found = [_looked_at(name, each) for name, each in zip(header, cells, strict=True)]
    if asked or known:
        why: Why = "asked" if asked else "remembered"
        return [_to(column, (asked or known).get(column.name, ""), why) for column in found]
    return _named(kind, found, dict(zip(header, cells, strict=True)), texts)


def _looked_at(name: str, cells: Sequence[str]) -> Column:
    look = looks_like(cells)
    examples = tuple(dict.fromkeys(cell for cell in cells if cell))[:EXAMPLES]
    return Column(name, look, examples, misfits=_misfits(look, cells))


def _named(
    kind: Kind, columns: list[Column], cells: Mapping[str, Sequence[str]], texts: Collection[str]
) -> list[Column]:
    targets = dict(_known(kind, columns, cells))
    whys: dict[str, Why] = dict.fromkeys(targets, "name")
    if "email" not in targets.values():
        spare = next((each.name for each in columns if each.looks_like == "email" and each.name not in targets), "")
        targets |= {spare: "email"} if spare else {}
        whys |= {spare: "content"}
    free = dict(_free(kind, columns, targets, lambda column: _form(column, cells[column.name], texts)))
    return [_to(each, {**free, **targets}.get(each.name, ""), whys.get(each.name, "name")) for each in columns]


def _known(kind: Kind, columns: list[Column], cells: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """Each known field goes to the column with the best name for it that no other has taken."""
    by_name = {plain_name(each.name): each for each in reversed(columns) if each.looks_like != "empty"}
    for target in fields.KNOWN[kind]:
        for name in _NAMES.get(target, "").split():
            if (column := by_name.get(name)) and _fits(target, cells[column.name]):
                del by_name[name]
                yield column.name, target
                break
        else:
            if target == "total":
                yield from _with_currency(by_name, cells)


def _with_currency(by_name: dict[str, Column], cells: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    """An amount that names its currency needs no column of currencies, and must not be read with one."""
    for plain, column in reversed(by_name.items()):
        if currency_of(column.name) and _fits("total", cells[column.name]):
            for each in (plain, *_NAMES["currency"].split()):
                by_name.pop(each, None)
            yield column.name, "total"
            return


def _fits(target: str, cells: Sequence[str]) -> bool:
    """A name is believed if every other cell bears it out."""
    said = [cell for cell in cells if cell]
    if target == "user_id":
        return looks_like(said) not in ("date", "email")
    return target not in _WANTED or _share(_WANTED[target], said) >= _HALF


def _free(
    kind: Kind, columns: list[Column], taken: Mapping[str, str], form: Callable[[Column], str]
) -> Iterator[tuple[str, str]]:
    """The rest goes by its own name, typed as it looks."""
    used: set[str] = set()
    for column in columns:
        plain = plain_name(column.name)
        if column.name in taken or column.looks_like == "empty" or _SECRET.search(plain):
            continue
        name = _trait(plain) if kind == "customers" else ""
        name = name or re.sub(r"[\x00-\x1f:]+", " ", column.name.replace(".", "_")).strip()[:128]
        target = f"{fields.FREE[kind]}.{name}{form(column)}"
        if name not in used and fields.is_field(kind, target):
            used.add(name)
            yield column.name, target


def _trait(plain: str) -> str:
    return next((trait for trait, names in _TRAITS.items() if plain in names.split()), "")


def _form(column: Column, cells: Sequence[str], texts: Collection[str]) -> str:
    """Numbers with leading zeros are names of something, such as postal codes, and stay text."""
    if column.name in texts and column.looks_like in ("number", "boolean"):
        return ""
    said = sum(1 for cell in cells if cell)
    if column.misfits > said * (1 - _MOST):
        return ""
    if column.looks_like == "number" and any(re.match(r"0\d|\+", cell) for cell in column.examples):
        return ""
    return _FORMS.get(column.looks_like, "")


def _to(column: Column, target: str, why: Why) -> Column:
    return replace(column, target=target, why=why if target else "left out")
