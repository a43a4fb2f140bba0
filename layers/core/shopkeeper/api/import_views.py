"""Imports as the API shows them."""

from typing_extensions import TypedDict

from shopkeeper.customer.amounts import Amount, amounts
from shopkeeper.customer.importing import fields, job
from shopkeeper.customer.importing.forms import Form
from shopkeeper.customer.importing.job import Job, Tally
from shopkeeper.customer.importing.sniffing.guess import Guess


class FormView(TypedDict):
    """How the file is written, as it was said or found."""

    compression: str
    format: str
    separator: str
    quote: str
    encoding: str
    header: bool
    date_format: str
    decimal: str
    zone: str


class Question(TypedDict):
    """A setting of the file that can be taken in more than one way, and what there is to choose from."""

    field: str
    why: str
    choose: list[str]


class TallyView(TypedDict):
    """How many rows were refused for a cell of this column; `line` is the first of them, and `reason` its own."""

    column: str
    field: str
    rows: int
    line: int
    reason: str


class Foreseen(TypedDict):
    """What a dry run foresees: `amounts` are what the new orders come to, by currency."""

    customers_new: int
    customers_known: int
    orders_new: int
    orders_known: int
    amounts: dict[str, Amount]


class ImportView(TypedDict):
    """`rows` were read so far. A dry run counts the interactions there would have been.

    While it is `asking`, look at its preview, answer its `questions` and start it.
    """

    id: str
    name: str
    kind: fields.Kind
    without_total: bool
    dry_run: bool
    state: job.State
    created_at: str
    started_at: str | None
    finished_at: str | None
    file: FormView | None
    mapping: dict[str, str]
    constants: dict[str, str]
    questions: list[Question]
    rows_total: int
    rows: int
    accepted: int
    refused: int
    refused_for: list[TallyView]
    interactions: int
    would: Foreseen | None
    error: str | None


def shown(job: Job) -> ImportView:
    return {
        "id": job.id,
        "name": job.wanted.name,
        "kind": job.wanted.kind,
        "without_total": job.wanted.without_total,
        "dry_run": job.wanted.dry_run,
        "state": job.state,
        "created_at": job.created_at,
        "started_at": job.started_at or None,
        "finished_at": job.finished_at or None,
        "file": form_view(job.form) if job.etag else None,
        "mapping": dict(job.wanted.mapping),
        "constants": dict(job.wanted.constants),
        "questions": [question(doubt) for doubt in job.doubts],
        "rows_total": job.total,
        "rows": job.rows,
        "accepted": job.accepted,
        "refused": job.refused,
        "refused_for": [_tally_view(tally) for tally in job.tallies],
        "interactions": job.interactions,
        "would": _foreseen(job) if job.wanted.dry_run and job.ended else None,
        "error": job.error or None,
    }


def form_view(form: Form) -> FormView:
    view: FormView = form.model_dump()  # type: ignore[assignment]
    return view


def question(doubt: Guess) -> Question:
    return {"field": f"file.{doubt.field}", "why": doubt.why, "choose": list(doubt.candidates)}


def _tally_view(tally: Tally) -> TallyView:
    return {
        "column": tally.column,
        "field": tally.field,
        "rows": tally.count,
        "line": tally.line,
        "reason": tally.reason,
    }


def _foreseen(job: Job) -> Foreseen:
    would = job.would
    return {
        "customers_new": would.get("customers_new", 0),
        "customers_known": would.get("customers_known", 0),
        "orders_new": would.get("orders_new", 0),
        "orders_known": would.get("orders_known", 0),
        "amounts": amounts(job.amounts),
    }
