"""Ways in which one delivery can go wrong, each tried at every half call: what they leave behind is `faults`."""

from datetime import timedelta

from tests.send_fakes import ANSWERS
from tests.send_world import KINDS, MESSAGE, TIMED, World

HALF_CALLS = 44
JUMPS = (0, 4, 130)


def begun(at, said=(), kind="consented"):
    """A worker that waits before its half call number `at`, or has finished."""
    world = World(**(KINDS | TIMED | MESSAGE)[kind])
    world.answers = list(said)
    worker = world.deliver(world.ids()[0])
    worker.step(at + 1)
    return world, worker


def crashing(at, jump, said, kind):
    world, worker = begun(at, said, kind)
    worker.kill()
    world.time += timedelta(seconds=jump)
    return world


def crashing_again_and_again(at, jump, said, kind):
    """Until the queue delivers it no more."""
    world, worker = begun(at, said, kind)
    worker.kill()
    while again := world.deliver(world.ids()[0]):
        world.time += timedelta(seconds=jump)
        again.step(at + 1)
        again.kill()
    return world


def losing_an_answer(at, jump, said, kind):
    world, worker = begun(at, said, kind)
    worker.fault = "lost"
    worker.step()
    world.time += timedelta(seconds=jump)
    return world


def finding_it_out_of_order(at, jump, said, kind):
    """What it asks at that call, and ever again, is not answered."""
    world, worker = begun(at, said, kind)
    worker.out_of_order.add(worker.waits_at)
    worker.finish()
    world.time += timedelta(seconds=jump)
    return world


def cancelled_out_of_order(at, jump, said, kind):
    """Nobody tells it that it is to stop."""
    world, worker = begun(at, said, kind)
    world.cancel()
    world.time += timedelta(seconds=jump)
    worker.out_of_order.add("launches.get")
    worker.finish()
    return world


def overtaken(at, jump, said, kind):
    world, _ = begun(at, said, kind)
    world.time += timedelta(seconds=jump)
    if other := world.deliver(world.ids()[0]):
        other.finish()
    return world


def overtaken_by_one_that_dies(at, jump, said, kind):
    """Which is somewhere in the middle when the first one goes on."""
    world, worker = begun(at, said, kind)
    other = world.deliver(world.ids()[0])
    if other and at < HALF_CALLS // 2:
        other.step(HALF_CALLS - 2 * at)
    world.time += timedelta(seconds=jump)
    worker.finish()
    if other:
        other.kill()
    return world


def acknowledged_by_a_copy(at, jump, said, kind):
    """Both have the same message: whoever ends first takes it away, and then the first one dies."""
    world, worker = begun(at, said, kind)
    if other := world.deliver(world.ids()[0]):
        other.finish()
    world.time += timedelta(seconds=jump)
    worker.kill()
    return world


def opted_out(at, jump, said, kind):
    world, _ = begun(at, said, kind)
    world.opt_out()
    world.time += timedelta(seconds=jump)
    return world


def left_by_another(at, jump, said, kind):
    """Somebody else whom we know under the same address leaves by a letter of theirs."""
    world, _ = begun(at, said, kind)
    world.leave_as_another()
    world.time += timedelta(seconds=jump)
    return world


def slow_and_then_opted_out(at, jump, said, kind):
    world, worker = begun(at, said, kind)
    world.time += timedelta(seconds=jump / 2)
    worker.step()
    world.opt_out()
    world.time += timedelta(seconds=jump)
    return world


def cancelled_and_slow(at, jump, said, kind):
    """Called off, and then it takes its time before and after its last look."""
    world, worker = begun(at, said, kind)
    world.cancel()
    world.time += timedelta(seconds=jump)
    worker.step(8)
    world.time += timedelta(seconds=jump / 2)
    worker.finish()
    return world


def consenting_late(at, jump, said, kind):
    world, worker = begun(at, said, kind)
    world.time += timedelta(seconds=jump)
    world.consent()
    worker.finish()
    return world


def carried_late(at, jump, said, kind):
    """What the document says of consent reaches the contact while the send is under way."""
    world, worker = begun(at, said, kind)
    world.time += timedelta(seconds=jump)
    world.carry()
    worker.finish()
    return world


def renounced(at, jump, said, kind):
    """By the shop's word, of which the contact has not heard yet."""
    world, worker = begun(at, said, kind)
    world.renounce()
    world.time += timedelta(seconds=jump)
    worker.finish()
    return world


def paused(at, jump, said, kind):
    world, worker = begun(at, said, kind)
    world.pause()
    world.time += timedelta(seconds=jump)
    worker.finish()
    return world


def stopped_with_all_mail(at, jump, said, kind):
    """And slow in the middle of it."""
    world, worker = begun(at, said, kind)
    world.stop_all()
    world.time += timedelta(seconds=jump)
    worker.step(8)
    world.time += timedelta(seconds=jump / 2)
    worker.finish()
    return world


def limited_to_others(at, jump, said, kind):
    """A test mode begins, in which Jo is written to no more."""
    world, worker = begun(at, said, kind)
    world.test("al@example.com")
    world.time += timedelta(seconds=jump)
    worker.finish()
    return world


def cancelled(at, jump, said, kind):
    world, _ = begun(at, said, kind)
    world.cancel()
    world.time += timedelta(seconds=jump)
    return world


def heard_of_early(at, jump, said, kind):
    """SES's own event is faster than the record of its answer."""
    world, worker = begun(at, said, kind)
    world.hear_ses()
    world.see()
    worker.step()
    world.time += timedelta(seconds=jump)
    return world


def seen_while_in_doubt(at, jump, said, kind):
    """The customer has it in hands before anybody has told us what became of it; and leaves by it."""
    world, worker = begun(at, said, kind)
    world.see()
    worker.kill()
    world.opt_out()
    world.time += timedelta(seconds=jump)
    return world


WAYS = (
    crashing,
    crashing_again_and_again,
    losing_an_answer,
    finding_it_out_of_order,
    overtaken,
    overtaken_by_one_that_dies,
    acknowledged_by_a_copy,
    opted_out,
    left_by_another,
    slow_and_then_opted_out,
    consenting_late,
    carried_late,
    renounced,
    paused,
    stopped_with_all_mail,
    limited_to_others,
    cancelled,
    cancelled_and_slow,
    cancelled_out_of_order,
    heard_of_early,
    seen_while_in_doubt,
)


def faults(ways=WAYS, answers=ANSWERS, kinds=KINDS, jumps=JUMPS):
    """Each way, at each half call, with each answer of SES and each passage of time: what it shows."""
    for kind in kinds:
        for said in answers:
            _, alone = begun(HALF_CALLS, [said], kind)
            for at in range(len(alone.trace) + 1):
                for way in ways:
                    for jump in jumps:
                        if found := way(at, jump, [said], kind).settle().faults():
                            yield f"{way.__name__} at {at}, {jump} s, {kind}, SES {said}: {found}"
