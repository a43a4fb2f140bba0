"""What was built counts when all were seen; and what fails shows it."""

from datetime import UTC, datetime, timedelta

import pytest

from functions.segment_switch import app as switch
from shopkeeper import clock
from shopkeeper.customer.backfilling import WAIT
from shopkeeper.segment import runs
from shopkeeper.segment.switching import NotWalked
from tests.campaign_world import context
from tests.publishing_shop import event, phases

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_nothing_counts_before_all_were_seen(begun):
    with pytest.raises(NotWalked):
        switch.handler(event("switch.switch"), context())
    assert phases(begun) == ["building"]


def test_what_failed_shows_it_and_goes_on_later(begun):
    assert switch.handler(event("switch.failed"), context())["next"] == "over"
    run, desk = begun.recomputes.run("2026-03-02-2"), begun.recomputes.desk()
    assert (run.state, run.error) == ("failed", "SliceNotSeen")
    assert desk.due_at == clock.to_text(NOON + WAIT + runs.PAUSES[0])
    shown = begun.get("/v1/recomputes")[1]["items"][0]
    assert (shown["state"], shown["error"], shown["slices_done"]) == ("failed", "SliceNotSeen", 0)
    begun.build()
    assert phases(begun) == ["ready"]
    assert begun.recomputes.run("2026-03-02-2").attempt == 2


def test_what_is_remembered_of_a_run_goes_after_a_while(begun):
    rows = begun.dynamodb.scan(TableName="RecordsTable")["Items"]
    kept = {row["record"]["S"]: int(row["expires_at"]["N"]) for row in rows if "expires_at" in row}
    assert {name.partition("#")[0] for name in kept} >= {"recomputed", "walk"}
    until = (NOON + WAIT + timedelta(days=90)).timestamp()
    assert {at for name, at in kept.items() if name.startswith(("recomputed#", "walk#"))} == {until}
