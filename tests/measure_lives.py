"""What happens to a shop that begins to count something new: by chance, and where it is most likely to go wrong."""

from random import Random

import msgspec

from shopkeeper.customer.backfilling import WAIT
from shopkeeper.customer.interaction import raw
from tests.interactions import identified, ordered, retracted, said
from tests.measure_world import ASKED, MeasureWorld

WHO = ["user:jo", "user:al", "anon:tab", "anon:phone", "anon:till"]
ODDS = {"say": 8, "visit": 6, "define": 3, "wait": 4, "merge": 2, "unmerge": 2, "retire": 1}


class Life:
    """What happens to a shop, drawn at random: things said, writers who have heard of less or more, walkers, merges and
    their undoing; each can die at any half call, or something else happens there."""

    def __init__(self, seed):
        self.random, self.world = Random(seed), everybody_there()
        self.messages = 0

    def live(self):
        """Half the time the walk has just begun."""
        if self.random.random() < 0.5:
            known_to_all(self.world)
        for _ in range(self.random.randint(4, 16)):
            self.happens(self.random.choices(list(ODDS), ODDS.values())[0], *self.disturbed())
        return wrong(self.world)

    def disturbed(self):
        kind = self.random.randint(0, 9)
        if kind < 2:
            return self.random.randint(0, 24), None, ()
        return (None, self.random.randint(0, 24), [self.something_quick]) if kind < 6 else (None, None, ())

    def something_quick(self):
        """As much as may happen while a function runs."""
        if self.random.random() < 0.3:
            self.world.wait(self.random.randint(1, 50))
        self.happens(self.random.choices(list(ODDS), ODDS.values())[0])

    def happens(self, what, *disturbed):
        world, random = self.world, self.random
        if what == "say":
            batch = [self.told() for _ in range(random.randint(1, 3))]
            world.say(random.randint(0, 1), batch, *disturbed)
        elif what == "visit":
            world.visit(random.randint(0, 9), *disturbed)
        elif what == "merge":
            world.merge(*random.sample(WHO, 2), *disturbed)
        elif what == "unmerge":
            if standing := world.standing():
                world.unmerge(random.choice(standing), *disturbed)
        elif what == "wait":
            world.wait(20 if not disturbed or disturbed[2] else random.choice([20, 70, 200]))
        else:
            getattr(world, what)(random.choice(list(ASKED)))

    def told(self):
        random, who = self.random, self.random.choice(WHO)
        self.messages += 1
        message, earlier = f"m{self.messages}", f"m{random.randint(1, self.messages)}"
        what = random.randint(0, 11)
        if what == 0:
            return identified("user:jo", message, ids={"user": "jo", "anon": random.choice(["tab", "phone"])})
        if what == 1:
            return retracted(who, message, earlier)
        if what < 5:
            order = ordered(who, message, random.choice(["17", "18", None]), random.choice([5, 20]))
            return msgspec.structs.replace(
                order, raw_properties=raw(order.properties | {"gift": random.random() < 0.7})
            )
        return said(who, message, properties={"price": random.choice([5, 10, 30])})


ODDS = {"say": 8, "visit": 6, "define": 3, "wait": 4, "merge": 2, "unmerge": 2, "retire": 1}


def everybody_there():
    world = MeasureWorld()
    world.say(0, [said(who, f"before {who}", properties={"price": 10}) for who in WHO])
    return world


def known_to_all(world):
    """It is asked for, and the walk may begin."""
    world.define("dear")
    world.wait(WAIT.total_seconds())
    return world


def wrong(world):
    world.finish()
    return [*world.problems, *world.missing()]


def a_customer_comes_to_a_writer_who_has_not_heard_of_it():
    world = everybody_there()
    world.define("dear")
    for _ in range(20):
        world.visit(0)
    world.say(0, [said("user:new", "m1", properties={"price": 10})])
    return wrong(world)


def a_writer_who_has_not_heard_of_it_meets_whom_one_who_has_made():
    world = everybody_there()
    world.define("dear")
    world.say(1, [said("user:new", "m1", properties={"price": 10})])
    world.say(0, [said("user:new", "m2", properties={"price": 10})])
    return wrong(world)


def one_who_has_it_becomes_one_with_another_who_has_not():
    """Each two, at each moment of the walk."""
    for gone, into in (("anon:tab", "user:jo"), ("user:jo", "user:al"), ("user:al", "anon:till")):
        for visits in range(12):
            world = known_to_all(everybody_there())
            for _ in range(visits):
                world.visit(0)
            world.merge(gone, into)
            if found := wrong(world):
                return found
    return []


def a_merge_is_undone_when_all_have_it():
    world = known_to_all(everybody_there())
    log = world.merge("anon:tab", "user:jo")
    world.finish()
    world.unmerge(log)
    return wrong(world)


def more_is_said_while_it_is_counted(at):
    """At each half call of whoever counts."""
    world = known_to_all(everybody_there())
    for place in range(16):
        later = [said(who, f"later {place}", properties={"price": 30}) for who in WHO]
        world.visit(0, None, at, [lambda later=later: world.say(1, later)])
    return wrong(world)


def whoever_counts_dies(at):
    world = known_to_all(everybody_there())
    for _ in range(16):
        world.visit(0, at)
    return wrong(world)


WAYS = [
    a_customer_comes_to_a_writer_who_has_not_heard_of_it,
    a_writer_who_has_not_heard_of_it_meets_whom_one_who_has_made,
    one_who_has_it_becomes_one_with_another_who_has_not,
    a_merge_is_undone_when_all_have_it,
    *(lambda at=at: more_is_said_while_it_is_counted(at) for at in (0, 1, 2, 5, 9)),
    *(lambda at=at: whoever_counts_dies(at) for at in range(0, 14, 2)),
]


def first_wrong(lives):
    """What went wrong in the ways, then in so many lives."""
    drawn = (lambda seed=seed: Life(seed).live() for seed in range(lives))
    return next((found for way in (*WAYS, *drawn) if (found := way())), None)
