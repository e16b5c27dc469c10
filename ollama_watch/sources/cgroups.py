"""Who runs a process, told by its control group: a unit, a user's unit, a container."""

import re
from dataclasses import dataclass
from pathlib import Path

_CONTAINER = re.compile(r"(?:^|[-/:])([0-9a-f]{64})(?:\.scope)?(?=/|$)")
_ENGINES = ("docker", "libpod", "crio", "cri-containerd", "kubepods")  # in the path of a container's group
_UNIT = re.compile(r"[^/]+\.(?:service|scope)")
_USER = re.compile(r"/user@(\d+)\.service/(.+)")


@dataclass(frozen=True, slots=True)
class Owner:
    """What a process belongs to: one of these, or nothing that has a name."""

    unit: str | None = None  # of the system
    user_unit: str | None = None
    uid: int | None = None  # of the user whose unit it is
    container: str | None = None  # 64 hex digits
    engine: str = ""  # of the container


def owner(folder: Path) -> Owner:
    """Return what the process in `folder`, /proc/PID, belongs to; of nothing if it cannot be told."""
    try:
        path = _path((folder / "cgroup").read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return Owner()
    engine = next((name for name in _ENGINES if name in path), "")
    if engine and (found := _CONTAINER.findall(path)):
        return Owner(container=found[-1], engine=engine)
    if (below := _USER.search(path)) and (units := _UNIT.findall(below[2])):
        return Owner(user_unit=units[-1], uid=int(below[1]))
    units = _UNIT.findall(path)
    return Owner(unit=units[-1]) if units else Owner()


def _path(text: str) -> str:
    """Return systemd's path: of the only hierarchy, or before that of the one named "systemd"."""
    paths = {}
    for line in text.splitlines():
        _, names, path = [*line.split(":", 2), "", ""][:3]
        paths[names] = path
    unified = paths.get("", "/")
    return unified if unified != "/" else paths.get("name=systemd", "/")
