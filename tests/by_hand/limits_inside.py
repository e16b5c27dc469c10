"""What the limits of the installed service do, printed: `limits` runs this in a virtual machine, as root."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from urllib.request import urlopen

from tests.support.logs import START, launch
from tests.support.wait import until

_SERVICE = "ollama-watchd"
_GROUP = Path("/sys/fs/cgroup/system.slice/ollama-watchd.service")
_FAR = "192.0.2.1"  # an address of this machine that is not loopback
_PORT = 9001
_PATIENCE = 240.0  # s: everything takes some thirty times as long in an emulated machine
_MODELS, _LAUNCHES = 5, 20
_CONFIG = f"""sinks:
  log: {{}}
  webhook: {{url: "http://127.0.0.1:{_PORT}/near"}}
  webhook-far: {{url: "http://{_FAR}:{_PORT}/far", timeout: 5s}}
  alertmanager: {{url: "http://127.0.0.1:{_PORT}"}}
  command: {{run: [/bin/cat]}}
  command-slow: {{run: [/bin/sleep, "5"]}}
"""
_OLLAMA = """[Service]
Type=oneshot
LogRateLimitIntervalSec=0
ExecStart=cat /opt/ollama.log
"""
_MANY = """import subprocess
running = []
try:
    while len(running) < 200:
        running.append(subprocess.Popen(["sleep", "600"]))
except OSError as error:
    print(f"{len(running)} started, then: {error.strerror}", flush=True)
for one in running:
    one.kill()
    one.wait()
"""
_LARGE = "kept = []\nfor _ in range(64):\n    kept.append(bytearray(b'x') * (16 << 20))\n"
_posted: list[str] = []  # paths


class _Receiver(BaseHTTPRequestHandler):
    def do_GET(self) -> None:  # the name that http.server calls
        self._answer()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        _posted.append(self.path)
        self._answer()

    def _answer(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def main() -> None:
    run("ip", "link", "set", "lo", "up")
    run("ip", "address", "add", f"{_FAR}/32", "dev", "lo")
    server = ThreadingHTTPServer(("", _PORT), _Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    tell("kernel", os.uname().release)
    tell("limits", f"memory.max {size('memory.max')}, pids.max {number('pids.max')}")
    until(lambda: shown("ActiveState") == "active", _PATIENCE)
    tell("without an Ollama", f"memory {size('memory.current')}, tasks {number('pids.current')}")
    with sampled("pids.current") as tasks:
        try:
            addresses()
        except AssertionError:
            sys.stdout.write(said())
            raise
        tell("most tasks seen, six sinks at work", f"{max(tasks)} of {number('pids.max')}")
    tell(f"after {_LAUNCHES} launches", f"memory {size('memory.current')}, peak {size('memory.peak')}")
    many_tasks()
    much_memory()
    tell("all three hold", "")


def addresses() -> None:
    """The same receiver at two addresses: the one that is not this machine's own is out of reach."""
    Path("/etc/ollama-watchd/config.yaml").write_text(_CONFIG, encoding="utf-8")
    Path("/etc/systemd/system/ollama.service").write_text(_OLLAMA, encoding="utf-8")
    digests = [f"{model:02x}" * 32 for model in range(1, _MODELS + 1)]
    lines = [
        launch(ctx_size=8192, parallel=4, digest=digests[one % _MODELS], port=40000 + one, started=True)
        for one in range(_LAUNCHES)
    ]
    Path("/opt/ollama.log").write_text("\n".join((*START, *lines, "")), encoding="utf-8")
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", _SERVICE)
    run("systemctl", "start", "ollama")
    until(lambda: said().count("warning context-small: ") >= _MODELS, _PATIENCE)
    until(lambda: "/near" in _posted, _PATIENCE)
    until(lambda: "webhook-far" in said(), _PATIENCE)
    assert "/far" not in _posted
    with urlopen(f"http://{_FAR}:{_PORT}/"):  # we ourselves are let through
        tell("a webhook at 127.0.0.1", "is told")
    refused = next(line for line in reversed(said().splitlines()) if "webhook-far" in line)
    tell(f"one at {_FAR}", f"is not: {refused}")
    folder = Path("/etc/systemd/system/ollama-watchd.service.d")
    folder.mkdir()
    (folder / "far.conf").write_text(f"[Service]\nIPAddressAllow={_FAR}\n", encoding="utf-8")
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", _SERVICE)
    until(lambda: "/far" in _posted, _PATIENCE)
    tell(f"with IPAddressAllow={_FAR}", "it gets what it missed")


def many_tasks() -> None:
    told = inside(_MANY).stdout.strip()
    refusals = events("pids.events")["max"]
    assert refusals
    assert number("pids.max") == 64  # as the unit has it
    tell("a program of its that forks on and on", told)
    assert shown("ActiveState") == "active"


def much_memory() -> None:
    """The manager ends what was in the group with it (OOMPolicy=stop), and starts the service again."""
    before = shown("MainPID")
    code = inside(_LARGE).returncode
    assert code == -9, code  # SIGKILL
    tell("a program of its that takes 1 GiB", "killed by the kernel")
    until(lambda: shown("ActiveState") == "active" and shown("MainPID") != before, _PATIENCE)
    until(lambda: said().count("metrics, alerts and status at") > 2, _PATIENCE)  # starts
    tell("the service then", f"started again by systemd (NRestarts={shown('NRestarts')})")


def inside(code: str) -> "subprocess.CompletedProcess[str]":
    """Run a program within the service's limits."""
    join = f'echo $$ >{_GROUP}/cgroup.procs; exec python3 -c "$0"'
    return subprocess.run(["/bin/sh", "-c", join, code], stdout=subprocess.PIPE, text=True, check=False)


@contextmanager
def sampled(name: str) -> Iterator[list[int]]:
    """Give a list that grows by the number in the control group's file, again and again."""
    over, found = Event(), [number(name)]

    def sample() -> None:
        while not over.wait(0.02):
            try:
                found.append(number(name))
            except OSError:  # between two starts
                time.sleep(0.1)

    thread = Thread(target=sample)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def number(name: str) -> int:
    return int((_GROUP / name).read_text(encoding="ascii"))


def size(name: str) -> str:
    return f"{number(name) / (1 << 20):.1f} MiB"


def events(name: str) -> dict[str, int]:
    rows = (line.split() for line in (_GROUP / name).read_text(encoding="ascii").splitlines())
    return {row[0]: int(row[1]) for row in rows}


def shown(name: str) -> str:
    return run("systemctl", "show", "--value", f"--property={name}", _SERVICE).strip()


def said() -> str:
    return run("journalctl", "--output=cat", f"--unit={_SERVICE}")


def run(*words: str) -> str:
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout


def tell(what: str, found: str) -> None:
    sys.stdout.write(f"{what:42} {found}\n")


if __name__ == "__main__":
    main()
