"""Spans of time as rules write them."""

_UNITS = (("h", 3600), ("m", 60), ("s", 1))


def span(seconds: float) -> str:
    """Return the shortest way to write it: 24h, 90s, 0s; under a second in milliseconds."""
    if seconds % 1:
        return f"{seconds * 1000:g}ms"
    return next(
        (f"{seconds / size:.0f}{unit}" for unit, size in _UNITS if seconds and not seconds % size), "0s"
    )
