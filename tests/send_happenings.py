"""What a script makes happen in a world of sends, whoever wrote it."""

from datetime import timedelta

SECONDS = (0.5, 2, 4, 70, 130, 4000)


def happen(world, what, number):
    """`number` picks the send, the worker, the time, or a worker and how far it goes."""
    living = [worker for worker in world.workers if not worker.done]
    if what == "deliver":
        world.deliver(world.ids()[number % len(world.ids())])
    elif what == "time":
        world.time += timedelta(seconds=SECONDS[number])
    elif what in BEFALLS:
        for worker in living[number % len(living) :][:1] if living else ():
            BEFALLS[what](worker, number)
    else:
        getattr(world, what)()


def lose(worker, number):
    worker.fault = "lost"
    worker.step()


BEFALLS = {
    "kill": lambda worker, number: worker.kill(),
    "lose": lose,
    "outage": lambda worker, number: worker.out_of_order.add(worker.waits_at),
    "step": lambda worker, number: worker.step(1 + number // 4),
}
"""What may happen to a worker."""
