"""A marketer brings files as they are: they are looked at, shown as they would be read, tried, and read."""

import csv
import gzip
import io
import json

from tests.stories.shop import bring, errors, marketer, read

# As an old German till writes it: semicolons, windows-1252, commas before decimals, a line break inside a cell.
TILL = (
    "Kunde;Bestell-Nr.;Bestellt am;Summe;Anmerkung\r\n"
    '0007;A-1;31.12.2024 18:05;1.234,50;"für Jörg\r\nund Zoë"\r\n'
    "0008;A-2;02.01.2025 09:00;19,95;\r\n"
    "0009;A-3;02.01.2025;€ 5;=cmd()\r\n"
    "0008;A-2;02.01.2025 09:00;19,95;\r\n"
).encode("cp1252")


def ask(stack, verb, import_id, **body):
    return stack.request("POST", f"/v1/imports/{import_id}/{verb}", json=body, headers=marketer(stack))


def start(stack, import_id, **body):
    answer = ask(stack, "start", import_id, **body)
    assert answer.status == 202, answer.text
    stack.settle()
    return read(stack, f"/v1/imports/{import_id}")


def preview(stack, import_id, **body):
    answer = ask(stack, "preview", import_id, **body)
    assert answer.status == 200, answer.text
    return answer.json()


def orders(stack, whom):
    return read(stack, f"/v1/customers/user:{whom}")["orders"]


def test_a_file_is_looked_at_tried_and_then_read_in_earnest(stack):
    job = bring(stack, TILL, name="till", kind="orders", constants={"currency": "EUR"}, dry_run=True)
    assert (job["state"], job["rows"], job["questions"]) == ("asking", 0, [])

    seen = preview(stack, job["id"])
    assert seen["ready"]
    assert {name: seen["file"][name] for name in ("separator", "encoding", "decimal", "date_format", "quote")} == {
        "separator": ";",
        "encoding": "windows-1252",
        "decimal": ",",
        "date_format": "DD.MM.YYYY HH:mm",
        "quote": '"',
    }
    assert seen["mapping"] == {
        "Kunde": "user_id",
        "Bestell-Nr.": "order_id",
        "Bestellt am": "at",
        "Summe": "total",
        "Anmerkung": "properties.Anmerkung",
    }
    first, _, third, _ = seen["rows"]
    assert first["cells"][4] == "für Jörg\r\nund Zoë"
    assert (first["says"]["total"], first["says"]["at"]) == (1234.5, "2024-12-31T18:05:00.000Z")
    assert (third["line"], third["refused"][0]["column"]) == (5, "Summe")

    tried = start(stack, job["id"])
    assert (tried["state"], tried["accepted"], tried["refused"]) == ("done", 3, 1)
    assert tried["would"] == {
        "customers_new": 2,
        "customers_known": 0,
        "orders_new": 2,
        "orders_known": 0,
        "amounts": {"EUR": {"amount": "1254.45", "minor_units": 125445}},
    }
    assert [(each["column"], each["rows"], each["line"]) for each in tried["refused_for"]] == [("Summe", 1, 5)]
    assert stack.state()["rows"]["Customers"] == stack.state()["rows"]["Interactions"] == 0

    done = start(stack, job["id"], dry_run=False)
    assert (done["state"], done["accepted"], done["refused"], done["would"]) == ("done", 3, 1, None)
    assert orders(stack, "0007")["totals"]["EUR"]["amount"] == "1234.50"
    assert orders(stack, "0008")["count"] == 1
    (refused,) = csv.DictReader(io.StringIO(errors(stack, job["id"]), newline=""), delimiter=";")
    assert (refused["line"], refused["column"], refused["Anmerkung"]) == ("5", "Summe", "'=cmd()")
    assert ask(stack, "start", job["id"]).status == 409

    tried = bring(stack, TILL, name="till", kind="orders", dry_run=True)
    assert start(stack, tried["id"])["would"]["orders_known"] == 2


def test_what_can_be_read_in_two_ways_is_asked_and_remembered(stack):
    text = b"customer,amount,date\n7,1.250,03/04/2024\n8,2.500,05/06/2024\n"
    mapping = {"customer": "user_id", "amount": "total", "date": "at"}
    asked = {"name": "web", "kind": "orders", "constants": {"currency": "EUR"}}

    job = bring(stack, text, mapping=mapping, **asked)
    assert job["state"] == "asking"
    assert [(each["field"], each["choose"]) for each in job["questions"]] == [
        ("file.date_format", ["DD/MM/YYYY", "MM/DD/YYYY"]),
        ("file.decimal", [".", ","]),
    ]
    refused = ask(stack, "start", job["id"])
    assert refused.status == 400
    assert [error["field"] for error in refused.json()["errors"]] == ["file.date_format", "file.decimal"]
    answers = {"date_format": "DD/MM/YYYY", "decimal": ","}
    assert preview(stack, job["id"], file=answers)["rows"][0]["says"] == {
        "user_id": "7",
        "total": 1250,
        "at": "2024-04-03T00:00:00.000Z",
        "currency": "EUR",
    }
    assert start(stack, job["id"], file=answers)["state"] == "done"

    again = bring(stack, text.replace(b"2024", b"2025"), **asked)
    assert (again["state"], again["questions"]) == ("asking", [])
    proposed = preview(stack, again["id"])
    assert {column["why"] for column in proposed["columns"]} == {"remembered"}
    assert (proposed["mapping"], proposed["constants"], proposed["ready"]) == (mapping, {"currency": "EUR"}, True)
    assert start(stack, again["id"])["accepted"] == 2
    assert orders(stack, "7")["totals"]["EUR"]["amount"] == "2500.00"


def test_a_packed_file_of_objects_comes_in(stack):
    lines = [
        {"customer": {"id": 7, "mail": "jo@example.com"}, "placed": "2024-05-01T10:00:00Z", "total": 19.95, "items": 2},
        {"customer": {"id": 8}, "placed": "2024-05-02T10:00:00Z", "total": 5, "items": 1, "note": None},
    ]
    body = gzip.compress("\n".join(map(json.dumps, lines)).encode())

    mapping = {"customer.id": "user_id", "customer.mail": "email", "placed": "at", "total": "total", "items": "units"}
    job = bring(stack, body, name="objects", kind="orders", mapping=mapping, constants={"currency": "EUR"})

    assert (job["state"], job["accepted"], job["file"]["format"], job["file"]["compression"]) == (
        "done",
        2,
        "ndjson",
        "gzip",
    )
    assert read(stack, "/v1/customers/email:jo@example.com")["orders"]["totals"]["EUR"]["amount"] == "19.95"


def test_utf_16_and_files_without_a_header_come_in(stack):
    wide = bring(
        stack,
        "Nr\tName\r\n7\tJörg\r\n".encode("utf-16"),
        name="wide",
        kind="customers",
        mapping={"Nr": "user_id", "Name": "traits.name"},
    )
    bare = bring(
        stack,
        b"8,al@example.com\n",
        name="bare",
        kind="customers",
        mapping={"column 1": "user_id", "column 2": "email"},
    )

    assert (wide["state"], wide["file"]["separator"]) == ("done", "\t")
    assert read(stack, "/v1/customers/user:7")["traits"]["name"] == "Jörg"
    assert (bare["state"], bare["file"]["header"]) == ("done", False)
    assert read(stack, "/v1/customers/email:al@example.com")["customer_id"]


def test_what_cannot_be_read_says_why_and_may_be_tried_in_another_way(stack):
    workbook = bring(stack, b"PK\x03\x04" + bytes(60), name="workbook", kind="customers")
    assert (workbook["state"], workbook["error"]) == (
        "failed",
        "the file is a workbook or a ZIP archive: save it as CSV",
    )

    plain = b"7," + b"plain" * 40 + b"\n"
    text = b"no,name\n" + plain * 4_400 + "8,Jörg\n".encode("cp1252") + plain * 1_600
    asked = {"name": "late letters", "kind": "customers", "mapping": {"no": "user_id", "name": "traits.name"}}
    job = bring(stack, text, dry_run=True, **asked)
    assert job["state"] == "failed"
    assert "line 4402 is not utf-8" in job["error"]
    assert (job["rows"], job["accepted"]) == (0, 0)
    unsaid = ask(stack, "start", job["id"], mapping={"No": "user_id"})
    assert (unsaid.status, unsaid.json()["errors"][0]["field"]) == (400, "mapping.No")
    again = start(stack, job["id"], file={"encoding": "windows-1252"})
    assert (again["state"], again["accepted"], again["would"]["customers_new"]) == ("done", 6_001, 2)


def test_a_file_that_is_not_there_cannot_be_started(stack):
    made = stack.request("POST", "/v1/imports", json={"name": "x", "kind": "orders"}, headers=marketer(stack)).json()

    for verb in ("preview", "start"):
        assert ask(stack, verb, made["id"]).status == 409
    assert ask(stack, "preview", "nowhere").status == 404


def test_a_file_never_opts_anybody_in_again(stack):
    consent = {"topic": "news", "basis": "order form", "wording": "Yes"}
    asked = {"kind": "customers", "mapping": {"mail": "email"}}
    text = b"mail\njo@example.com\n"
    bring(stack, text, name="in", consent=consent | {"is": "in"}, **asked)
    bring(stack, text, name="out", consent=consent | {"is": "out"}, **asked)
    bring(stack, text, name="in again", consent=consent | {"is": "in"}, **asked)
    bring(stack, b"mail\nal@example.com\n", name="says nothing", **asked)

    assert read(stack, "/v1/customers/email:jo@example.com")["consents"]["news"]["is"] == "out"
    assert "news" not in read(stack, "/v1/customers/email:al@example.com").get("consents", {})
