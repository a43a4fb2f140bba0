"""Ways in which a store can die, be overtaken and be told again, at each half call; each gives the faults it led to."""

from shopkeeper.customer import identity
from tests.interactions import about_order, identified, ordered, retracted, said
from tests.store_world import FAKES, World

EARLIER = [
    said("anon:phone", "m0"),
    identified("user:jo", "m1", {"city": "Ulm"}),
    identified("user:al", "m2"),
    ordered("user:al", "early", "16", 8),
    retracted("user:jo", "ahead", "m9"),
]
LATER = "2026-03-01T12:00:01.000Z"
TOLD = [
    said("anon:phone", "m3"),
    identified("user:jo", "m4", {"city": "Bonn"}, ids={"user": "jo", "anon": "phone"}, at=LATER),
    said("anon:phone", "m5"),
    ordered("user:jo", "browser", "17", 29.33, ids={"user": "jo", "anon": "phone"}),
    ordered("anon:phone", "server", "17", 29.33),
    ordered("anon:phone", "page", "17", 0.01, trusted=False),
    ordered("anon:phone", "page again", "18", 0.01, trusted=False),
    ordered("user:jo", "kiosk", "18", 5),
    ordered("user:new", "m6", total=10, ids={"user": "new", "anon": "tablet", "email": "New@Example.com"}),
    said("email:new@example.com", "m7"),
    said("user:jo", "m3"),
    about_order("Updated", "user:al", "by al", "17", 20),
    about_order("Refunded", "anon:phone", "some", "17", 5),
    about_order("Cancelled", "user:jo", "no", "18", at=LATER),
    about_order("Cancelled", "anon:phone", "a page's no", "17", at=LATER, trusted=False),
    about_order("Cancelled", "user:jo", "not hers", "16", at=LATER),
    retracted("user:jo", "undo", "kiosk"),
    retracted("user:jo", "undo again", "kiosk"),
    retracted("anon:phone", "undo m5", "m5"),
]


def told(world):
    """Received one after the other, one of them sent twice."""
    batch = [world.received(each) for each in TOLD]
    return [*batch, batch[0]]


def half_calls():
    world = World()
    world.deliver(EARLIER)
    world.deliver(told(world))
    return world.half_calls


def crashing(at, fakes):
    """The process dies there, the message is delivered again in other batches, and then everything once more."""
    world = World(fakes)
    world.deliver(EARLIER)
    batch = told(world)
    world.deliver(batch, crash_at=at)
    later = [said("anon:phone", "m8"), said("user:jo", "m9"), retracted("anon:phone", "undo again", "m5")]
    world.deliver([*(world.received(each) for each in later), *batch[4:]])
    world.deliver(batch[:4])
    world.deliver([*reversed(batch), *EARLIER])
    return world.faults()


def overtaken(at, fakes):
    """While one store holds half the batch, another one gets the other half and some of the same; then it gets more."""
    world = World(fakes)
    world.deliver(EARLIER)
    batch = told(world)
    more = [world.received(each) for each in [said("anon:phone", "m8"), said("user:jo", "m9")]]
    world.deliver(batch[:5], overtaken_at=at, by=[batch[2:], more])
    world.deliver([*reversed(batch), *EARLIER])
    return world.faults()


def resent(at, fakes):
    """The process dies there; the device moves; its message comes again as the sender repeats it, received later."""
    world = World(fakes)
    world.deliver(EARLIER)
    first = world.received(said("anon:phone", "m3"))
    world.deliver([first], crash_at=at)
    world.deliver([world.received(each) for each in TOLD[1:2]])
    world.deliver([world.received(said("anon:phone", "m3"))])
    world.deliver([first])
    return world.faults()


def founding(at, fakes):
    """Two stores meet on a device that nobody has seen before: one knows it alone, the other one with its user."""
    world = World(fakes)
    alone = world.received(said("anon:phone", "m1"))
    together = world.received(identified("user:jo", "m2", ids={"user": "jo", "anon": "phone"}))
    world.deliver([alone], overtaken_at=at, by=[[together]])
    world.deliver([together, alone])
    customers = {row.customer_id for row in world.tables.rows.values()}
    return [*world.faults(), *(["one person is two customers"] if len(customers) > 1 else [])]


def wearing_out(at, fakes):
    """A device that changes hands too often dies on the way to nobody, and is heard of again."""
    world = World(fakes)
    hands = [identified(f"user:{n}", "m", ids={"user": str(n), "anon": "phone"}) for n in range(identity.MOST_MOVES)]
    for each in hands[:-1]:
        world.deliver([world.received(each), world.received(said("anon:phone", f"with {each.subject}"))])
    early = world.received(said("anon:phone", "early"))
    last = world.received(hands[-1])
    world.deliver([last, early], crash_at=at)
    world.deliver([last])
    late = world.received(said("anon:phone", "late"))
    world.deliver([late, world.received(early)])  # As its sender repeats it, and perhaps folded with no row yet.
    world.deliver([last, late, early])
    aside = {key for key, row in world.tables.rows.items() if row.unfolded == "quarantined"}
    problems = [] if {late.key} <= aside <= {late.key, early.key} else [f"laid aside: {aside}"]
    return [*world.faults(), *problems, *(["told more than once"] if len(world.quarantined) > 1 else [])]


def taken_back_ahead(at, fakes):
    """The process dies over what takes something back, which comes before that is told again."""
    world = World(fakes)
    back, told = (world.received(each) for each in (retracted("user:jo", "undo", "m1"), said("user:jo", "m1")))
    world.deliver([back], crash_at=at)
    world.deliver([told])
    world.deliver([told, back, world.received(retracted("user:jo", "undo again", "m1"))])
    return world.faults()


# The quick ones first: a wrong store is found out the sooner.
WAYS = [taken_back_ahead, founding, resent, wearing_out, crashing, overtaken]


def first_faults(fakes=FAKES):
    for way in WAYS:
        for at in range(half_calls() + 2):
            if faults := way(at, fakes):
                return [f"{way.__name__} at {at}", *faults]
    return []
