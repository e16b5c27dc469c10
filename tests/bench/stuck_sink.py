"""How long a good webhook waits for an alert, alone and with a stuck one beside it.

    python -m tests.bench.stuck_sink [--rounds 12]

Prints the milliseconds from the launch in the log to the receiver, for each way of being stuck, in turns: one
round of a daemon that has the good sink alone, one of a daemon that has both. Exits 1 if the middle with a
stuck one is later than every round without one, by more than the spread of those.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from tests.support.daemon import append, daemon
from tests.support.logs import START, launch
from tests.support.receiver import Receiver, receiver
from tests.support.wait import until

_WAYS = {"never answers": -1, "drips": -2, "hangs up": 0, "says 500": 500}


class Pair:
    """A daemon and its good receiver; `status`: what a second one does, None: there is none."""

    def __init__(self, folder: Path, parts: ExitStack, status: int | None) -> None:
        self._log = folder / "server.log"
        self._good = parts.enter_context(receiver())
        append(self._log, *START)
        sinks = [f"webhook: {{url: '{self._good.url}'}}"]
        if status is not None:
            sinks.insert(0, f"webhook-stuck: {{url: '{parts.enter_context(_stuck(status)).url}'}}")
        (folder / "config.yaml").write_text(f"sinks: {{{', '.join(sinks)}}}\n")
        words = {"--config": "config.yaml", "--file": "server.log", "--state": "state"}
        arguments = [word for name, file in words.items() for word in (name, str(folder / file))]
        running = parts.enter_context(daemon(arguments))
        until(lambda: running.get("/-/ready")[0] == 200)

    def delay(self, number: int) -> float:
        """Return the seconds that one alert took; `number`: of the model, another one each time."""
        since, digest = time.monotonic(), f"{number:012x}".ljust(64, "0")
        append(self._log, launch(ctx_size=1024, parallel=1, started=True, digest=digest, port=20000 + number))
        model = f"sha256:{digest[:12]}"  # of others, one tells that the stuck sink takes nothing
        return self._good.tries[until(lambda: self._place(model), seconds=60.0) - 1] - since

    def _place(self, model: str) -> int:
        """Return as how many-th it was told of a model, 0: not yet."""
        names = [message["commonLabels"].get("model") for message in self._good.got]
        return names.index(model) + 1 if model in names else 0


@contextmanager
def _stuck(status: int) -> Iterator[Receiver]:
    with receiver() as far:
        far.status = status
        yield far


def measure(status: int, rounds: int) -> tuple[list[float], list[float]]:
    """Return the delays without and with a sink that is stuck in that way."""
    alone, beside = [], []
    with ExitStack() as parts:
        first, second = (Path(parts.enter_context(tempfile.TemporaryDirectory())) for _ in range(2))
        without, with_one = Pair(first, parts, None), Pair(second, parts, status)
        for number in range(rounds):
            alone.append(without.delay(number))
            beside.append(with_one.delay(number))
    return alone, beside


def is_more_than_noise(alone: list[float], beside: list[float]) -> bool:
    return median(beside) > max(alone) + (max(alone) - min(alone))


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12)
    rounds = parser.parse_args().rounds
    late = False
    print(f"{'a sink that':16}{'best, middle, worst alone':>30}{'and beside it':>26}  ms")  # noqa: T201
    for way, status in _WAYS.items():
        alone, beside = measure(status, rounds)
        late = late or is_more_than_noise(alone, beside)
        print(f"{way:16}{_figures(alone):>30}{_figures(beside):>26}", flush=True)  # noqa: T201
    return int(late)


def _figures(delays: list[float]) -> str:
    return " ".join(f"{1000 * one:7.0f}" for one in (min(delays), median(delays), max(delays)))


if __name__ == "__main__":
    sys.exit(main())
