"""Journal files with entries of our choice: of another boot, another user, another machine.

systemd-journal-remote writes them; the trusted fields are taken as they are given.
"""

import subprocess
from collections.abc import Mapping, Sequence

from tests.support.journald import MACHINE, Journald
from tests.support.need import need

EARLIER = "ab" * 16  # a boot's id
LONG_AGO = 1_700_000_000_000_000  # µs since the epoch
LATER = LONG_AGO + 86_400_000_000


def craft(
    journald: Journald,
    entries: Sequence[Mapping[str, bytes]],
    *,
    boot: str = EARLIER,
    since: int = LONG_AGO,
    file: str = "system@old.journal",
) -> None:
    """Put a file with these entries, a second apart, into journald's folder for volatile journals."""
    remote = need("systemd-journal-remote", package="systemd-journal-remote")
    folder = f"/run/log/journal/{MACHINE}"
    journald.path(folder).mkdir(parents=True, exist_ok=True)
    export = b"".join(
        b"__REALTIME_TIMESTAMP=%d\n__MONOTONIC_TIMESTAMP=%d\n_BOOT_ID=%s\n%s\n"
        % (since + n * 1_000_000, n * 1_000_000, boot.encode(), _fields(entry))
        for n, entry in enumerate(entries, 1)
    )
    command = journald.command([remote, f"--output={folder}/{file}", "-"])
    subprocess.run(command, input=export, capture_output=True, check=True)


def line(text: bytes, unit: bytes = b"ollama.service", **more: bytes) -> dict[str, bytes]:
    """Return an entry that a unit logged on its standard output."""
    return {"_TRANSPORT": b"stdout", "_SYSTEMD_UNIT": unit, "MESSAGE": text, **more}


def _fields(entry: Mapping[str, bytes]) -> bytes:
    return b"".join(
        b"%s\n%s%s\n" % (name.encode(), len(value).to_bytes(8, "little"), value)
        for name, value in entry.items()
    )
