"""What an interaction costs in the tables, to the unit: a change of these numbers is a change of price."""

from bench.ingest_units import BUSY, QUIET, mix


def test_a_quiet_mix_writes_a_document_and_a_row_for_each_interaction():
    """500 customers say one thing each. A document with what it has just folded is a little over one KB."""
    units = mix(QUIET)

    assert units.writes == {"CustomersTable": 1067, "InteractionsTable": 551, "InteractionsTable/index": 500}
    assert units.reads == {"IdentitiesTable": 1000, "CustomersTable": 500, "InteractionsTable": 1000}
    assert (units.wru, units.rru) == (4.236, 5.0)


def test_a_busy_mix_writes_one_document_for_a_hundred_interactions():
    """Five customers say a hundred things each. The document holds their rows for a moment, so they are paid twice."""
    units = mix(BUSY)

    assert units.writes == {"CustomersTable": 471, "InteractionsTable": 551, "InteractionsTable/index": 500}
    assert units.reads == {"IdentitiesTable": 10, "CustomersTable": 5, "InteractionsTable": 505}
    assert (units.wru, units.rru) == (3.044, 1.04)
