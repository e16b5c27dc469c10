"""A journal of a busy server, written by the real systemd-journal-remote, and how programs see it as theirs.

Any user may make one; to show it to a program takes root's rights, or a kernel that gives users namespaces.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from random import Random

from tests.bench.make_log import BEGAN, lines
from tests.support.journald import MACHINE
from tests.support.need import need

_STEP, _BETWEEN = 0.02, 0.0001  # s from line to line; from entry to entry of other units
_OTHERS = ("cron", "ssh", "nginx", "kubelet", "docker")
_LONG = 1000  # random bytes in an entry of another unit, told in hex
_START = (
    'time=2026-01-05T08:00:00Z level=INFO source=routes.go:1187 msg="server config" env="map[]"',
    'time=2026-01-05T08:00:00Z level=INFO msg="Listening on 127.0.0.1:11434 (version 0.32.1)"',
)
_MOUNT = f"""
set -e
mount -t tmpfs bench /run
mount -t tmpfs bench /var/log
mkdir -p /run/log/journal/{MACHINE}
echo {MACHINE} >/run/machine-id
mount --bind /run/machine-id /etc/machine-id
mount --bind "$0" /run/log/journal/{MACHINE}
exec "$@"
"""


def seen_by(folder: Path) -> list[str]:
    """Return what to put before a command, so that the folder is the journal of its machine."""
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *rights, "--mount", "--propagation", "private", "sh", "-c", _MOUNT, str(folder)]


def write(folder: Path, count: int, *, megabytes: int = 0, every: int = 5000) -> int:
    """Write entries of ollama.service, and so much of other units between them; return its launches.

    About one entry in `every` is a launch.
    """
    remote = need("systemd-journal-remote", package="systemd-journal-remote")
    folder.mkdir()
    command = [remote, "--compress=no", f"--output={folder}/system.journal", "-"]
    launches = 0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdin
        others = _others(megabytes * 1_000_000 // (2 * _LONG * count))
        for number, line in zip(range(count), _ours(every), strict=False):
            launches += 'msg="starting' in line
            process.stdin.write(_entry(_OWN, BEGAN + number * _STEP, line))
            for at, (fields, text) in enumerate(next(others)):
                process.stdin.write(_entry(fields, BEGAN + number * _STEP + (at + 1) * _BETWEEN, text))
    assert process.returncode == 0
    return launches


def _ours(every: int) -> Iterator[str]:
    yield from _START
    yield from lines(Random(7), every)  # noqa: S311  # no secret


def _others(each: int) -> Iterator[list[tuple[bytes, str]]]:
    fields = [_fields(unit) for unit in _OTHERS]
    while True:
        yield [(fields[n % len(fields)], os.urandom(_LONG).hex()) for n in range(each)]


def _fields(unit: str) -> bytes:
    """Return what journald tells of an entry, apart from its times and its text."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip().replace("-", "")
    told = {
        "_BOOT_ID": boot, "_MACHINE_ID": MACHINE, "_HOSTNAME": "box", "_RUNTIME_SCOPE": "system",
        "PRIORITY": "6", "SYSLOG_FACILITY": "3", "SYSLOG_IDENTIFIER": unit, "_TRANSPORT": "stdout",
        "_STREAM_ID": "12" * 16, "_PID": "812", "_UID": "998", "_GID": "998", "_COMM": unit,
        "_EXE": f"/usr/bin/{unit}", "_CMDLINE": f"/usr/bin/{unit} serve", "_CAP_EFFECTIVE": "0",
        "_SELINUX_CONTEXT": "unconfined", "_SYSTEMD_CGROUP": f"/system.slice/{unit}.service",
        "_SYSTEMD_UNIT": f"{unit}.service", "_SYSTEMD_SLICE": "system.slice",
        "_SYSTEMD_INVOCATION_ID": unit.encode().hex().ljust(32, "0"),
    }  # fmt: skip
    return "".join(f"{name}={value}\n" for name, value in told.items()).encode()


_OWN = _fields("ollama")


def _entry(fields: bytes, at: float, text: str) -> bytes:
    real, since_boot = int(at * 1e6), int((at - BEGAN) * 1e6) + 1
    head = b"__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n" % (real, since_boot)
    return b"%s%sMESSAGE=%s\n\n" % (head, fields, text.encode())
