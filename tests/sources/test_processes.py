"""What /proc tells of processes, read off real ones."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from ollama_watch.sources.processes import argv, kin, processes, resident
from tests.support.wait import until

SLEEP = "/bin/sleep"


def test_a_process_tells_its_words_its_parent_and_its_memory() -> None:
    child = subprocess.Popen(["/a sleep", "600"], executable=SLEEP)
    try:
        until(lambda: argv(child.pid) == ("/a sleep", "600"))
        found = kin(child.pid)
        assert found
        assert (found.parent, found.session) == (os.getpid(), os.getsid(0))
        assert (child.pid, ("/a sleep", "600")) in [(one.pid, one.argv) for one in processes()]
        assert 4096 < (resident(child.pid) or 0) < 100 << 20
    finally:
        child.kill()
        child.wait()


def test_a_session_of_its_own_is_told() -> None:
    child = subprocess.Popen([SLEEP, "600"], start_new_session=True)
    try:
        found = kin(child.pid)
        assert found
        assert found.session == child.pid
    finally:
        child.kill()
        child.wait()


def test_a_name_like_the_words_behind_it_changes_nothing(tmp_path: Path) -> None:
    program = tmp_path / "a) S 1 1 1 (b"
    shutil.copy(SLEEP, program)
    child = subprocess.Popen([program, "600"])
    try:
        until(lambda: argv(child.pid)[:1] == (str(program),))
        found = kin(child.pid)
        assert found
        assert found.parent == os.getpid()
    finally:
        child.kill()
        child.wait()


def test_what_has_ended_tells_nothing() -> None:
    child = subprocess.Popen([SLEEP, "0"])
    until(lambda: kin(child.pid) is None)  # not waited for: a zombie

    assert argv(child.pid) == ()
    assert child.pid not in [one.pid for one in processes()]
    child.wait()
    assert (argv(child.pid), kin(child.pid), resident(child.pid)) == ((), None, None)


@pytest.mark.parametrize("text", ["", "7 (x", "7 (x) S 1"])
def test_a_damaged_file_tells_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7/stat").write_text(text)
    (tmp_path / "7/statm").write_text("")

    assert (kin(7, tmp_path), resident(7, tmp_path)) == (None, None)
