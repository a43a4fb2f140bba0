"""A look at a file before it is read: how it would be read and why so, and what could be taken in more than one way."""

from collections.abc import Iterator
from typing import Any

from typing_extensions import TypedDict

from shopkeeper.api import lists
from shopkeeper.api.calls import Call
from shopkeeper.api.import_views import FormView, Question, form_view, question
from shopkeeper.api.problems import Problem
from shopkeeper.customer.importing import request
from shopkeeper.customer.importing.file import Row
from shopkeeper.customer.importing.job import Job
from shopkeeper.customer.importing.plain import UnreadableFile
from shopkeeper.customer.importing.proposal import Proposal, propose
from shopkeeper.customer.importing.request import Changes, Import
from shopkeeper.customer.importing.rows import Origin, Refused, RowReader
from shopkeeper.customer.importing.sniffing.columns import Column, Look, Why
from shopkeeper.customer.requests import BadRequest

ROWS = 20


class Setting(TypedDict):
    """How one thing is read, and why so."""

    field: str
    value: str | bool
    why: str


class ColumnView(TypedDict):
    """`target` is the field the column goes to; `why` says who thinks so.

    `misfits` of the cells that were looked at do not look as most of them do, and might be refused.
    """

    name: str
    looks_like: Look
    misfits: int
    examples: list[str]
    target: str | None
    why: Why


class Refusal(TypedDict):
    column: str
    field: str
    reason: str


class RowView(TypedDict):
    """`says` is what is read of it, by field; nothing where the mapping does not do yet."""

    line: int
    cells: list[str]
    says: dict[str, Any] | None
    refused: list[Refusal]


class Fault(TypedDict):
    field: str
    reason: str


class Preview(TypedDict):
    """`missing` is what must be said before it can be started; nothing is then `ready`."""

    id: str
    ready: bool
    file: FormView
    settings: list[Setting]
    questions: list[Question]
    columns: list[ColumnView]
    mapping: dict[str, str]
    constants: dict[str, str]
    missing: list[Fault]
    rows: list[RowView]


def proposed(call: Call, job: Job, changes: Changes) -> tuple[str, Proposal]:
    """And the ETag of the file. Raises Problem 409 where there is none, BadRequest for one that cannot be read."""
    try:
        etag = call.aws.files.etag(job.id)
    except UnreadableFile:
        raise Problem(409, "Its file has not been uploaded, or is gone by now.") from None
    try:
        return etag, propose(call.aws.files.sample(job.id, etag), changes.of(job.wanted), call.aws.customs)
    except UnreadableFile as error:
        raise BadRequest([("file", str(error))]) from None


def faults(call: Call, proposal: Proposal) -> Iterator[tuple[str, str]]:
    """What keeps it from being read so, but for the questions."""
    wanted = proposal.wanted
    yield from request.faults(wanted, call.now)
    if not wanted.mapping:
        yield "mapping", "no column could be recognised: say which goes where"
    for column in wanted.mapping:
        if (times := proposal.header.count(column)) != 1:
            yield f"mapping.{column}", "stands more than once in the header" if times else "is no column of the file"
    yield from missing_list(call, wanted)


def missing_list(call: Call, wanted: Import) -> Iterator[tuple[str, str]]:
    if not (list_id := wanted.constants.get("list")):
        return
    kept = call.aws.definitions.newest("list", list_id)
    if kept is None:
        yield "constants.list", f"there is no list {list_id}"
    elif by := lists.source_of(kept):
        yield "constants.list", f"{list_id} is what the source {by} says"


def shown(call: Call, job: Job, proposal: Proposal) -> Preview:
    found = list(faults(call, proposal))
    settled = [guess for guess in proposal.guesses if guess.is_sure]
    return {
        "id": job.id,
        "ready": not found and not proposal.doubts,
        "file": form_view(proposal.form),
        "settings": [{"field": f"file.{each.field}", "value": each.value, "why": each.why} for each in settled],
        "questions": [question(doubt) for doubt in proposal.doubts],
        "columns": [_column(column) for column in proposal.columns],
        "mapping": dict(proposal.wanted.mapping),
        "constants": dict(proposal.wanted.constants),
        "missing": [{"field": field, "reason": reason} for field, reason in found],
        "rows": list(_rows(call, job, proposal, is_sound=not found)),
    }


def _column(column: Column) -> ColumnView:
    return {
        "name": column.name,
        "looks_like": column.looks_like,
        "misfits": column.misfits,
        "examples": list(column.examples),
        "target": column.target or None,
        "why": column.why,
    }


def _rows(call: Call, job: Job, proposal: Proposal, *, is_sound: bool) -> Iterator[RowView]:
    origin = Origin(job.id, call.now, 0)
    reader = RowReader(proposal.wanted, proposal.form, proposal.header, origin) if is_sound else None
    for row in proposal.rows[:ROWS]:
        says, refused = _read(reader, row) if reader else (None, [])
        yield {"line": row.line, "cells": list(row.cells), "says": says, "refused": refused}


def _read(reader: RowReader, row: Row) -> tuple[dict[str, Any] | None, list[Refusal]]:
    try:
        return reader.says(row), []
    except Refused as error:
        return None, [{"column": f.column, "field": f.field, "reason": f.reason} for f in error.findings]
