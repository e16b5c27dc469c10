"""`check --running` names the runners whose server is gone, and no others."""

import json
from pathlib import Path
from typing import Any

import pytest

from ollama_watch.app.orphans import Orphan, orphan
from ollama_watch.sources.processes import Process
from tests.support.command import run
from tests.support.served import served

BLOB = f"/models/blobs/sha256-{'ab' * 32}"
RUNNER = f"/usr/local/bin/ollama runner --model {BLOB} --ctx-size 8192 --batch-size 512 --parallel 1 --port"
OLD = f"/tmp/ollama123/runners/cpu/ollama_llama_server --model {BLOB} --ctx-size 8192 --port 4"
SHORT = f"/usr/bin/ollama runner --ollama-engine --model {BLOB} --port 4"
MLX = "/usr/bin/ollama runner --mlx-engine --model registry.ollama.ai/library/x:latest --port 4"
QUIET = f"--model {BLOB} --port 4 --host 127.0.0.1 --no-webui --offline -c 8192 -np 1"
OWN = f"/usr/lib/ollama/llama-server {QUIET}"
SHORTER = f"/usr/lib/ollama/llama-server --model {BLOB} --port 4 -c 8192"
BUILT = f"/opt/ollama-next/bin/llama-server {QUIET}"
BY_HAND = f"/usr/local/bin/llama-server --model {BLOB} --port 4 -c 8192"


def _findings(*words: str) -> tuple[int, list[dict[str, Any]]]:
    done = run("check", "--running", "--format", "json", *words)
    assert done.stderr == ""
    found = json.loads(done.stdout)["findings"]
    return done.returncode, [one for one in found if one["rule"] == "runner-orphaned"]


def test_a_killed_server_s_runners_are_named_with_what_they_hold_and_how_to_end_them(tmp_path: Path) -> None:
    with served(tmp_path, f"{RUNNER} 40001", f"{RUNNER} 40002") as server:
        before = _findings("--fail-on", "critical")
        server.die()
        code, after = _findings()
        text = run("check", "--running").stdout

    assert [one for one in before[1] if one["line"] in server.runners] == []
    mine = [one for one in after if one["line"] in server.runners]
    assert (code, {one["line"] for one in mine}) == (1, set(server.runners))
    for one in mine:
        assert one["severity"] == "warning"
        assert one["launch"] is not None
        assert f"process {one['line']} is left of a server that is gone, and holds " in one["message"]
        assert one["message"].endswith(" MiB of memory")
        assert f"sudo kill {one['line']}, if `ps " in one["fixes"][0]
    for pid in server.runners:  # two blocks: each is ended by its own number
        assert f"sudo kill {pid}, if `ps " in text


def test_another_server_that_came_after_does_not_make_it_its_own(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    with served(tmp_path / "first", f"{RUNNER} 40001") as first:
        first.die()
        with served(tmp_path / "second", f"{RUNNER} 40002") as second:
            named = {one["line"] for one in _findings()[1]}

    assert set(first.runners) <= named
    assert not set(second.runners) & named


class Machine:
    """Processes as /proc shows them."""

    def __init__(self, proc: Path) -> None:
        self.proc = proc

    def runs(
        self, pid: int, command: str, *, parent: int, session: int = 50, pages: int | None = 512
    ) -> Process:
        folder = self.proc / str(pid)
        folder.mkdir()
        (folder / "cmdline").write_bytes(command.replace(" ", "\0").encode() + b"\0")
        (folder / "stat").write_text(f"{pid} (x) S {parent} {session} {session} 0 -1 4194560 1 2 3\n")
        if pages is not None:
            (folder / "statm").write_text(f"9999 {pages} 1 1 0 1 0\n")
        return Process(pid, tuple(command.split()))


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize("command", [f"{RUNNER} 4", OLD, SHORT, MLX, OWN, SHORTER, BUILT])
@pytest.mark.parametrize(
    ("pid", "adopts"),
    [
        (1, "/sbin/init splash"),
        (1, "/sbin/docker-init -- /bin/sh -c x"),
        (1, "sh /entrypoint.sh"),
        (900, "/usr/lib/systemd/systemd --user"),
        (8, "/init"),
    ],
)
def test_a_runner_of_every_wording_that_was_taken_over_is_an_orphan(
    command: str, pid: int, adopts: str, machine: Machine
) -> None:
    machine.runs(pid, adopts, parent=0)
    runner = machine.runs(7777, command, parent=pid)

    found = orphan(runner, machine.proc)
    assert found == Orphan(7777, found.memory if found else 0)
    assert found.memory % 512 == 0
    assert found.memory >= 512 * 4096


@pytest.mark.parametrize(
    ("pid", "parent"),
    [
        (1, "/bin/ollama serve"),  # a container's first process
        (1, "/usr/bin/ollama-linux-arm64 serve"),
        (1, "/srv/renamed start"),
        (300, "/usr/local/bin/ollama serve"),
        (300, "-bash"),
        (300, "/usr/bin/containerd-shim-runc-v2 -id x"),
    ],
)
@pytest.mark.parametrize("command", [f"{RUNNER} 4", OWN, BY_HAND])
def test_a_runner_with_a_parent_of_its_own_is_none(
    command: str, pid: int, parent: str, machine: Machine
) -> None:
    machine.runs(pid, parent, parent=0)

    assert orphan(machine.runs(7777, command, parent=pid), machine.proc) is None


@pytest.mark.parametrize(
    ("command", "session"),
    [
        (BY_HAND, 50),  # its shell has gone
        (BY_HAND, 7777),
        (OWN, 7777),  # as somebody's service, a child of systemd
        ("/usr/lib/ollama/llama-server -m /home/me/x.gguf --port 4", 50),
        ("/usr/bin/gitlab runner --model x --port 4", 50),
    ],
)
def test_what_people_start_themselves_is_none(command: str, session: int, machine: Machine) -> None:
    machine.runs(1, "/usr/lib/systemd/systemd", parent=0)

    assert orphan(machine.runs(7777, command, parent=1, session=session), machine.proc) is None


def test_a_parent_that_we_may_not_see_proves_nothing(machine: Machine) -> None:
    """Of another namespace, hidden from its neighbours, or ended in this moment."""
    assert orphan(machine.runs(7777, f"{RUNNER} 4", parent=0), machine.proc) is None
    assert orphan(machine.runs(7778, f"{RUNNER} 4", parent=1), machine.proc) is None


def test_one_that_ends_while_we_look_is_none(machine: Machine) -> None:
    machine.runs(1, "/sbin/init", parent=0)
    gone = Process(7776, tuple(f"{RUNNER} 4".split()))
    half = machine.runs(7777, f"{RUNNER} 4", parent=1, pages=None)
    empty = machine.runs(7778, f"{RUNNER} 4", parent=1, pages=0)
    machine.runs(7779, "/usr/bin/vim notes", parent=1)
    replaced = Process(7779, tuple(f"{RUNNER} 4".split()))

    for runner in (gone, half, empty, replaced):
        assert orphan(runner, machine.proc) is None
