"""What a shop that recomputes its segments works on, in memory; its calls go over the wire, and can crash there."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from shopkeeper.aws.editions import Editions
from shopkeeper.customer import walks

ASL = json.loads((Path(__file__).parents[1] / "functions/segment_plan/segment_recompute.asl.json").read_text())
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
BUYERS = {"op": "count", "measure": {"event": "Order Completed"}, "window": "ever", "cmp": "ge", "n": 1}
REGULARS = BUYERS | {"n": 2}
LATELY = BUYERS | {"window": {"rolling": {"seconds": 86_400}}}


class Caching(Editions):
    """What one process knows of the editions: that of a minute ago, as its adapter does it."""

    def __init__(self, shop):
        super().__init__(None, "", UTC, shop.clock)
        self.shop = shop

    def fresh(self):
        return self.shop.fresh()

    def rules(self, edition):
        return {each.rule: self.shop.written[each.rule] for each in edition.slots}


class Slices:
    def __init__(self, shop):
        self.shop = shop

    def add(self, part):
        self.shop.wire.call("slices.add", lambda: self.shop.slices.setdefault((part.walk, part.number), part))

    def load(self, walk, numbers):
        held = self.shop.slices
        return self.shop.wire.call("slices.load", lambda: [held[walk, n] for n in numbers if (walk, n) in held])

    def save(self, part):
        def work():
            if self.shop.slices[part.walk, part.number].revision != part.revision - 1:
                raise walks.Overtaken(part.walk)
            gathered = json.loads(json.dumps(part.gathered))
            self.shop.slices[part.walk, part.number] = replace(part, gathered=gathered)

        self.shop.wire.call("slices.save", work)


class Measures:
    """`shop.measures` are those that every customer has."""

    def __init__(self, shop):
        self.shop, self.wanted = shop, {}

    def counted(self):
        return self.shop.measures

    def ensure(self, wanted):
        self.wanted |= wanted

    def retire(self, edition):
        self.shop.retired_at.append(edition.number)
