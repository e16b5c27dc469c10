"""A daemon that follows a file uses nothing that a Mac lacks. The files of /proc are there all the same."""

import os
from pathlib import Path

from tests.support.daemon import append, daemon
from tests.support.events import Reader
from tests.support.logs import REVERTED, START, launch
from tests.support.wait import until

_WITHOUT = """\
import os, select
for name in ("eventfd", "eventfd_read", "eventfd_write", "pidfd_open", "memfd_create", "pipe2"):
    delattr(os, name)
del select.epoll
"""


def test_a_file_is_followed_and_told_without_the_calls_of_linux(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_WITHOUT, encoding="utf-8")
    log = tmp_path / "server.log"
    append(log, *REVERTED)
    path = os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", ""), str(Path(__file__).parents[2])))

    with daemon(["--file", str(log), "--sink", "log"], environ={"PYTHONPATH": path}) as running:
        until(lambda: running.firing("context-reverted"))
        with Reader(running.url) as reader:
            first = reader.next()
            assert first
            assert first.name == "snapshot"
        append(log, *START, launch(ctx_size=32768, parallel=1, port=40009, started=True))
        until(lambda: not running.firing("context-reverted"))
