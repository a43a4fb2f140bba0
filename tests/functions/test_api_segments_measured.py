"""A measure that only a segment takes says all that its rule asks, is registered once, and the segment is built."""

import pytest

from shopkeeper.customer import walks
from tests.rules import count

ORDERED = {"event": "Order Completed"}
DEAR = {"prop": "total", "currency": "USD", "x": "250.00"}
EXTREME = {"op": "total", "measure": ORDERED, "window": "ever", "cmp": "ge"} | DEAR
LAST = {"op": "last", "measure": ORDERED, "prop": "channel", "cmp": "eq", "value": "web"}
BARE = {"where": [], "sum": None, "tiles": False, "retired": False} | ORDERED


def dear(cmp):
    return BARE | {"amount": DEAR | {"cmp": cmp}}


KINDS = {
    "count with an amount": (count(1) | {"measure": ORDERED | {"amount": DEAR | {"cmp": "ge"}}}, [dear("ge")]),
    "last": (LAST, [BARE | {"last": "channel"}]),
    "max": (EXTREME | {"fn": "max"}, [dear("ge")]),
    "min": (EXTREME | {"fn": "min"}, [dear("ge"), dear("lt")]),
}


def measure(shop, name):
    shown = shop.get(f"/v1/measures/{name}")[1]
    return shown["version"], {key: value for key, value in shown["definition"].items() if value is not None}


def finish(shop, name):
    walk = shop.definitions.newest("measure", name).made["walk"]
    for part in shop.adapters["slices"].load(walk, range(walks.SLICES)):
        shop.adapters["slices"].save(walks.replace(part, finished=True, revision=part.revision + 1))


@pytest.mark.parametrize(("rule", "wanted"), KINDS.values(), ids=KINDS)
def test_it_says_all_that_the_rule_asks_and_stays_the_one_it_is(shop, rule, wanted):
    assert shop.put_segment(rule=rule)[0] == 201
    names = shop.get("/v1/segments/buyers")[1]["state"]["building"]["waits_for"]
    for _ in range(5):
        shop.pass_time(minutes=3)
        shop.wake()
    said = [measure(shop, name) for name in names]
    asked = [(1, {key: value for key, value in each.items() if value is not None}) for each in wanted]
    assert sorted(said, key=str) == sorted(asked, key=str)
    assert shop.machine.started == {}
    for name in names:
        finish(shop, name)
    shop.build()
    assert shop.get("/v1/segments/buyers")[1]["state"]["phase"] == "ready"
