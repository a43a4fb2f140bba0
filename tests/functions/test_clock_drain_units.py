"""What it costs to look at a customer again, to the unit: a change of these numbers is a change of price."""

from bench.wake_units import wake


def test_to_look_again_is_a_read_and_a_write_of_the_customer_and_a_row_of_the_news():
    """500 customers. Of each the last row is looked for, which is there already."""
    units = wake()

    assert units.writes == {
        "CustomersTable": 1050,
        "CustomersTable/index": 500,
        "InteractionsTable": 500,
        "InteractionsTable/index": 500,
    }
    assert units.reads == {"CustomersTable": 500, "InteractionsTable": 500, "DefinitionsTable": 2}
    assert (units.wru, units.rru) == (5.1, 2.004)
