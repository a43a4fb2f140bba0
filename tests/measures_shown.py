"""Measures as the oracle writes them."""

from datetime import UTC, datetime, timedelta


def shown(measures):
    return {name: _shown(measure) for name, measure in measures.items()}


def _shown(measure):
    return {
        "count": measure.count,
        "first": text(measure.first),
        "tail": [text(at) for at in measure.tail],
        "totals": {currency: (measure.priced[currency], units) for currency, units in measure.totals.items()},
        "unpriced": measure.unpriced,
        "days": {day: (tile.count, dict(tile.totals)) for day, tile in measure.tiles.items()},
    }


def text(ms):
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
