"""What is visited in batches: a bad row is put off alone, and however many are due, others have their turn."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from shopkeeper import clock
from shopkeeper.aws import draining
from shopkeeper.aws.draining import PUT_OFF, Drain, Telling
from shopkeeper.aws.due import Due
from shopkeeper.clock import Clock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Index:
    """Of one shard. It is late: what has been seen to goes on standing in it for as many queries."""

    def __init__(self, rows, late=0, page=7):
        self.rows, self.late, self.page, self.gone = dict(rows), late, page, {}
        self.queries = 0

    def until(self, due_shard, now):
        self.queries += 1
        old = {key for key, queries in self.gone.items() if queries + self.late < self.queries}
        found = sorted((at, key) for key, at in self.rows.items() if key not in old and at <= clock.to_text(now))
        while found:
            page, found = found[: self.page], found[self.page :]
            yield from (Due(key, at) for at, key in page)

    def drop(self, key):
        self.gone[key] = self.queries

    def put_off(self, row, until):
        self.rows[row.key] = clock.to_text(until)


def due(count, name="c", minutes=-1):
    return {f"{name}{n:05}": clock.to_text(NOON + timedelta(minutes=minutes, milliseconds=n)) for n in range(count)}


class World:
    def __init__(self, customers, others=None, bad=(), late=0):
        self.customers, self.sends = Index(customers, late), Index(others or {})
        self.bad, self.order, self.failed, self.lateness = set(bad), [], [], []

    def batch(self, keys):
        if self.bad & set(keys) and "all" in self.bad:
            raise ValueError("of the whole batch")
        self.order.append(("batch", len(keys)))
        for key in keys:
            if key not in self.bad:
                self.order.append(key)
                self.customers.drop(key)
        return {key: ValueError(key) for key in keys if key in self.bad}

    def visit(self, key):
        self.order.append(key)
        self.sends.drop(key)
        return False

    def run(self, has_time=lambda: True):
        telling = Telling(lambda *told: self.failed.append(told[:2]), lambda *told: self.lateness.append(told))
        rows = {"send": self.sends, "customer": self.customers}
        return Drain(rows, {"send": self.visit}, {"customer": self.batch}, Clock(NOON.timestamp), telling).run(
            "0", has_time
        )

    @property
    def sizes(self):
        return [each[1] for each in self.order if isinstance(each, tuple)]


def test_all_are_visited_once_in_batches_the_earliest_first():
    world = World(due(250))

    assert world.run() == 250

    assert world.sizes == [100, 100, 50]
    assert [each for each in world.order if isinstance(each, str)] == sorted(due(250))


def test_nobody_is_visited_twice_while_the_index_is_late():
    world = World(due(1000), late=3)

    world.run()

    assert Counter(each for each in world.order if isinstance(each, str)) == Counter(list(due(1000)))


def test_what_is_remembered_of_a_wave_is_bounded(monkeypatch):
    monkeypatch.setattr(draining, "REMEMBERED", 150)
    world, held = World(due(2000)), []
    visit = world.batch
    line = draining._Line
    lines = []
    monkeypatch.setattr(draining, "_Line", lambda *said: lines.append(line(*said)) or lines[-1])
    world.batch = lambda keys: (held.append(max(len(each._seen) for each in lines)), visit(keys))[1]

    world.run()

    assert max(held) == 150
    assert sum(world.sizes) == 2000


def test_between_any_two_batches_of_a_wave_others_have_their_turn():
    world = World(due(1000), due(500, "s"))

    world.run()

    kinds = ["batch" if isinstance(each, tuple) else each[0] for each in world.order]
    turns = "".join(kind[0] for kind in kinds if kind in ("batch", "s"))
    assert "bb" not in turns.rstrip("b"), "as long as both are due"
    assert max(map(len, turns.split("b"))) == draining.TURN


def test_what_becomes_due_during_a_wave_is_visited_before_its_end():
    world = World(due(1000))
    visit = world.batch

    def batch(keys):
        if len(world.sizes) == 2:
            world.sends.rows |= due(1, "s")
        return visit(keys)

    world.batch = batch
    world.run()

    assert [each for each in world.order if isinstance(each, tuple) or each[0] == "s"].index("s00000") == 3


def test_a_row_that_nothing_can_be_done_for_is_put_off_alone_and_told():
    world = World(due(250), bad=["c00120"])

    world.run()

    assert world.failed == [("customer", "c00120")]
    assert world.customers.rows["c00120"] == clock.to_text(NOON + PUT_OFF)
    assert len({each for each in world.order if isinstance(each, str)}) == 249


def test_a_row_that_has_its_whole_batch_refused_is_found_and_put_off_alone():
    world = World(due(250), bad=["c00120", "all"])

    world.run()

    assert world.failed == [("customer", "c00120")]
    assert len({each for each in world.order if isinstance(each, str)}) == 249


def test_a_long_row_that_each_part_makes_due_anew_is_visited_once_before_others_have_their_turn():
    world, parts = World({}, due(3, "s")), []

    def visit(key):
        parts.append(key)
        if key != "s00000" or len(parts) > 8:
            return world.visit(key)
        world.sends.rows[key] = clock.to_text(NOON + timedelta(milliseconds=len(parts)) - timedelta(seconds=1))
        return True

    rows = {"send": world.sends}
    Drain(rows, {"send": visit}, {}, Clock(NOON.timestamp), Telling(None)).run("0", lambda: True)

    assert parts[:3] == ["s00000", "s00001", "s00002"]
    assert len(parts) == 2 + 7, "one part in each round, not the row and what was left of it"


def test_how_late_a_batch_is_is_told():
    world = World(due(1, minutes=-7))

    world.run()

    assert world.lateness == [("customer", timedelta(minutes=7))]


def test_a_drain_without_time_leaves_the_rest_of_a_wave_as_it_is():
    world, left = World(due(1000)), iter([True] * 3 + [False])

    assert world.run(lambda: next(left)) is None
    assert sum(world.sizes) == 300

    world.run()

    assert Counter(each for each in world.order if isinstance(each, str)) == Counter(list(due(1000)))
