"""What people and programs throw at it: each a message that helps and exit code 2, or a quiet answer."""

import gzip
import os
import random
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.need import need

LOGS = Path(__file__).parent / "text"
MB = 1 << 20


def _refused(done: "subprocess.CompletedProcess[str]") -> str:
    """Return the message of a refusal, which is all that there is."""
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("ollama-watchd: ")
    return done.stderr.removeprefix("ollama-watchd: ")


def test_a_missing_file(tmp_path: Path) -> None:
    """It is named, also as one of several."""
    gone = tmp_path / "gone.log"

    assert _refused(run("check", LOGS / "fine.log", gone)) == f"{gone}: No such file or directory\n"


def test_a_directory(tmp_path: Path) -> None:
    assert (
        _refused(run("check", tmp_path)) == f"{tmp_path}: is a directory\nhint: name the log file inside it\n"
    )


def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    """Root without its capabilities is a user like others."""
    log = tmp_path / "secret.log"
    log.touch(mode=0)
    powerless = (need("setpriv", package="util-linux"), "--bounding-set=-all", "--inh-caps=-all")

    message = _refused(run("check", log, before=powerless if os.geteuid() == 0 else ()))

    assert message.startswith(f"{log}: Permission denied\nhint: ")


@pytest.mark.parametrize(
    "broken",
    [
        lambda good: b"\x1f\x8b" + b"garbage" * 9,
        lambda good: good[: len(good) // 2],
        lambda good: good[:40] + b"\xff" * 40 + good[80:],
        lambda good: good[:-8] + bytes(8),
    ],
    ids=["not one", "cut", "damaged", "wrong sum"],
)
def test_broken_gzip(tmp_path: Path, broken: Callable[[bytes], bytes]) -> None:
    log = tmp_path / "server.log.gz"
    log.write_bytes(broken(gzip.compress((LOGS / "reverted.log").read_bytes())))

    assert _refused(run("check", log)).startswith(f"{log}: broken gzip: ")


def test_gzip_reads_as_what_is_in_it(tmp_path: Path) -> None:
    """Whatever it is called."""
    log = tmp_path / "server.log"
    log.write_bytes(gzip.compress((LOGS / "reverted.log").read_bytes()))

    packed, plain = run("check", log), run("check", LOGS / "reverted.log")
    assert packed.returncode == 1
    assert packed.stdout.splitlines()[2:] == plain.stdout.splitlines()[2:]


def test_binary_garbage(tmp_path: Path) -> None:
    log = tmp_path / "garbage"
    log.write_bytes(random.Random(7).randbytes(5 * MB))  # noqa: S311  # the same garbage each time

    done = run("check", log)

    assert (done.returncode, done.stderr) == (0, "")
    assert "0 launches" in done.stdout


@pytest.mark.parametrize("packed", [False, True])
def test_a_line_of_200_mb_takes_no_memory(tmp_path: Path, *, packed: bool) -> None:
    """Only its beginning is kept; the lines around it are read."""
    log = tmp_path / "long"
    before, after = (LOGS / "small.log").read_bytes(), (LOGS / "reverted.log").read_bytes()
    if packed:
        with gzip.open(log, "wb", compresslevel=1) as stream:
            stream.write(before)
            for _ in range(200):
                stream.write(b"x" * MB)
            stream.write(b"\n" + after)
    else:
        with log.open("wb") as plain:
            plain.write(before)
            plain.seek(200 * MB, os.SEEK_CUR)
            plain.write(b"\n" + after)

    done = run("check", log, limited=True)

    assert (done.returncode, done.stderr) == (1, "")
    assert "context-small" in done.stdout
    assert "context-reverted" in done.stdout


def test_empty_input() -> None:
    done = run("check", "-")

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == "standard input · 0 lines · 0 launches"


def test_a_rule_with_a_typo(tmp_path: Path) -> None:
    """File, line and column, the line itself, a caret, and what was meant."""
    rules = tmp_path / "mine.yaml"
    rules.write_text(
        "rules:\n  - id: mine\n    severity: warning\n    summary: x\n    expect: {paralel: 1}\n"
    )

    place, line, caret, hint = _refused(run("check", LOGS / "fine.log", "--rules", rules)).splitlines()

    assert place.startswith(f"{rules}:5:14: ")
    assert (line, caret) == ("        expect: {paralel: 1}", "                 ^^^^^^^")
    assert hint == "hint: did you mean 'parallel'?"


@pytest.mark.parametrize("option", ["--rules", "--config"])
def test_a_missing_yaml_file(tmp_path: Path, option: str) -> None:
    gone = tmp_path / "gone.yaml"

    assert _refused(run("check", LOGS / "fine.log", option, gone)).startswith(f"{gone}: No such file")


@pytest.mark.parametrize("since", ["yesterday", "", "2026-13-01", "-2h", "7 days"])
def test_a_moment_that_is_none(since: str) -> None:
    message = _refused(run("check", LOGS / "fine.log", f"--since={since}"))

    assert message.splitlines()[0] == f"--since: {since!r} is no time"
    assert "2h or 7d" in message


def test_one_kind_of_input_at_a_time() -> None:
    for words in (["--running", "-"], ["--journal", "--running"], ["-", "--journal", "ollama.service"]):
        assert "exclude each other" in _refused(run("check", *words))


@pytest.mark.parametrize("words", [["--format", "xml"], ["--fail-on", "never"], ["--fil"]])
def test_a_word_that_is_no_option(words: list[str]) -> None:
    done = run("check", *words)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("usage: ollama-watchd check ")


def test_a_name_that_is_no_text(tmp_path: Path) -> None:
    """A file's name may be any bytes."""
    log = tmp_path / os.fsdecode(b"\xff\x1b[31m.log")
    log.write_bytes((LOGS / "small.log").read_bytes())

    for report in ("text", "json", "junit"):
        done = run("check", "--format", report, log)
        assert (done.returncode, done.stderr) == (1, "")
        assert "\x1b" not in done.stdout
    assert _refused(run("check", str(log) + "x"))


@pytest.mark.parametrize("arguments", [("check", "-"), ("run", "-", "--listen", "127.0.0.1:0")])
def test_a_closed_standard_input(arguments: tuple[str, ...]) -> None:
    closed = (need("sh", package="dash"), "-c", 'exec "$@" <&-', "sh")

    assert _refused(run(*arguments, before=closed)).startswith("standard input is closed\n")


def test_a_closed_standard_output_changes_no_answer() -> None:
    closed = (need("sh", package="dash"), "-c", 'exec "$@" >&-', "sh")
    done = run("check", LOGS / "small.log", before=closed)

    assert (done.returncode, done.stderr) == (1, "")


def test_a_full_disk_below_standard_output() -> None:
    full = (need("sh", package="dash"), "-c", 'exec "$@" >/dev/full', "sh")

    assert _refused(run("check", LOGS / "small.log", before=full)) == (
        "cannot write: No space left on device\n"
    )
