"""Whether a user other than oneself may read a folder, told by owners and modes alone."""

import os
import stat
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

_READ_AND_ENTER = 0o5


@dataclass(frozen=True, slots=True)
class Blocked:
    """The first folder on the way that keeps somebody out."""

    path: Path
    group: int | None  # whose members it would let in; None: nobody's


def blocked(folder: Path, uid: int | None, gids: Collection[int], below: Path = Path("/")) -> Blocked | None:
    """Return what keeps the user from reading `folder`, None if nothing does; `uid` None: owner of nothing.

    The way begins at `below`. Access control lists are not looked at. Raises OSError where nothing is there,
    or we may not look.
    """
    for step in (*reversed(folder.parents), folder):
        if not step.is_relative_to(below):
            continue
        status = os.stat(step)  # noqa: PTH116  # follows links, as the way does
        need = _READ_AND_ENTER if step == folder else 0o1
        if not _may(status, need, uid, gids):
            group = status.st_gid if (status.st_mode >> 3) & need == need else None
            return Blocked(step, group)
    return None


def groups_of(pid: int, proc: Path = Path("/proc")) -> frozenset[int] | None:
    """Return the groups that a process has, None if that cannot be seen."""
    try:
        status = (proc / str(pid) / "status").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    rows = (line.split() for line in status.splitlines())
    return frozenset(int(gid) for row in rows if row and row[0] in ("Gid:", "Groups:") for gid in row[1:])


def _may(status: os.stat_result, need: int, uid: int | None, gids: Collection[int]) -> bool:
    mode = stat.S_IMODE(status.st_mode)
    if uid == 0:
        return True
    if uid is not None and status.st_uid == uid:
        mode >>= 6
    elif status.st_gid in gids:
        mode >>= 3
    return mode & need == need
