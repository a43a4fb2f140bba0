"""What interactions may add to a measure, as a test draws it: (instant, day or None, currency, units, unpriced)."""

from hypothesis import strategies as st

from shopkeeper.customer.measures import Mark

DAY_MS = 86_400_000
instants = st.integers(0, 30) | st.integers(-(10**13), 10**13)
prices = st.one_of(
    st.tuples(st.sampled_from(["USD", "EUR", "JPY"]), st.integers(-(10**6), 10**9), st.just(value=False)),
    st.just(("", 0, True)),
    st.just(("", 0, False)),
)


@st.composite
def drawn(draw, *, tiled):
    at = draw(instants)
    return (at, at // DAY_MS if tiled else None, *draw(prices))


histories = st.booleans().flatmap(lambda tiled: st.lists(drawn(tiled=tiled), min_size=1, max_size=40))


def mark(at, day, currency, units, unpriced):
    return Mark(at, day, currency, units, unpriced=unpriced)
