"""`make fuzz`: the long run. Exit code 1 if a line crashed the parser or took too long."""

import argparse
import sys
import time
from random import Random

from tests.fuzz.mutate import mutants
from tests.fuzz.ordeal import Ordeal

_SHOWN = 10  # crashes


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=4)
    arguments = parser.parse_args()
    begin = time.monotonic()
    ordeal = Ordeal(Random(arguments.seed))  # noqa: S311  # no secret
    ordeal.run(mutants(arguments.seed, arguments.lines))
    print(f"seed {arguments.seed}: {ordeal}, in {time.monotonic() - begin:.0f} s")  # noqa: T201
    for text, error in ordeal.crashes[:_SHOWN]:
        print(f"{error}\n    {text[:500]!r}")  # noqa: T201
    return int(bool(ordeal.crashes or ordeal.slow))


if __name__ == "__main__":
    sys.exit(main())
