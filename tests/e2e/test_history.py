"""A long history in the journal: a daemon that is killed while it reads it knows the same in the end."""

from pathlib import Path
from typing import Any

from tests.bench.make_journal import seen_by, write
from tests.support.daemon import Daemon, start
from tests.support.need import need_root
from tests.support.wait import until

_ENTRIES, _KILLS = 60_000, 3


def _begun(prefix: list[str], folder: Path, state: Path) -> Daemon:
    folder.mkdir(exist_ok=True)
    options = ["--journal", "ollama", "--sink", "log", "--state", str(state)]
    running = start(options, folder, prefix=prefix)
    running.wait_for_address()
    return running


def _known(running: Daemon) -> tuple[list[str], list[dict[str, Any]]]:
    """Return what it has counted in the log and which alerts there are, when all has been read."""
    until(lambda: running.get("/-/ready")[0] == 200, 60)
    rows = running.get("/metrics")[1].splitlines()
    told = ("parse_", "runner_", "context_", "prompt_", "rule_", "requests_", "alert_")
    return [
        row for row in rows if row.startswith(tuple(f"ollama_watch_{one}" for one in told))
    ], running.alerts


def _ended(running: Daemon) -> None:
    running.process.kill()
    running.process.wait()


def test_kills_while_history_is_read_change_nothing(tmp_path: Path) -> None:
    need_root()
    write(tmp_path / "journal", _ENTRIES, every=300)
    prefix = seen_by(tmp_path / "journal")
    whole = _begun(prefix, tmp_path / "whole", tmp_path / "one")
    wanted = _known(whole)
    _ended(whole)
    read = []
    for number in range(_KILLS):
        one = _begun(prefix, tmp_path / f"killed{number}", tmp_path / "other")
        until(lambda: one.metric('ollama_watch_source_lines_total{source="ollama.service"}'))  # noqa: B023
        read.append(one.get("/-/ready")[0])
        _ended(one)
    last = _begun(prefix, tmp_path / "last", tmp_path / "other")
    found = _known(last)
    _ended(last)

    assert 503 in read
    assert found == wanted
