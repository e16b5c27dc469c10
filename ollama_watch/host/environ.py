"""What a running process was given as its environment."""

from collections.abc import Mapping
from pathlib import Path

from ollama_watch.host.setting import Setting, matters, setting

PROC = Path("/proc")


def environment(pid: int, proc: Path = PROC) -> Mapping[str, Setting] | None:
    """Return what matters to Ollama of a process's environment; None if we may not see it or it is gone."""
    try:
        raw = (proc / str(pid) / "environ").read_bytes()
    except OSError:
        return None
    pairs = (part.decode("utf-8", "replace").partition("=") for part in raw.split(b"\0"))
    found = ((name, value) for name, _, value in pairs if matters(name))
    return {name: setting(name, value, f"the process {pid}") for name, value in found}
