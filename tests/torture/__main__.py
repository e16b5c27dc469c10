"""python -m tests.torture --minutes 10: rounds on every medium at the same time, until the time is over."""

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.torture.ordeal import MEDIA, ordeal
from tests.torture.verdict import Verdict, table

_KILLS = 20  # a round
_SEED = 20260131


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=_SEED)
    parser.add_argument("--only", choices=sorted(MEDIA))
    asked = parser.parse_args()
    end = time.monotonic() + 60 * asked.minutes
    names = [asked.only] if asked.only else list(MEDIA)
    with ThreadPoolExecutor(len(names)) as pool:
        rounds = {name: pool.submit(_rounds, name, asked.seed, end) for name in names}
    found = {name: verdict for name, one in rounds.items() if (verdict := one.result())}
    _say(table(found))
    return 0 if all(verdict.kept for verdict in found.values()) else 1


def _rounds(name: str, seed: int, end: float) -> Verdict | None:
    """Return the sum of all rounds; None, and why, where this machine has not what they need."""
    total = Verdict()
    number = 0
    while time.monotonic() < end:
        number += 1
        try:
            verdict = _round(name, f"{seed} {number}")
        except pytest.skip.Exception as reason:
            _say(f"{name}: not run: {reason}")
            return None
        _say(f"{name}, round {number}: {'kept' if verdict.kept else verdict}")
        total += verdict
    return total


def _round(name: str, seed: str) -> Verdict:
    with tempfile.TemporaryDirectory(prefix="torture-") as folder, MEDIA[name](Path(folder)) as medium:
        return ordeal(medium, Path(folder), _KILLS, seed)


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201  # a command


if __name__ == "__main__":
    sys.exit(main())
