"""Where journald keeps its files, and whether we may read them.

A journal without permission opens as an empty one, without an error: so the files themselves are asked.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from ollama_watch.sources.config import SourceConfig

ROOTS = (Path("/run/log/journal"), Path("/var/log/journal"))  # until a reboot; kept
_GROUP = "systemd-journal"
_DYNAMIC = range(61184, 65520)  # ids that systemd gives to DynamicUser=
_MACHINE = Path("/etc/machine-id")
_NAME = re.compile(r".+\.journal~?")  # with "~": closed uncleanly, still read


def roots() -> frozenset[Path]:
    """Return the roots that exist: a reader watches those that existed when it was opened."""
    return frozenset(root for root in ROOTS if root.is_dir())


def access(target: SourceConfig) -> Literal["readable", "denied", "none"]:
    """Return whether a file that may hold the target's entries can be read, or cannot, or there is none.

    Every user may read a journal of their own; the entries of system units stand in another.
    """
    theirs = _prefixes(target)
    denied = False
    for folder in _folders(target.namespace):
        try:
            for file in _files(folder):
                if not file.name.startswith(theirs):
                    continue
                if os.access(file, os.R_OK):
                    return "readable"
                denied = True
        except PermissionError:
            denied = True
    return "denied" if denied else "none"


def _prefixes(target: SourceConfig) -> tuple[str, ...]:
    """Entries of users stand in files of their own, but not everywhere."""
    if target.user_unit is None:
        return ("system",)
    uid = target.uid if target.uid is not None else os.geteuid() or None
    return ("system", "user-" if uid is None else f"user-{uid}")


def trouble(target: SourceConfig) -> str | None:
    """Return why the target's journal cannot be read, for people; None: it can be."""
    where = ", ".join(map(str, ROOTS))
    match access(target):
        case "readable":
            return None
        case "denied":
            return f"may not read the journal in {where}"
        case "none":
            space = f" of the namespace {target.namespace}" if target.namespace else ""
            return f"there is no journal{space} yet: no files in {where} (does systemd-journald run?)"


def hint(uid: int | None = None) -> str:
    """Return how to let us in: `uid`, or whoever runs this.

    A passing user is in no group's list.
    """
    if (os.geteuid() if uid is None else uid) in _DYNAMIC:
        return (
            f"sudo systemctl edit ollama-watchd  →  [Service] SupplementaryGroups={_GROUP}, "
            "then sudo systemctl restart ollama-watchd"
        )
    return f"sudo usermod -aG {_GROUP} $USER, then log in again"


def _folders(namespace: str | None) -> Iterator[Path]:
    try:
        machine = _MACHINE.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return
    if machine:
        for root in ROOTS:
            yield root / (f"{machine}.{namespace}" if namespace else machine)


def _files(folder: Path) -> list[Path]:
    try:
        return [file for file in folder.iterdir() if _NAME.fullmatch(file.name)]
    except (FileNotFoundError, NotADirectoryError):
        return []
