"""`make bench`: each figure beside its bound. Exit code 1 if one is missed by more than the machine's noise.

python -m tests.bench [NAME …] [--megabytes 300] [--keep]
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.bench import check, journal, live
from tests.bench.figure import Figure, Size
from tests.bench.growth import figures as growth

BENCHES: Mapping[str, Callable[[Size], Iterator[Figure]]] = {
    "check": check.figures,
    "journal": journal.figures,
    "live": live.figures,
    "growth": growth.figures,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; default: all")
    parser.add_argument("--megabytes", type=int, default=300, help="of each log (default: 300)")
    parser.add_argument("--keep", action="store_true", help="growth: keep its numbers, plot and table")
    given = parser.parse_args()
    if unknown := set(given.names) - set(BENCHES):
        parser.error(f"no such bench: {', '.join(sorted(unknown))}")
    missed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name in given.names or BENCHES:
            for figure in BENCHES[name](Size(given.megabytes, Path(folder), keep=given.keep)):
                print(figure, flush=True)  # noqa: T201
                missed += figure.missed
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
