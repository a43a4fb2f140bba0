"""A proposal holds together: what a column looks like, how it is read, and why."""

import pytest

from shopkeeper.customer.importing import cells
from shopkeeper.customer.importing.sniffing import dialects
from tests.domain.test_importing_proposal import Customs, propose


@pytest.mark.parametrize(("good", "target"), [(3, "traits.age:number"), (2, "traits.age")])
def test_most_cells_decide_what_a_column_is_and_the_others_are_counted(good, target):
    text = "id,age\n" + "".join(f"{n},4{n}\n" for n in range(1, good + 1)) + "9,old\n"

    found = propose(text, Customs())

    assert found.wanted.mapping["age"] == target
    assert (found.columns[1].looks_like, found.columns[1].misfits) == ("number", 1)


@pytest.mark.parametrize(("cell", "value"), [("ja", True), ("Nein", False), ("YES", True), ("n", False)])
def test_what_looks_like_a_boolean_is_read_as_one(cell, value):
    assert propose(f"id,news\n7,{cell}\n", Customs()).wanted.mapping["news"] == "traits.news:boolean"
    assert cells.boolean(cell) is value


def test_a_quoted_cell_that_holds_the_separator_is_seen():
    assert dialects.quote(["a,b\n", '1,"x, y"\n'], ",").why == '1 cells stand between "'
    assert dialects.quote(["a,b\n", "1,x\n"], ",").why == "no cell that was looked at is quoted"


def test_what_stands_inside_an_object_has_a_name_without_spaces():
    found = propose('{"id": 7, "home": {"street": "Weg 1"}}\n', Customs())

    assert found.wanted.mapping["home.street"] == "traits.home_street"
