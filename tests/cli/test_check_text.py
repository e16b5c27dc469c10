"""The text report, compared whole, and what a terminal changes about it.

To accept a new look: UPDATE_GOLDEN=1 pytest tests/cli, then read the diff as somebody would who never saw it.
"""

import fcntl
import os
import pty
import re
import struct
import subprocess
import termios
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest

from ollama_watch.cli import main
from tests.support.command import command, environment, run
from tests.support.ollama_log import OllamaLog

FOLDER = Path(__file__).parent / "text"
LOGS = sorted(FOLDER.glob("*.log"))


@pytest.mark.parametrize("log", LOGS, ids=lambda log: log.stem)
def test_report(log: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(FOLDER)
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nonexistent")

    code = main(["check", log.name])

    seen = f"{capsys.readouterr().out}exit code {code}\n"
    golden = log.with_suffix(".txt")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(seen)
    assert seen == golden.read_text()


def test_every_golden_has_its_log() -> None:
    assert {golden.stem for golden in FOLDER.glob("*.txt")} == {log.stem for log in LOGS}


def test_a_milder_limit_makes_a_block_of_a_note() -> None:
    """What makes the command fail is told as a problem."""
    note, failing = (
        run("check", FOLDER / "notes.log"),
        run("check", "--fail-on", "info", FOLDER / "notes.log"),
    )

    assert (note.returncode, failing.returncode) == (0, 1)
    assert "context-at-default" not in note.stdout
    assert re.search(
        r"^· info +context-at-default +llama3.2:3b +2 launches from line 5", failing.stdout, re.MULTILINE
    )
    assert failing.stdout.splitlines()[-1] == "3 notes"


def test_a_graver_limit_only_changes_the_exit_code() -> None:
    reverted = [run("check", FOLDER / "small.log", "--fail-on", limit) for limit in ("warning", "critical")]

    assert [one.returncode for one in reverted] == [1, 0]
    assert reverted[0].stdout == reverted[1].stdout


def test_several_inputs_one_after_another() -> None:
    done = run("check", FOLDER / "fine.log", FOLDER / "small.log", FOLDER / "fine.log")

    headers = [line for line in done.stdout.splitlines() if ".log · " in line]
    assert [header.split(" · ")[0] for header in headers] == [
        str(FOLDER / "fine.log"),
        str(FOLDER / "small.log"),
    ]
    assert done.stdout.splitlines()[-1] == "1 warning"


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_no_line_is_wider_than_the_terminal(columns: int) -> None:
    """But what is there to be copied is never broken, and neither is a path."""
    shown = _on_terminal(FOLDER / "reverted.log", columns)

    plain = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    rows = [row for row in plain.splitlines() if not row.startswith(("    fix ", "    or ", "/"))]
    assert max(map(len, rows)) <= columns
    assert 'fix           sudo systemctl edit ollama  →  [Service] Environment="OLLAMA_CONTEXT' in plain


@pytest.mark.parametrize(
    ("more", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)]
)
def test_colour_only_where_it_is_wanted(more: dict[str, str], *, coloured: bool) -> None:
    shown = _on_terminal(FOLDER / "reverted.log", 100, more)

    assert ("\x1b[1;31m✗ critical" in shown) is coloured
    assert ("\x1b" in shown) is coloured


def test_no_colour_into_a_pipe() -> None:
    assert "\x1b" not in run("check", FOLDER / "reverted.log").stdout


def test_nothing_of_a_log_reaches_the_terminal_raw() -> None:
    """A model's name may hold what clears a screen, or turns the direction of writing."""
    shown = _on_terminal(FOLDER / "hostile.log", 100, {"NO_COLOR": "1"})

    assert "owned" in shown
    assert all(one.isprintable() for one in shown.replace("\r\n", ""))


def test_a_terminal_without_the_marks_gets_question_marks() -> None:
    done = subprocess.run(
        command("check", FOLDER / "reverted.log"),
        capture_output=True,
        check=False,
        env=environment(PYTHONIOENCODING="ascii"),
    )

    assert (done.returncode, done.stderr) == (1, b"")
    assert b"? critical  context-reverted" in done.stdout


def test_a_reader_that_goes_away_is_no_error() -> None:
    child = subprocess.Popen(
        command("check", *[FOLDER / "reverted.log"]),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    assert child.stdout
    assert child.stderr
    child.stdout.close()
    with child.stderr:
        assert child.stderr.read() == b""
    assert child.wait() in (0, 1)


def _on_terminal(log: Path, columns: int, more: Mapping[str, str] = MappingProxyType({})) -> str:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    with subprocess.Popen(
        command("check", log), stdout=theirs, stderr=theirs, env=environment(**more)
    ) as child:
        os.close(theirs)
        shown = b""
        while block := _block(ours):
            shown += block
    os.close(ours)
    assert child.returncode == 1
    return shown.decode()


def _block(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # how Linux says that the other side is closed
        return b""


def test_a_wish_that_the_log_does_not_tell_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("want: {'*': {threads: 4}}\n")

    assert main(["check", "--config", str(config), str(FOLDER / "fine.log")]) == 0
    assert "threads is wanted, and the log does not tell it" in " ".join(capsys.readouterr().out.split())


def test_a_log_without_a_launch_since_then(tmp_path: Path) -> None:
    """Earlier ones may be in it: it may well be what `ollama serve` logs."""
    done = run("check", "--since", "2027-01-01", FOLDER / "reverted.log")

    assert done.stdout.endswith("no launch of a model in it since the moment that --since names\n")


def test_a_long_name_and_a_long_value_stand_apart_from_what_follows(tmp_path: Path) -> None:
    rules, log = tmp_path / "own.yaml", tmp_path / "server.log"
    rules.write_text(
        "rules:\n"
        "- {id: off, severity: info, summary: s, expect: {ctx_wanted_from: model}}\n"
        "- {id: own, severity: info, summary: s, expect: {mmproj: /m/other}}\n"
    )
    log.write_text(str(OllamaLog().runs(ctx=32768, flags="--flash-attn on --mmproj /m/blobs/projector")))

    said = run("check", "--fail-on", "info", "--rules", rules, log).stdout

    assert re.search(r"^    ctx wanted from +none +expected model$", said, re.MULTILINE)
    assert re.search(r"^    mmproj +/m/blobs/projector +expected /m/other$", said, re.MULTILINE)
