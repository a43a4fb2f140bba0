"""Where a run stands, in the words of every answer that shows runs."""

from typing_extensions import TypedDict

from shopkeeper.customer.instants import from_ms
from shopkeeper.journey.rows import Row


class Stands(TypedDict):
    key: str
    status: str
    version: int
    entry: int
    entered_at: str
    node: str
    since: str
    waits_until: str | None


def stands(row: Row) -> Stands:
    """The key as it is: whoever lists many masks what speaks of a person."""
    run = row.run
    return {
        "key": run.key,
        "status": row.status,
        "version": run.version,
        "entry": run.n,
        "entered_at": from_ms(run.entered_at),
        "node": run.node,
        "since": from_ms(run.node_at),
        "waits_until": row.next_due or row.due_at or None,
    }
