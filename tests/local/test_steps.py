import threading
from types import SimpleNamespace

import pytest

from local import steps
from local.steps import Steps, UnsettledError
from local.turns import Turns


class Pump:
    def __init__(self, *work):
        self.work = list(work)

    def step(self):
        if not self.work:
            return False
        self.work.pop(0)()
        return True


def world(*pumps):
    def step():
        carried = [pump.step() for pump in pumps]
        return any(carried)

    return SimpleNamespace(pumps=pumps, step=step)


def test_whoever_waits_gets_a_turn_before_all_the_work_is_done():
    turns, order = Turns(), []

    def ask():
        with turns:
            order.append("request")

    def work():
        order.append("work")
        if not threads[0].is_alive() and "request" not in order:
            threads[0].start()
            while not turns._waiting:
                pass

    threads = [threading.Thread(target=ask)]
    made = world(Pump(work, work), Pump(work))
    Steps(turns, lambda: made).settle()
    threads[0].join()
    assert order == ["work", "request", "work", "work"]


def test_settling_does_not_end_before_what_others_brought_meanwhile_is_done():
    done, first = [], Pump()
    bring = Pump()
    made = world(first, bring)
    steps = Steps(Turns(), lambda: made)
    looks = iter([True, False])

    def idle():
        """The worker moves something to the first pump, right after that was looked at."""
        if next(looks, False):
            first.work.append(lambda: done.append("moved"))
        return False

    bring.step = idle
    assert steps.settle() == 1
    assert done == ["moved"]


def test_what_is_left_to_do_in_an_old_world_is_left():
    done, worlds = [], []
    old = world(Pump(lambda: worlds.append(world())), Pump(lambda: done.append("in the old one")))
    Steps(Turns(), lambda: worlds[-1] if worlds else old).settle()
    assert done == []


def test_work_that_makes_itself_is_an_error(monkeypatch):
    monkeypatch.setattr(steps, "_MOST_STEPS", 5)
    made = world(SimpleNamespace(step=lambda: True))
    with pytest.raises(UnsettledError):
        Steps(Turns(), lambda: made).settle()
