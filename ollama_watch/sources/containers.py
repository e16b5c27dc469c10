"""What docker's own files, which mostly only root may read, tell of a container: its name and its log."""

import json
from collections.abc import Mapping
from pathlib import Path

from ollama_watch.sources.config import SourceConfig

_HOME = "var/lib/docker/containers"


def docker_log(root: Path, container: str) -> tuple[SourceConfig | None, str]:
    """Return the source of a container's log, or None, and why, for people."""
    short = container[:12]
    folder = root / _HOME / container
    try:
        config = _mapping(folder / "config.v2.json")
        driver = str(_within(_mapping(folder / "hostconfig.json"), "LogConfig").get("Type", ""))
    except PermissionError:
        return None, (
            f"runs in the docker container {short}, whose log only root may find: run as root, "
            "or name it under `sources:`, as `journal: {container: NAME}` (driver journald) or `file:`"
        )
    except (OSError, ValueError):
        return None, f"runs in the container {short}, which docker's files in /{_HOME} do not tell of"
    name = str(config.get("Name", "")).removeprefix("/") or short
    where = f"runs in the docker container {name}"
    if driver == "journald":
        return SourceConfig(name=name, container=name), f"{where}, which logs to the journal"
    log = str(config.get("LogPath", ""))
    if driver == "json-file" and log:
        return SourceConfig(name=name, path=log), f"{where}, which logs to {log}"
    remedy = "start it with --log-driver journald or json-file"
    return None, f"{where}, whose log driver {driver!r} cannot be followed: {remedy}"


def _mapping(path: Path) -> Mapping[str, object]:
    found = json.loads(path.read_bytes())
    return found if isinstance(found, dict) else {}


def _within(mapping: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = mapping.get(key)
    return found if isinstance(found, dict) else {}
