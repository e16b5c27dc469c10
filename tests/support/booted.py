"""A real systemd, booted in a container from this machine's own files, which stay as they are.

    with Booted() as machine:
        machine.write("/etc/systemd/system/ollama.service", UNIT)
        machine.run("systemctl", "daemon-reload")

Needs root, and systemd-nspawn. It takes about a second. What shall run after a reboot is wanted by
booted.target: it is started in place of all that this machine itself would start.
"""

import itertools
import os
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.support.need import need, need_root
from tests.support.wait import until

ROOT = Path(__file__).parents[2]
_PATIENCE = 60.0  # s for anything of this rig
# Of control groups: both hierarchies of a hybrid machine, which need the same names, or the only one.
_GROUPS = tuple(Path("/sys/fs/cgroup") / name for name in ("unified", "systemd", ""))
_UNITS = "etc/systemd/system"
_BOOT = """
set -e
mount -t tmpfs rig {folder}
mkdir {folder}/upper {folder}/work {folder}/root
mount -t overlay rig -o lowerdir={tree},upperdir={folder}/upper,workdir={folder}/work {folder}/root
: > {folder}/root/etc/machine-id
printf '[Unit]\\nRequires=basic.target\\nAfter=basic.target\\n' > {folder}/root/{units}/booted.target
for group in {groups}; do echo $$ > $group/cgroup.procs; done
while rm {again}; do
    systemd-nspawn --quiet --directory={folder}/root --register=no --keep-unit \\
        --private-network --bind-ro={project} --console=pipe --boot systemd.unit=booted.target
done
"""
_numbers = itertools.count()


class Booted:
    """A running system."""

    def __init__(self, tree: Path = Path("/")) -> None:
        """Boot from the files in `tree`; what is written stays over a reboot, and is gone at the end."""
        need_root()
        need("systemd-nspawn", package="systemd-container")
        self._nsenter = need("nsenter", package="util-linux")
        self._folder = tempfile.TemporaryDirectory()
        name = f"booted-{os.getpid()}-{next(_numbers)}"
        self._groups = [top / name for top in _GROUPS if (top / "cgroup.procs").is_file()]
        for group in self._groups:
            group.mkdir()
        groups = " ".join(map(str, self._groups))
        unshare = need("unshare", package="util-linux")
        self._again = Path(self._folder.name).with_suffix(".again")  # while it is there, it is booted again
        self._again.touch()
        script = _BOOT.format(
            folder=self._folder.name, again=self._again, tree=tree, units=_UNITS, groups=groups, project=ROOT
        )
        self._log = Path(self._folder.name).with_suffix(".log")
        with self._log.open("wb") as log:
            self._nspawn = subprocess.Popen(
                [unshare, "--mount", "--propagation", "private", "sh", "-c", script],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # to be killed with its children
            )
        self._leader = 0  # its first process
        try:
            self._wait_for_boot()
        except BaseException:
            self.close()
            raise

    def run(self, *words: str, given: str | bytes = b"") -> "subprocess.CompletedProcess[str]":
        """Run a program in there to its end, whatever its exit code."""
        done = subprocess.run(
            self.inside(*words),
            input=given.encode() if isinstance(given, str) else given,
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        return subprocess.CompletedProcess(
            words, done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
        )

    def inside(self, *words: str, network: bool = True) -> list[str]:
        """Return what runs a program in there; `network` False: with this machine's own network."""
        spaces = ("-m", "-u", "-i", "-p", "-C", *(("-n",) if network else ()))
        return [self._nsenter, f"--target={self._leader}", *spaces, "--", *words]

    def write(self, path: str, text: str | bytes) -> None:
        """Write a file in there, with its folder."""
        assert self.run("mkdir", "-p", str(Path(path).parent)).returncode == 0
        assert self.run("tee", path, given=text).returncode == 0

    @property
    def root(self) -> Path:
        """Return where its files are seen from here, until it reboots."""
        return Path(f"/proc/{self._leader}/root")

    def reboot(self) -> None:
        """Shut it down and start it again on the same files."""
        before = self._leader
        self._again.touch()
        self.run("systemctl", "poweroff")
        until(lambda: not Path(f"/proc/{before}").exists(), _PATIENCE)
        self._wait_for_boot()

    def close(self) -> None:
        try:
            if self._leader:
                self.run("systemctl", "poweroff")
                self._nspawn.wait(_PATIENCE)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self._nspawn.pid, signal.SIGKILL)
            self._nspawn.wait()
            for group in self._groups:
                _remove(group)
            self._log.unlink()
            self._again.unlink(missing_ok=True)
            self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _wait_for_boot(self) -> None:
        self._leader = until(self._found, _PATIENCE)
        until(self._is_up, _PATIENCE)

    def _found(self) -> int:
        """Return the container's first process once it is systemd itself; 0 before."""
        assert self._nspawn.poll() is None, self._log.read_text()
        for pid in _children(self._nspawn.pid):
            if _name(pid) == "systemd":
                return pid
        return 0

    def _is_up(self) -> bool:
        return self.run("systemctl", "is-system-running").stdout.strip() in ("running", "degraded")


def _remove(group: Path) -> None:
    """A control group goes once the last group in it has gone."""
    for folder in sorted((path for path in group.rglob("*") if path.is_dir()), reverse=True):
        folder.rmdir()
    group.rmdir()


def _name(pid: int) -> str:
    """Return what a process is called, "" once it has ended."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text(encoding="ascii").strip()
    return ""


def _children(pid: int) -> list[int]:
    try:
        texts = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
    except OSError:
        return []
    own = [int(word) for text in texts for word in text.split()]
    return [*own, *(grandchild for child in own for grandchild in _children(child))]
