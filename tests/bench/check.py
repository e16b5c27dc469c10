"""`check` on files: beside grep, mtail and zcat, all of it read, and its memory."""

import gzip
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.bench.figure import Figure, Size, compared
from tests.bench.make_log import write

_BUSY = Path(__file__).parents[3] / "shared" / "recordings" / "busy-0.32.15.log.gz"
_ANCHORS = (
    'msg="starting llama server"', 'msg="starting runner"', 'msg="starting llama-server"',
    'msg="starting mlx runner subprocess"', "llama runner started in", "llama-server started in",
    'msg="server config"', "Listening on", 'msg="truncating input prompt"', "task.n_tokens =",
)  # fmt: skip
_MTAIL = r"""counter launches
/msg="starting (llama server|runner|llama-server)" cmd="[^"]*--model (\S+)/ {
  launches++
}
"""
_MTAIL_MB = 300  # at the most, for it is slow
_OURS = (sys.executable, "-m", "ollama_watch", "check", "--format", "json")


def figures(size: Size) -> Iterator[Figure]:
    """Yield what `check` costs on made logs, and on a recorded one where there is one."""
    anchors = size.folder / "anchors"
    anchors.write_text("\n".join(_ANCHORS) + "\n", encoding="ascii")
    for name, every, journal in (("5000", 5000, False), ("5000j", 5000, True), ("200", 200, False)):
        log = size.folder / f"{name}.log"
        launches = write(log, size.megabytes, every=every, journal=journal)
        words = f"a launch each {every} lines{', as journalctl prints' if journal else ''}"
        yield _all_read(log, launches, words)
        yield from compared(f"{words}: beside grep", ("grep", "-cFf", anchors, log), (*_OURS, log), 0.5)
    yield from _recorded(size, anchors)
    yield from _packed(size)
    yield from _mtail(size)
    yield from _memory(size)


def _all_read(log: Path, launches: int, words: str) -> Figure:
    report = json.loads(subprocess.run([*_OURS, log], capture_output=True, check=False).stdout)
    found = len(report["launches"])
    return Figure(what=f"{words}: launches read", value=found / launches, unit="", bound=1.0)


def _recorded(size: Size, anchors: Path) -> Iterator[Figure]:
    if not _BUSY.is_file():
        print(f"skipped: {_BUSY.name} is not there")  # noqa: T201
        return
    text, log = gzip.decompress(_BUSY.read_bytes()), size.folder / "busy.log"
    with log.open("wb") as stream:
        for _ in range(max(size.megabytes * 1_000_000 // len(text), 1)):
            stream.write(text)
    yield from compared(f"{_BUSY.stem}: beside grep", ("grep", "-cFf", anchors, log), (*_OURS, log), 0.5)


def _packed(size: Size) -> Iterator[Figure]:
    log = size.folder / "5000.log"
    with log.open("rb") as plain, gzip.open(f"{log}.gz", "wb", compresslevel=6) as packed:
        shutil.copyfileobj(plain, packed, 1 << 20)
    yield from compared("gz: beside zcat | wc -l", f"zcat {log}.gz | wc -l", (*_OURS, f"{log}.gz"), 0.8)


def _mtail(size: Size) -> Iterator[Figure]:
    if not shutil.which("mtail"):
        print("skipped: mtail is not there (Debian package mtail)")  # noqa: T201
        return
    log, program = size.folder / "mtail.log", size.folder / "launches.mtail"
    megabytes = min(size.megabytes, _MTAIL_MB)
    write(log, megabytes)
    program.write_text(_MTAIL, encoding="ascii")
    mtail = ("mtail", "--one_shot", "--progs", program, "--logs", log, "--port", "0")
    yield from compared(f"{megabytes} MB: beside mtail", mtail, (*_OURS, log), 10.0)


def _memory(size: Size) -> Iterator[Figure]:
    """A log of ten times the size with as many launches takes no more; what a launch takes is told."""
    small, large, many = (size.folder / name for name in ("small.log", "5000.log", "200.log"))
    launches = write(small, max(size.megabytes // 10, 1), every=500)
    more = json.loads(subprocess.run([*_OURS, many], capture_output=True, check=False).stdout)["launches"]
    used = {log: _private(log) for log in (small, large, many)}
    for log in (small, large):
        mb = log.stat().st_size / 1e6
        yield Figure(what=f"memory: RssAnon on {mb:,.0f} MB", value=used[log] / 1024, unit="MiB")
    growth = (used[large] - used[small]) / 1024
    yield Figure(what="memory: growth with the lines", value=growth, unit="MiB", bound=2.0, at_least=False)
    each = (used[many] - used[large]) / (len(more) - launches)
    yield Figure(what="memory: a launch", value=each, unit="KiB")


def _private(log: Path) -> int:
    """Return the most RssAnon (KiB) that was seen."""
    most = 0
    with subprocess.Popen([*_OURS, log], stdout=subprocess.DEVNULL) as process:
        while process.poll() is None:
            try:
                status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            except OSError:
                break
            if "RssAnon:" in status:
                most = max(most, int(status.split("RssAnon:")[1].split()[0]))
            time.sleep(0.005)
    return most
