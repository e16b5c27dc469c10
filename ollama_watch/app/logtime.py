"""The moment it is in a log while nothing is written."""

from ollama_watch.app.reading import SKEW


def log_time(last: float | None, newest: float, now: float, elapsed: float) -> float:
    """Return log time: a clock that is set makes it neither jump nor stand still.

    It never goes back, so after a set-back, also one between two processes, it stays ahead and goes on by
    what has passed; a clock that is ahead by little is followed. `last` is log time at the last tick, None:
    there was none, `newest` that of the newest line, and `elapsed` what has passed since the tick, in s.
    """
    if last is None:  # history is brought up to the clock
        return max(now, newest)
    # From the last tick on: what was read since has moved log time by itself, after a suspend by hours.
    paced = last + elapsed
    return now if 0 < now - paced <= SKEW else paced
