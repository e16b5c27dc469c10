"""A log of a busy server, as long as one likes: time passes, models take turns, most lines tell nothing.

python -m tests.bench.make_log MEGABYTES FILE [--every LINES] [--journal]
"""

import argparse
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

BEGAN = datetime(2026, 1, 5, 8, tzinfo=UTC).timestamp()
_MODELS, _STEP = 12, 0.02  # s from line to line
_BLOB = "/usr/share/ollama/.ollama/models/blobs/sha256-"
_PREFIX = "Jan 05 08:00:00 box ollama[812]: "
_RAW = (
    "slot update_slots: id  0 | task {n} | prompt processing progress, n_tokens = {n}, progress = 0.25",
    "slot print_timing: id  0 | task {n} |        eval time =     412.43 ms /   {n} tokens",
    "llama_kv_cache:      CUDA0 KV buffer size =   448.00 MiB",
    "print_info: EOG token        = 151664 '<|repo_name|>'",
    "srv  update_slots: all slots are idle",
)
_RECORDS = (
    'level=DEBUG source=sched.go:575 msg="evaluating already loaded" model={blob}',
    'level=DEBUG source=cache.go:104 msg="loading cache slot" id=0 cache={n} prompt={n} used={n}',
)
_ACCESS = '[GIN] {local} | 200 |  {n}.902311ms |    10.0.0.{byte} | POST     "/api/chat"'
_ENGINE = "--host 127.0.0.1 --no-webui --offline --flash-attn auto -b 512"


def lines(random: Random, every: int) -> Iterator[str]:
    """Yield lines without end; about one in `every` starts a runner."""
    at = BEGAN
    while True:
        at += _STEP
        if random.randrange(every) == 0:
            yield from _launch(random, at)
            continue
        blob = f"{_BLOB}{random.randrange(_MODELS):064x}"
        words = {"n": random.randrange(1, 999), "byte": random.randrange(1, 255), "blob": blob}
        kind = random.randrange(10)
        if kind < len(_RAW) + 1:
            yield random.choice(_RAW).format(**words)
        elif kind < 8:
            yield f"time={_stamp(at)} {random.choice(_RECORDS).format(**words)}"
        else:
            local = datetime.fromtimestamp(at, UTC).strftime("%Y/%m/%d - %H:%M:%S")
            yield _ACCESS.format(local=local, **words)


def _launch(random: Random, at: float) -> Iterator[str]:
    blob = f"{_BLOB}{random.randrange(_MODELS):064x}"
    slots, size = random.choice((1, 2, 4)), random.choice((2048, 4096, 8192))
    flags = f"--port {random.randrange(30000, 60000)} -c {slots * size} -np {slots} {_ENGINE}"
    record = 'level=INFO source=llama_server.go:433 msg="starting llama-server"'
    yield f'time={_stamp(at)} {record} cmd="/usr/lib/ollama/llama-server --model {blob} {flags}"'
    yield "load_tensors: offloaded 33/33 layers to GPU"
    yield f'time={_stamp(at + 1)} level=INFO source=server.go:1 msg="llama-server started in 1.00 seconds"'


def _stamp(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def write(path: Path, megabytes: int, *, every: int = 5000, journal: bool = False) -> int:
    """Write a log; return how many launches are in it."""
    size = launches = 0
    prefix = _PREFIX if journal else ""
    with path.open("w", encoding="ascii") as stream:
        for line in lines(Random(7), every):  # noqa: S311  # no secret
            size += stream.write(f"{prefix}{line}\n")
            launches += 'msg="starting' in line
            if size >= megabytes * 1_000_000:
                return launches
    return launches


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("megabytes", type=int)
    parser.add_argument("file", type=Path)
    parser.add_argument("--every", type=int, default=5000)
    parser.add_argument("--journal", action="store_true", help="with what journalctl puts before each line")
    given = parser.parse_args()
    count = write(given.file, given.megabytes, every=given.every, journal=given.journal)
    print(f"{count} launches")  # noqa: T201


if __name__ == "__main__":
    main()
