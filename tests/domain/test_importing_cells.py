"""One cell at a time: what can be read is read exactly, what cannot is refused, and nothing is guessed."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopkeeper.customer.importing import cells
from shopkeeper.customer.importing.cells import BadCell, Style

LATEST = datetime(2026, 11, 21, 9, tzinfo=UTC)
PLAIN = Style(LATEST)
GERMAN = Style(LATEST, "DD.MM.YYYY HH:mm", ",", cells.zone("Europe/Berlin"))


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("1997-01-01", "1997-01-01T00:00:00.000Z"),
        ("1997-01-01T10:00:00+02:00", "1997-01-01T08:00:00.000Z"),
        ("2026-11-21 09:00", "2026-11-21T09:00:00.000Z"),
    ],
)
def test_dates_are_iso_8601_unless_said_otherwise(cell, instant):
    assert PLAIN.instant(cell) == instant


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("01.07.2024 00:00", "2024-06-30T22:00:00.000Z"),
        ("27.10.2024 02:30", "2024-10-27T00:30:00.000Z"),  # Occurs twice: the first.
        ("31.03.2024 02:30", "2024-03-31T01:30:00.000Z"),  # Left out: an hour forward.
    ],
)
def test_local_dates_are_read_in_the_zone_of_the_file(cell, instant):
    assert GERMAN.instant(cell) == instant


@pytest.mark.parametrize(
    ("style", "cell", "told"),
    [
        (PLAIN, "1964-11-25", "1964-11-25"),
        (PLAIN, "19641125", "1964-11-25"),
        (PLAIN, "1964-11-25 00:00", "1964-11-25T00:00:00.000Z"),
        (GERMAN, "25.11.1964", "1964-11-25"),
        (GERMAN, "1964-11-25", "1964-11-25"),
        (GERMAN, "01.07.2024 00:00", "2024-06-30T22:00:00.000Z"),
        (Style(LATEST, "MM/DD/YY hh:mm AM"), "11/25/99", "1999-11-25"),
        (Style(LATEST, "MM/DD/YY hh:mm AM"), "11/25/99 01:00 PM", "1999-11-25T13:00:00.000Z"),
        (Style(LATEST, zone=cells.zone("America/New_York")), "1964-11-25", "1964-11-25"),
    ],
)
def test_of_a_customer_or_an_order_a_day_without_a_time_stays_that_day_in_every_zone(style, cell, told):
    assert style.date(cell) == told


@pytest.mark.parametrize(
    "cell", ["31.02.2024", "2024-02-30", "soon", "1899-12-31", "0001-01-01", "2026-11-22", "9999-12-31"]
)
def test_a_date_that_does_not_exist_or_lies_out_of_reach_is_refused(cell):
    for read in (PLAIN.instant, PLAIN.date):
        with pytest.raises(BadCell):
            read(cell)


def test_a_form_of_dates_may_hold_any_marks_between_its_parts():
    assert cells.strptime_pattern("YYYY-MM-DDTHH:mm:ss") == "%Y-%m-%dT%H:%M:%S"
    assert cells.strptime_pattern("DD/MM/YY 100%") == "%d/%m/%y 100%%"


@pytest.mark.parametrize(
    ("style", "cell", "number"),
    [
        (PLAIN, "29.33", 29.33),
        (PLAIN, "-5", -5),
        (PLAIN, "2.0", 2),
        (GERMAN, "1.234.567,50", 1234567.5),
        (GERMAN, "1 234,5", 1234.5),
        (GERMAN, "0,1", 0.1),
        (Style(LATEST, decimal="."), "1,234.50", 1234.5),
    ],
)
def test_numbers_are_read_as_the_file_writes_them(style, cell, number):
    assert style.number(cell) == number
    assert type(style.number(cell)) is type(number)


@pytest.mark.parametrize(
    "cell", ["1,234", "29,33", "$5", "1e3", "NaN", "inf", "1.2.3", "٣", "0." + "1" * 20, "-", "1_000"]
)
def test_a_number_that_could_be_read_in_two_ways_or_none_is_refused(cell):
    with pytest.raises(BadCell):
        PLAIN.number(cell)


@pytest.mark.parametrize("cell", ["12,34.5", "1.23", "1.2345,0", "29.33"])
def test_marks_between_thousands_stand_between_thousands(cell):
    with pytest.raises(BadCell):
        GERMAN.number(cell)


@given(st.decimals(min_value=0, max_value=10**9, places=2, allow_nan=False))
def test_an_amount_loses_nothing_in_either_style(amount):
    german = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))

    assert Decimal(str(PLAIN.amount(f"{amount:.2f}"))) == amount
    assert Decimal(str(GERMAN.amount(german))) == amount


@pytest.mark.parametrize(
    ("read", "cell"),
    [
        (PLAIN.amount, "-0.01"),
        (PLAIN.units, "1.5"),
        (PLAIN.units, "-1"),
        (cells.currency, "Euro"),
        (cells.boolean, "maybe"),
        (cells.text, "a\x00b"),
        (cells.text, "a" * 8_001),
        (cells.user_id, "undefined"),
        (cells.user_id, "4\x07"),
        (cells.user_id, "ä" * 256),
        (cells.order_id, "null"),
        (cells.email, "jo at example.com"),
        (cells.email, "n/a"),
        (cells.email, f"{'a' * 600}@example.com"),
        (cells.email, "a\x07b@example.com"),
    ],
)
def test_what_a_field_cannot_hold_is_refused(read, cell):
    with pytest.raises(BadCell):
        read(cell)


def test_an_address_is_written_one_way_and_an_id_as_the_shop_writes_it():
    assert cells.email("Jo@Example.COM") == "jo@example.com"
    assert cells.user_id("00004") == "00004"
    assert cells.currency("eur") == "EUR"
