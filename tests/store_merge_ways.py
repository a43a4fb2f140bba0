"""Ways in which a merge, its undoing and stores of the same two customers can meet, or die, at any call of one of them.

Each way takes the half call at which it happens and the tables, and gives what is wrong in the end.
"""

from tests.interactions import about_order, identified, ordered, retracted, said
from tests.store_world import World


def agreed(subject, message_id, is_, at):
    return said(subject, message_id, name="Consent Changed", at=at, properties={"topic": "news", "is": is_})


EARLIER = [
    said("anon:phone", "m0"),
    identified("user:jo", "m1", {"city": "Ulm"}),
    agreed("anon:phone", "c0", "out", "2026-02-01T12:00:00.000Z"),
    agreed("user:jo", "c1", "in", "2026-02-02T12:00:00.000Z"),
]
TOLD = [
    said("anon:phone", "m2"),
    said("user:jo", "m3"),
    ordered("anon:phone", "m4", "17", 5),
    ordered("user:jo", "m5", "17", 5),
    about_order("Refunded", "user:jo", "m7", "17", 2),
    retracted("anon:phone", "m9", "m0"),
]


def shop(fakes):
    """Two customers, and what is received next."""
    world = World(fakes)
    for each in EARLIER:
        world.deliver([world.received(each)])
    return world, [world.received(each) for each in TOLD]


def everything_again(world, batch):
    world.deliver([*reversed(batch), *EARLIER, *(world.received(each) for each in [said("anon:phone", "m8")])])
    world.deliver(batch)
    merged = [each for each in world.documents().values() if each.document.merged]
    lax = ["one of both wants no mail" for each in merged if each.document.consents["news"].is_ != "out"]
    return [*world.faults(), *lax]


def dying(at, fakes):
    world, batch = shop(fakes)
    world.deliver(batch[:2])
    world.merge("anon:phone", "user:jo", crash_at=at)
    world.deliver(batch)
    world.merge("anon:phone", "user:jo")
    return everything_again(world, batch)


def owing(at, fakes):
    """A store has died somewhere, and whoever merges finds what it left."""
    world, batch = shop(fakes)
    world.deliver(batch, crash_at=at)
    world.merge("anon:phone", "user:jo")
    return everything_again(world, batch)


def overtaken(at, fakes):
    world, batch = shop(fakes)
    world.merge("anon:phone", "user:jo", overtaken_at=at, by=[batch])
    return everything_again(world, batch)


def overtaken_by_the_one_who_goes(at, fakes):
    world, batch = shop(fakes)
    world.merge("anon:phone", "user:jo", overtaken_at=at, by=[batch[:1]])
    return everything_again(world, batch)


def dying_of_itself(at, fakes):
    """A visitor turns out to be a user while the process dies."""
    world, batch = shop(fakes)
    login = world.received(said("user:jo", "m6", ids={"user": "jo", "anon": "phone"}))
    world.deliver([login, *batch], crash_at=at)
    world.deliver([login])
    return everything_again(world, [login, *batch])


def overtaken_of_itself(at, fakes):
    world, batch = shop(fakes)
    login = world.received(said("user:jo", "m6", ids={"user": "jo", "anon": "phone"}))
    world.deliver([login, *batch[:2]], overtaken_at=at, by=[batch[1:]])
    return everything_again(world, [login, *batch])


def met_by_a_store(at, fakes):
    world, batch = shop(fakes)
    world.deliver(batch, overtaken_at=at, by=[lambda: world.merge("anon:phone", "user:jo")])
    return everything_again(world, batch)


def undone_and_dying(at, fakes):
    world, batch = shop(fakes)
    log = world.merge("anon:phone", "user:jo")
    world.deliver(batch)
    world.unmerge(log, crash_at=at)
    world.deliver([*reversed(batch), world.received(said("anon:phone", "m7"))])
    for standing in world.standing():
        world.unmerge(standing)
    return everything_again(world, batch)


def undone_and_owing(at, fakes):
    world, batch = shop(fakes)
    log = world.merge("anon:phone", "user:jo")
    world.deliver(batch, crash_at=at)
    world.unmerge(log)
    return [*(["not undone"] if world.standing() else []), *everything_again(world, batch)]


def undone_and_overtaken(at, fakes):
    world, batch = shop(fakes)
    log = world.merge("anon:phone", "user:jo")
    world.deliver(batch[:2])
    world.unmerge(log, overtaken_at=at, by=[batch])
    return [*(["not undone"] if world.standing() else []), *everything_again(world, batch)]


def undone_before_a_store(at, fakes):
    """It had followed the customer to where it went, and finds it back."""
    world, batch = shop(fakes)
    log = world.merge("anon:phone", "user:jo")
    world.deliver(batch[:1], overtaken_at=at, by=[lambda: world.unmerge(log)])
    return everything_again(world, batch)


WAYS = [
    dying,
    owing,
    overtaken,
    overtaken_by_the_one_who_goes,
    dying_of_itself,
    overtaken_of_itself,
    met_by_a_store,
    undone_and_dying,
    undone_and_owing,
    undone_and_overtaken,
    undone_before_a_store,
]
