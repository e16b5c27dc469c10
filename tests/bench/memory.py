"""A day of log, written as fast as it is read: the daemon's private memory must not grow.

    python -m tests.bench.memory [--hours 24]

Prints RssAnon after each hour of log. Exits 1 if it differs by more than 1 MiB after the first two hours.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from tests.support.daemon import Daemon, daemon
from tests.support.wait import until

_MODELS = 5
_REQUESTS = 360  # an hour
_NOISE = 45  # lines of llama.cpp around each request
_LAUNCHES = 12  # an hour: a keep-alive of five minutes
_FLAT = 1024  # KiB
_PATIENCE = 120.0  # s for an hour of log
_BLOB = "/usr/share/ollama/.ollama/models/blobs/sha256-"


def hour(start: float, ports: Iterator[int]) -> Iterator[str]:
    """Yield the lines of one hour: launches of models that take turns, requests, some of them cut."""
    for request in range(_REQUESTS):
        at = start + request * 3600 / _REQUESTS
        if request % (_REQUESTS // _LAUNCHES) == 0:
            yield from _launch(at, request // (_REQUESTS // _LAUNCHES) % _MODELS, next(ports))
        if request % 100 == 0:
            yield _record(
                at, "truncating input prompt", f"limit=4096 prompt={9000 + request} keep=4 new=4096"
            )
        for line in range(_NOISE):
            yield f"slot update_slots: id  0 | task {request} | prompt processing, n_tokens = {line * 512}"
        yield f"slot update_slots: id  0 | task {request} | new prompt, task.n_tokens = {request * 10}"
        yield '[GIN] 2026/01/01 - 00:00:00 | 200 |  1.902311s |  127.0.0.1 | POST     "/v1/chat/completions"'


def _launch(at: float, model: int, port: int) -> Iterator[str]:
    flags = f"--port {port} -c {4096 << (port % 2)} -np 1 --flash-attn auto -b 512"
    yield _record(at, "starting llama-server", f'cmd="/o/llama-server --model {_BLOB}{model:064x} {flags}"')
    yield "load_tensors: offloaded 33/33 layers to GPU"
    yield _record(at + 1, "llama-server started in 1.00 seconds")


def _record(at: float, message: str, rest: str = "") -> str:
    stamp = datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return f'time={stamp} level=INFO source=server.go:1 msg="{message}" {rest}'.rstrip()


def measure(hours: int) -> list[int]:
    """Return RssAnon (KiB) of a daemon after each hour of log."""
    found = []
    start, ports = datetime.now(UTC).timestamp() - hours * 3600, count(40000)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        log.touch()
        with daemon(["--file", str(log), "--sink", "log"]) as running:
            total = 0
            for number in range(hours):
                lines = list(hour(start + number * 3600, ports))
                with log.open("a", encoding="utf-8") as stream:
                    stream.writelines(line + "\n" for line in lines)
                total += len(lines)
                _caught_up(running, total)
                found.append(_private(running.process.pid))
                print(f"hour {number + 1:3}  {total:>9,} lines  {found[-1]:>7,} KiB", flush=True)  # noqa: T201
    return found


def _caught_up(running: Daemon, total: int) -> None:
    series = 'ollama_watch_source_lines_total{source="server.log"}'
    until(lambda: running.metric(series) == total, seconds=_PATIENCE, step=0.1)


def _private(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.split("RssAnon:")[1].split()[0])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--hours", type=int, default=24)
    settled = measure(parser.parse_args().hours)[2:]
    growth = max(settled) - min(settled)
    print(f"after the first two hours it differs by {growth:,} KiB")  # noqa: T201
    return int(growth > _FLAT)


if __name__ == "__main__":
    sys.exit(main())
