"""Small wrongs in where customers stand, in when they are looked at again, and in who says so: each is noticed."""

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from shopkeeper.customer import merging, parting
from shopkeeper.customer.store import rounds
from shopkeeper.segment import standing
from tests.mutants import put_into, swapped_into
from tests.segment_shop_lives import Lived, shop_lives

SEARCH = settings(
    max_examples=400,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)

WRONGS = {
    "who is due is never due": (standing, "flips_at is None or flips_at >= LATEST", "flips_at", put_into),
    "who leaves stays": (
        standing,
        "tuple(sorted(held ^ set(changes)))",
        "tuple(sorted(held | set(changes)))",
        put_into,
    ),
    "whoever writes does not look": (
        rounds,
        'yield self._stand(customer, folded, now, "interaction")',
        "yield folded",
        swapped_into,
    ),
    "whom others join stays where they stood": (
        merging,
        '    whole = stand(into, whole, now_ms, "merge")\n',
        "",
        swapped_into,
    ),
    "who is parted stays where they stood": (parting, 'stand(living, into, now_ms, "merge")', "into", swapped_into),
    "who comes back stands nowhere": (parting, 'stand(tombstone, gone, now_ms, "merge")', "gone", swapped_into),
}


def is_noticed(*, merges):
    @seed(7)
    @SEARCH
    @given(shop_lives(merges=merges))
    def search(life):
        Lived(life).live()

    try:
        search()
    except Exception:  # Whatever it is: a wrong may well end in something nobody expects.
        return True
    return False


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.prove) for name in WRONGS])
def test_small_wrongs_are_noticed(name):
    module, right, wrong, into = WRONGS[name]
    with into(module, right, wrong):
        assert is_noticed(merges=module in (merging, parting))


@pytest.mark.prove
@pytest.mark.parametrize("merges", [False, True])
def test_what_is_right_passes_the_same_search(merges):
    assert not is_noticed(merges=merges)
