"""Commands: real programs that read, do not read, fail, hang, flood, and leave children behind."""

import json
import os
import stat
import time
import tracemalloc
from functools import partial
from pathlib import Path

import pytest

from ollama_watch.alerts.notice import Notice, What
from ollama_watch.serve.status import described
from ollama_watch.sinks.command import Command
from ollama_watch.sinks.outbox import Outbox
from ollama_watch.sinks.sink import Undelivered
from tests.support import made_alerts as made
from tests.support.wait import until

BEGIN = Notice(made.reverted(), "begin")


def script(folder: Path, body: str) -> Path:
    path = folder / "on-alert"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def command(path: Path, *words: str, timeout: float = 10.0) -> Command:
    return Command("command", [str(path), *words], describe=described, timeout=timeout)


def is_over(pid: int) -> bool:
    """Tell whether it runs no more; a zombie does not run."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize("what", ["begin", "repeat", "end"])
def test_it_gets_the_alert_as_the_api_shows_it_and_its_arguments(tmp_path: Path, what: What) -> None:
    path = script(tmp_path, f'cat >{tmp_path}/got; printf "%s|" "$@" >{tmp_path}/arguments')
    alert = made.over(made.reverted()) if what == "end" else made.reverted()

    command(path, "$(reboot)", "a b;").tell(Notice(alert, what))

    got = json.loads((tmp_path / "got").read_text())
    assert got == {"what": what, **json.loads(json.dumps(described(alert)))}
    assert (tmp_path / "arguments").read_text() == "$(reboot)|a b;|"


def test_a_change_is_no_news_nor_a_week_without_a_launch(tmp_path: Path) -> None:
    sink = command(script(tmp_path, f"touch {tmp_path}/ran"))
    sink.tell(Notice(made.reverted(), "change"))
    sink.tell(Notice(made.over(made.reverted(), "forgotten"), "end"))

    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("name", ["<b>\x1b[31m\x07", "a\nb", "\u202egnitset", "\ud800", "$(reboot)"])
def test_a_hostile_name_arrives_escaped(tmp_path: Path, name: str) -> None:
    command(script(tmp_path, f"cat >{tmp_path}/got")).tell(Notice(made.small(name), "begin"))

    raw = (tmp_path / "got").read_bytes()
    assert raw.removesuffix(b"\n").decode("ascii").isprintable()
    assert json.loads(raw)["model"] == name


def test_little_of_our_environment_reaches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_TOKEN", "x")
    command(script(tmp_path, f"env >{tmp_path}/env")).tell(BEGIN)

    names = {line.partition("=")[0] for line in (tmp_path / "env").read_text().splitlines()}
    assert "PATH" in names
    assert names <= {*"PATH HOME USER LANG TZ XDG_CONFIG_HOME XDG_RUNTIME_DIR PWD SHLVL _ OLDPWD".split()}


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("echo no such room >&2; exit 3", "ended with status 3: no such room"),
        ("kill -9 $$", "ended by signal 9"),
        ("exec /nowhere/at-all", "ended with status 127"),
    ],
)
def test_one_that_fails_is_undelivered_and_says_why(tmp_path: Path, body: str, why: str) -> None:
    with pytest.raises(Undelivered, match=why) as caught:
        command(script(tmp_path, body)).tell(BEGIN)

    assert not caught.value.perhaps


def test_one_that_cannot_be_run_is_undelivered(tmp_path: Path) -> None:
    with pytest.raises(Undelivered, match="cannot run /nowhere/at-all: No such file"):
        command(Path("/nowhere/at-all")).tell(BEGIN)
    with pytest.raises(Undelivered, match="Permission denied"):
        command(tmp_path).tell(BEGIN)


@pytest.mark.parametrize("body", ["exit 0", "exec <&-; sleep 0.1; exit 0", "exec <&- >&- 2>&-; exit 0"])
def test_one_that_never_reads_does_not_hold_us_up(tmp_path: Path, body: str) -> None:
    """Not even where the alert is larger than a pipe."""
    large = made.small("x" * (1 << 20))

    command(script(tmp_path, body)).tell(Notice(large, "begin"))


def test_one_that_hangs_is_ended_with_all_its_children(tmp_path: Path) -> None:
    body = f"sleep 1000 & echo $! >{tmp_path}/child; echo $$ >{tmp_path}/self; trap '' TERM; sleep 1000"
    large = made.small("x" * (1 << 20))  # it does not read either

    with pytest.raises(Undelivered, match=r"still running after 0\.3 s") as caught:
        command(script(tmp_path, body), timeout=0.3).tell(Notice(large, "begin"))

    assert caught.value.perhaps
    for name in ("child", "self"):
        until(partial(is_over, int((tmp_path / name).read_text())))


def test_one_that_leaves_a_child_behind_is_not_waited_for(tmp_path: Path) -> None:
    began = time.monotonic()

    command(script(tmp_path, f"sleep 20 & echo $! >{tmp_path}/child"), timeout=15).tell(BEGIN)

    assert time.monotonic() - began < 10
    os.kill(int((tmp_path / "child").read_text()), 9)


def test_a_flood_of_output_is_read_and_forgotten(tmp_path: Path) -> None:
    body = "i=0; while [ $i -lt 200 ]; do head -c 65536 /dev/zero | tr '\\0' x; i=$((i+1)); done; exit 1"

    tracemalloc.start()
    with pytest.raises(Undelivered) as caught:
        command(script(tmp_path, body)).tell(BEGIN)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(str(caught.value)) < 400
    assert most < 2 << 20  # of 13 MB


def test_one_that_runs_when_we_end_is_ended_too(tmp_path: Path) -> None:
    sink = command(script(tmp_path, f"echo $$ >{tmp_path}/self; exec sleep 1000"), timeout=1000)
    box = Outbox(sink)
    box.offer(1, BEGIN)
    pid = int(until(lambda: (tmp_path / "self").exists() and (tmp_path / "self").read_text()))
    box.close(grace=0.05)

    until(lambda: is_over(pid))
    assert box.outcomes["sent"] == 0
