"""A server of Ollama's and its runners, as the kernel shows them: shells under their names that only wait."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ollama_watch.sources.processes import argv, kin
from tests.support.need import need
from tests.support.wait import until

_SERVE = """
while read -r program words; do
  (exec -a "$program" bash $words >/dev/null) &
  echo $!
done < runners
exec >&- 3<>never
read -r _ <&3
"""
_RUNNER = "exec 3<>never\nread -r _ <&3\n"
# An empty folder takes the place of /proc, with the processes that may be seen mounted in it.
_SHOWING = """
set -e
mount -t tmpfs seen "$1"
for pid in $2; do mkdir "$1/$pid"; mount --bind "/proc/$pid" "$1/$pid"; done
mount --rbind "$1" /proc
shift 2
exec "$@"
"""


@dataclass(frozen=True)
class Served:
    """One server, its runners in the order of their commands, and its log."""

    child: "subprocess.Popen[str]"
    runners: tuple[int, ...]  # pids
    log: Path

    @property
    def alone(self) -> list[str]:
        """Return what starts a program that sees no server but this, whatever else this machine runs."""
        return showing(self.log.with_name("proc"), self.child.pid, *self.runners)

    def die(self) -> None:
        """End the server as the kernel does for want of memory; its runners get another parent."""
        self.child.send_signal(signal.SIGKILL)
        self.child.wait()
        until(lambda: all(self.child.pid != _parent(pid) for pid in self.runners))


@contextlib.contextmanager
def served(folder: Path, *commands: str, log: object = "") -> Iterator[Served]:
    """Start `ollama serve`, which runs `commands`, each PROGRAM runner …; all of it is gone after."""
    (folder / "serve").write_text(_SERVE)
    (folder / "runner").write_text(_RUNNER)
    (folder / "runners").write_text("".join(f"{command}\n" for command in commands))
    os.mkfifo(folder / "never")
    written = folder / "server.log"
    written.write_text(str(log))
    with written.open("a") as errors:
        child = subprocess.Popen(
            ["/usr/local/bin/ollama", "serve"],
            executable=need("bash", package="bash"),
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        )
    assert child.stdout
    with child.stdout:
        pids = tuple(int(child.stdout.readline()) for _ in commands)
    try:
        for pid, command in zip(pids, commands, strict=True):
            until(lambda pid=pid, command=command: argv(pid) == tuple(command.split()))  # type: ignore[misc]
        yield Served(child, pids, written)
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        child.kill()
        child.wait()


def showing(folder: Path, *pids: int) -> list[str]:
    """Return what starts a program that sees these processes and the first, by way of a new `folder`."""
    folder.mkdir(exist_ok=True)
    view = [need("unshare", package="util-linux"), "--mount", "--propagation", "private"]
    if os.geteuid() != 0:
        view += ["--user", "--map-root-user"]
    return [*view, "sh", "-c", _SHOWING, "sh", str(folder), " ".join(map(str, (1, *pids)))]


def _parent(pid: int) -> int:
    found = kin(pid)
    return found.parent if found else 0
