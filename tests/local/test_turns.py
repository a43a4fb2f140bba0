import threading

from local.turns import Turns


def test_the_thread_that_holds_it_may_take_it_again():
    turns = Turns()
    with turns, turns:
        pass
    with turns:
        pass


def test_everybody_gets_a_turn_in_the_order_they_asked():
    turns, order, threads = Turns(), [], []

    def ask(name):
        with turns:
            order.append(name)

    with turns:
        for name in range(5):
            threads.append(threading.Thread(target=ask, args=(name,)))
            threads[-1].start()
            while len(turns._waiting) <= name:
                pass
    with turns:
        order.append("first again")
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4, "first again"]
