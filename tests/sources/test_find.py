"""Where Ollama's log is looked for: a made-up machine, and a real process."""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.find import Found, find
from tests.support.need import need_root
from tests.support.wait import until

ROOT = Path(__file__).parents[2]
HEX = "0123456789abcdef" * 4
UNIT = "0::/system.slice/ollama.service\n"
USER = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/ollama.service\n"
SHELL = "0::/user.slice/user-1000.slice/session-3.scope\n"
V1 = "9:name=systemd:/system.slice/ollama.service\n8:pids:/\n0::/\n"
DOCKER = f"0::/system.slice/docker-{HEX}.scope\n"
DOCKER_V1 = f"1:name=systemd:/docker/{HEX}\n"
POD = f"0::/kubepods.slice/kubepods-pod1.slice/cri-containerd-{HEX}.scope\n"

JOURNAL = SourceConfig(name="ollama.service", unit="ollama.service")
USERS = SourceConfig(name="ollama.service", user_unit="ollama.service", uid=1000)
FILE = SourceConfig(name="ollama.log", path="/var/log/ollama.log")


class Machine:
    """A root with processes; nothing of Ollama at first."""

    def __init__(self, root: Path) -> None:
        self.root, self.home = root, root / "home/u"
        (root / "proc").mkdir()

    def run(
        self, pid: int, cgroup: str, errors: str | None, argv: str = "/usr/local/bin/ollama serve"
    ) -> None:
        folder = self.root / f"proc/{pid}"
        (folder / "fd").mkdir(parents=True)
        (folder / "cmdline").write_bytes(argv.replace(" ", "\0").encode() + b"\0")
        (folder / "cgroup").write_text(cgroup)
        if errors:
            (folder / "fd/2").symlink_to(errors)

    def add(self, path: str, text: str = "") -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def find(self) -> list[Found]:
        return find(self.root, self.home)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize(
    ("cgroup", "errors", "source"),
    [
        (UNIT, "socket:[123]", JOURNAL),
        (V1, "socket:[123]", JOURNAL),
        (UNIT, None, JOURNAL),  # of another user: what it writes to we may not see
        (UNIT, "/var/log/ollama.log", FILE),
        (USER, "socket:[123]", USERS),
        (USER, None, USERS),
        (SHELL, "/var/log/ollama.log", FILE),
        ("0::/\n", "/var/log/ollama.log", FILE),
    ],
)
def test_a_running_server_is_followed(
    machine: Machine, cgroup: str, errors: str | None, source: SourceConfig
) -> None:
    machine.run(7, cgroup, errors)

    (found,) = machine.find()
    assert found.source == source
    assert found.why.startswith("the server with pid 7 ")


@pytest.mark.parametrize(
    ("cgroup", "errors", "why"),
    [
        (SHELL, "/dev/pts/3", "writes to a terminal (/dev/pts/3), which cannot be followed"),
        (UNIT, "/dev/null", "throws its log away"),
        (SHELL, "pipe:[9]", "writes into a pipe, which cannot be followed"),
        ("0::/\n", "socket:[9]", "writes into a socket that is no unit's"),
        (SHELL, "/var/log/o.log (deleted)", "writes to /var/log/o.log (deleted), which cannot be followed"),
        (SHELL, None, "where it writes only root may see"),
        (POD, "pipe:[9]", "/var/log/pods/"),
        (DOCKER, "pipe:[9]", "docker's files in /var/lib/docker/containers do not tell of"),
    ],
)
def test_a_server_that_cannot_be_followed_has_a_reason(
    machine: Machine, cgroup: str, errors: str | None, why: str
) -> None:
    machine.run(7, cgroup, errors)

    (found,) = machine.find()
    assert found.source is None
    assert why in found.why


@pytest.mark.parametrize("cgroup", [DOCKER, DOCKER_V1])
@pytest.mark.parametrize(
    ("driver", "source", "why"),
    [
        ("journald", SourceConfig(name="box", container="box"), "logs to the journal"),
        ("json-file", SourceConfig(name="box", path=f"/{HEX}-json.log"), f"logs to /{HEX}-json.log"),
        ("local", None, "whose log driver 'local' cannot be followed"),
    ],
)
def test_a_container_s_log_is_where_docker_says(
    machine: Machine, cgroup: str, driver: str, source: SourceConfig | None, why: str
) -> None:
    folder = f"var/lib/docker/containers/{HEX}"
    machine.add(f"{folder}/config.v2.json", json.dumps({"Name": "/box", "LogPath": f"/{HEX}-json.log"}))
    machine.add(f"{folder}/hostconfig.json", json.dumps({"LogConfig": {"Type": driver}}))
    machine.run(7, cgroup, "/var/log/inside-the-container.log")

    (found,) = machine.find()
    assert found.source == source
    assert why in found.why


def test_in_our_own_container_the_files_are_ours(machine: Machine) -> None:
    machine.add("proc/self/cgroup", DOCKER)
    machine.run(7, DOCKER, "/var/log/ollama.log")

    assert [found.source for found in machine.find()] == [FILE]


@pytest.mark.parametrize(
    "argv",
    ["ollama runner --model serve", "ollama run serve", "sh -c serve", "cat ollama", "/opt/ollama-x serve"],
)
def test_what_is_no_server_is_passed_over(machine: Machine, argv: str) -> None:
    machine.run(7, UNIT, "socket:[1]", argv)

    assert machine.find() == []


def test_several_servers_are_all_found_and_a_shared_log_once(machine: Machine) -> None:
    machine.run(7, UNIT, "socket:[1]")
    machine.run(8, UNIT, "socket:[2]", "ollama start")
    machine.run(9, USER, "socket:[3]")
    machine.run(10, SHELL, "/dev/pts/1")

    assert [found.source for found in machine.find()] == [
        None,
        JOURNAL,
        replace(USERS, name="user ollama.service"),
    ]


def test_the_same_unit_of_another_user_is_another_source(machine: Machine) -> None:
    for pid, uid in ((7, "1000"), (8, "1001"), (9, "1002")):
        machine.run(pid, USER.replace("1000", uid), "socket:[1]")
    machine.run(10, UNIT, "socket:[2]")

    sources = [found.source for found in machine.find() if found.source]
    assert {source.name: source.uid for source in sources if source.user_unit} == {
        "user ollama.service": 1000,
        "user 1001 ollama.service": 1001,
        "user 1002 ollama.service": 1002,
    }


def test_no_two_sources_share_a_name(machine: Machine) -> None:
    machine.run(7, SHELL, "/a/server.log")
    machine.run(8, SHELL, "/b/server.log")

    names = [found.source.name for found in machine.find() if found.source]
    assert names == ["server.log", "/b/server.log"]


@pytest.mark.parametrize("folder", ["etc/systemd/system", "usr/lib/systemd/system", "lib/systemd/system"])
def test_without_a_server_an_installed_unit_is_waited_for(machine: Machine, folder: str) -> None:
    machine.add(f"{folder}/ollama.service")
    machine.add("home/u/.ollama/logs/server.log")

    assert machine.find() == [Found(JOURNAL, "the unit ollama.service is installed")]


def test_without_a_unit_the_app_s_log_is_taken(machine: Machine) -> None:
    machine.add("home/u/.ollama/logs/server.log")
    log = machine.home / ".ollama/logs/server.log"

    assert machine.find() == [Found(SourceConfig(name="server.log", path=str(log)), f"{log} is there")]


def test_a_server_that_cannot_be_followed_does_not_hide_what_can(machine: Machine) -> None:
    machine.run(7, SHELL, "/dev/pts/1")
    machine.add("etc/systemd/system/ollama.service")

    assert [found.source for found in machine.find()] == [None, JOURNAL]


@pytest.fixture
def server(tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A real process that looks like `ollama serve`, its errors going to a file."""
    (tmp_path / "serve").write_text("import sys; sys.stdin.read()")
    with (tmp_path / "real.log").open("wb") as log:
        argv = ["ollama", "serve"]
        process = subprocess.Popen(
            argv, executable=sys.executable, cwd=tmp_path, stdin=subprocess.PIPE, stderr=log
        )
    yield process
    process.communicate(timeout=10)


def test_a_real_process_is_found(server: "subprocess.Popen[bytes]", tmp_path: Path) -> None:
    log = str(tmp_path / "real.log")
    source = SourceConfig(name="real.log", path=log)

    found = until(lambda: [one for one in find() if one.source == source])
    assert found == [Found(source, f"the server with pid {server.pid} writes to {log}")]


_LOOK = """
import pathlib, tempfile
from ollama_watch.sources.find import find
with tempfile.TemporaryDirectory() as empty:
    pathlib.Path(empty, "proc").mkdir()
    print(find(pathlib.Path(empty)))
"""


def test_a_user_whom_nothing_knows_and_who_has_no_home_finds_nothing() -> None:
    need_root()
    command = ["/usr/bin/python3", "-c", _LOOK]
    nobody = 61987  # as systemd makes them for DynamicUser=
    done = subprocess.run(
        command, user=nobody, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )

    assert (done.stdout, done.stderr) == ("[]\n", "")


# ---- a namespace of the journal

NAMESPACED = replace(JOURNAL, namespace="llm")


def test_a_unit_that_logs_to_a_namespace(machine: Machine) -> None:
    machine.add("lib/systemd/system/ollama.service", "[Unit]\nLogNamespace=no\n[Service]\nLogNamespace=old\n")
    machine.add("etc/systemd/system/ollama.service.d/log.conf", "[Service]\nLogNamespace=llm\n")
    machine.add("lib/systemd/system/ollama.service.d/log.conf", "[Service]\nLogNamespace=outranked\n")
    assert [one.source for one in machine.find()] == [NAMESPACED]

    machine.run(7, UNIT, "socket:[123]")
    assert [one.source for one in machine.find()] == [NAMESPACED]

    machine.add("etc/systemd/system/ollama.service.d/z.conf", "[Service]\nLogNamespace=\n")
    assert [one.source for one in machine.find()] == [JOURNAL]
