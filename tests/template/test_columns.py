"""numpy is for the pass over all customers: nobody else waits until its 50 MB are there."""

import pytest

from tests.template.test_borders import ROOT, imported, outside, sources
from tests.template.test_template import logical_id

ROOMS = ["shopkeeper.segment.columnar", "shopkeeper.customer.measures.columns"]
COLUMNS = "shopkeeper.segment.columnar.pages"
SCAN = "functions.segment_scan"


def module(path):
    """`layers/core/shopkeeper/segment/__init__.py` is `shopkeeper.segment`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[2:] if parts[0] == "layers" else parts).removesuffix(".__init__")


def graph():
    """Each module, and the names that it imports."""
    return {module(path): imported(path) for path in sources("functions", "layers/core", "local")}


def within(name, rooms):
    return any(f"{name}.".startswith(f"{room}.") for room in rooms)


def loaded(start, graph):
    """All that stands in memory when a module has been imported, the packages around each included."""
    found, ahead = set(), [start]
    while ahead:
        name = ahead.pop()
        if name and name not in found:
            found.add(name)
            ahead += [name.rpartition(".")[0], *graph.get(name, ())]
    return found


def calculators(graph):
    """Who imports numpy and has no room among the columns."""
    return {name for name, names in graph.items() if "numpy" in outside(names) and not within(name, ROOMS)}


def users(graph):
    """Whoever would load columns, by whatever way: a function, or a part of the local stack."""
    doors = [name for name in graph if within(name, ["functions", "local"])]
    return {
        ".".join(door.split(".")[:2])
        for door in doors
        if any(within(name, ["numpy", *ROOMS]) for name in loaded(door, graph))
    }


def planted(graph, where, what):
    return graph | {where: graph.get(where, set()) | {what}}


def test_numpy_is_imported_among_the_columns_alone():
    assert calculators(graph()) == set()


def test_the_columns_are_loaded_by_the_pass_over_all_customers_alone():
    assert users(graph()) <= {SCAN}


def test_whoever_loads_numpy_has_its_layer_and_nobody_else_has_it(template, functions):
    holders = {name for name, body in functions.items() if has_it(body["Properties"])}

    assert holders == {logical_id("segment_scan")}
    assert not has_it(template["Globals"]["Function"])
    assert {logical_id(user.removeprefix("functions.")) for user in users(graph())} <= holders


def has_it(properties):
    return {"Ref": "ColumnsLayer"} in properties.get("Layers", [])


@pytest.mark.parametrize("where", ["functions.segment_scan.app", "shopkeeper.segment.columnarly", "local.front"])
@pytest.mark.parametrize("what", ["numpy", "numpy.typing.NDArray"])
def test_numpy_is_found_wherever_else_it_stands(where, what):
    assert calculators(planted(graph(), where, what)) == {where}


@pytest.mark.parametrize("where", [*ROOMS, COLUMNS])
def test_numpy_has_its_place_among_the_columns(where):
    assert calculators(planted(graph(), where, "numpy")) == set()


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize(
    ("where", "who"),
    [
        ("functions.api_read.app", "functions.api_read"),
        ("shopkeeper.segment.evaluate", "functions.ingest_store"),
        ("shopkeeper.customer.measures", "functions.customer_announce"),  # A package is loaded before what is in it.
        ("local.front", "local.front"),
    ],
)
def test_columns_are_found_behind_whatever_loads_them(room, where, who):
    assert who in users(planted(graph(), where, f"{room}.read"))


def test_the_pass_may_load_columns_and_what_they_are_made_of():
    through = planted(planted(graph(), "functions.segment_scan.app", f"{COLUMNS}.read"), COLUMNS, "numpy")

    assert users(through) == {SCAN}
    assert "numpy" in loaded("functions.segment_scan.app", through)
