"""What a marketer says of a source: the query, which column says who a row is about, and what becomes of the others.

A source that keeps a list (`mode` membership) takes the ids of its result and nothing else: whoever is in it is on the
list, and whoever is not, is not. One that tells traits takes the columns that are named.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from shopkeeper.customer.importing import cells, request
from shopkeeper.customer.importing.request import Column, Import
from shopkeeper.customer.requests import Strict, Text, Time

KIND = "source"
Mode = Literal["membership", "traits"]
_NOT_TOLD = {"list", "at", "user_id"}
_SAME_FOR_EVER = ("mode", "list", "key")


class Key(Strict):
    """The column that says who a row is about, and how: by user id or by e-mail address."""

    column: Column
    as_: Annotated[Literal["user_id", "email"], Field(alias="as")]


class Schedule(Strict):
    """Every so many hours of the day, counted from `at`, local to `zone`: at 03:30, or at 03:30, 09:30 and so on."""

    every_hours: Literal[1, 2, 3, 4, 6, 8, 12, 24] = 24
    at: Time = "00:00"
    zone: str = "UTC"


class Source(Strict):
    """`columns` leads from a column to `traits.<name>`, `email` or `phone`; numbers, dates and so on as in a file.

    Without a `schedule` it is asked when somebody says so. A run that would take more than `most_leaving` percent off
    the list stops before anything has changed: a table that was empty for an hour must not empty a list.
    """

    name: Text
    query: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200_000)]
    database: Annotated[str, StringConstraints(min_length=1, max_length=255)] | None = None
    catalog: Annotated[str, StringConstraints(min_length=1, max_length=256)] | None = None
    key: Key
    mode: Mode
    list: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    columns: dict[Column, str] = Field(default={}, max_length=100)
    schedule: Schedule | None = None
    most_leaving: Annotated[int, Field(ge=0, le=100)] = 50


def as_import(source: Source) -> Import:
    """The result, as the file that it is."""
    columns = {} if source.mode == "membership" else source.columns
    return Import(name=source.name, kind="customers", mapping={**columns, source.key.column: source.key.as_})


def faults(source: Source, before: Source | None, now: datetime) -> Iterator[tuple[str, str]]:
    """`before` is the version that counts so far."""
    if source.schedule:
        try:
            cells.zone(source.schedule.zone)
        except ValueError as error:
            yield "schedule.zone", str(error)
    yield from _sense(source)
    for column, target in source.columns.items():
        if target.partition(":")[0] in _NOT_TOLD or target == source.key.as_ or column == source.key.column:
            yield f"columns.{column}", "is not for a source to tell"
    yield from ((field.replace("mapping", "columns"), why) for field, why in request.faults(as_import(source), now))
    for name in _SAME_FOR_EVER:
        if before and getattr(before, name) != getattr(source, name):
            yield name, "is what this source has told by so far: make another source"


def _sense(source: Source) -> Iterator[tuple[str, str]]:
    if source.mode == "membership":
        if not source.list:
            yield "list", "must be named: it is what the query decides about"
        if source.columns:
            yield "columns", "are not taken: of a membership only the ids are kept"
    else:
        if source.list:
            yield "list", "belongs to a source of mode membership"
        if not source.columns:
            yield "columns", "must be named: nothing else is taken"
