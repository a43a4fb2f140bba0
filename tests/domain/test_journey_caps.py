"""How many mails of a journey somebody gets in a while."""

import pytest
from msgspec.structs import replace

from shopkeeper.journey import nodes
from shopkeeper.journey.graph import Cap, Terms
from tests.journey_graphs import cart
from tests.journey_world import DAY, NOON, Walk


def letters(count, mail_class="marketing", **terms):
    """So many letters on end."""
    parts = {
        f"n{n}": nodes.Message(template="x", mail_class=mail_class, next=f"n{n + 1}", not_sent=f"n{n + 1}")
        for n in range(count)
    }
    graph = cart(first="n0", nodes=parts | {f"n{count}": nodes.Exit()}, exits=(), goal=None)
    return replace(graph, terms=Terms(caps=(Cap(most=2, per=86_400),), **terms))


def outcomes(graph):
    walk = Walk(graph)
    walk.enters()
    return walk, [outcome for _, outcome in walk.outcomes]


def test_who_has_had_as_many_as_a_cap_allows_gets_no_more_even_in_one_leg():
    _, came_of = outcomes(letters(3))
    assert came_of == ["planned", "planned", "not_sent:other:journey_cap", "end"]


@pytest.mark.parametrize("when_capped", ["defer", "defer_then_skip"])
def test_who_is_waited_for_gets_the_next_one_when_the_window_has_passed(when_capped):
    walk, came_of = outcomes(letters(3, when_capped=when_capped))
    assert (came_of, walk.due_at) == (["planned", "planned"], NOON + DAY)
    walk.at(NOON + DAY)
    assert [outcome for _, outcome in walk.outcomes] == ["planned"] * 3 + ["end"]


def test_receipts_are_not_capped():
    _, came_of = outcomes(letters(3, mail_class="transactional"))
    assert came_of == ["planned"] * 3 + ["end"]
