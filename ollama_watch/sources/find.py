"""Where the Ollama of this machine writes its log."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ollama_watch.sources.cgroups import Owner, owner
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.containers import docker_log
from ollama_watch.sources.processes import Process, processes
from ollama_watch.sources.unitfiles import is_installed, log_namespace

_SERVE = ("serve", "start")  # two names of one command
_UNIT = "ollama.service"
_LOG = ".ollama/logs/server.log"  # of the desktop app, below a home


@dataclass(frozen=True, slots=True)
class Found:
    """A log that can be followed, or a server whose log cannot."""

    source: SourceConfig | None
    why: str  # how it was found or why it cannot be followed, for people


def find(root: Path = Path("/"), home: Path | None = None) -> list[Found]:
    """Return the logs of the running servers; where none can be followed, also where one would log.

    A log that several servers share comes once. Empty: nothing of Ollama is here. `home`: of the app's user.
    """
    found = [_log(server, root) for server in servers(root / "proc")]
    if not any(one.source for one in found):
        found += _installed(root, home or _own_home())
    seen: dict[SourceConfig | str, Found] = {}
    for one in found:
        seen.setdefault(one.source or one.why, one)
    return _distinct(list(seen.values()))


def servers(proc: Path) -> Iterator[Process]:
    """Yield the Ollama servers that run: `ollama serve`, by whatever path."""
    for process in processes(proc):
        command = next((word for word in process.argv[1:] if not word.startswith("-")), "")
        if Path(process.argv[0]).name == "ollama" and command in _SERVE:
            yield process


def _distinct(found: list[Found]) -> list[Found]:
    """Give a fuller name to sources whose short one is taken: everything is keyed by it."""
    names: set[str] = set()
    told = []
    for one in found:
        if one.source and one.source.name in names:
            name = next(name for name in _fuller(one.source) if name not in names)
            one = Found(replace(one.source, name=name), one.why)  # noqa: PLW2901  # the same one, renamed
        names.add(one.source.name if one.source else "")
        told.append(one)
    return told


def _fuller(source: SourceConfig) -> Iterator[str]:
    """Yield names that are ever harder to mistake; the last one is the target itself."""
    if source.user_unit:
        yield f"user {source.name}"
        yield f"user {source.uid} {source.name}"
    elif source.container:
        yield f"container {source.name}"
    else:
        yield source.path or f"unit {source.name}"


def _log(server: Process, root: Path) -> Found:
    folder = root / "proc" / str(server.pid)
    whose = owner(folder)
    who = f"the server with pid {server.pid}"
    if whose.container and whose != owner(root / "proc/self"):  # in our own container its files are ours
        return _contained(whose, who, root)
    errors = _errors(folder)
    if errors and _is_file(errors):
        return Found(SourceConfig(name=Path(errors).name, path=errors), f"{who} writes to {errors}")
    return _journalled(whose, errors, who, root) or Found(None, f"{who} {_elsewhere(errors)}")


def _journalled(whose: Owner, errors: str | None, who: str, root: Path) -> Found | None:
    """A unit's socket is journald's; where we may not look, it is taken for one of a service."""
    unit = whose.user_unit or whose.unit
    if not unit:
        return None
    kind = "user unit" if whose.user_unit else "unit"
    space = log_namespace(whose.unit, root) if whose.unit else None
    source = SourceConfig(
        name=unit, unit=whose.unit, user_unit=whose.user_unit, uid=whose.uid, namespace=space
    )
    if errors is None and unit.endswith(".service"):
        return Found(source, f"{who} runs as the {kind} {unit} (where its output goes only root may see)")
    if errors and errors.startswith("socket:"):
        return Found(source, f"{who} runs as the {kind} {unit}")
    return None


def _contained(whose: Owner, who: str, root: Path) -> Found:
    container = whose.container or ""
    if whose.engine == "docker":
        source, why = docker_log(root, container)
        return Found(source, f"{who} {why}")
    return Found(
        None,
        f"{who} runs in the container {container[:12]} of {whose.engine}: name its log under `sources:`, "
        "as `file: {path: …}` (of Kubernetes: /var/log/pods/*/ollama/*.log)",
    )


def _errors(folder: Path) -> str | None:
    """Return where its standard error goes, as the kernel words it; None if we may not see it."""
    try:
        return str((folder / "fd/2").readlink())
    except OSError:
        return None


def _is_file(target: str) -> bool:
    return target.startswith("/") and not target.startswith("/dev/") and not target.endswith(" (deleted)")


def _elsewhere(errors: str | None) -> str:
    if errors is None:
        return "runs as no unit, and where it writes only root may see: run as root or as its user"
    kinds = {
        "pipe:": "writes into a pipe",
        "socket:": "writes into a socket that is no unit's",
        "/dev/null": "throws its log away",
        "/dev/": f"writes to a terminal ({errors})",
    }
    kind = next((words for start, words in kinds.items() if errors.startswith(start)), f"writes to {errors}")
    return f"{kind}, which cannot be followed: run it as a unit, or with `2>>FILE`"


def _own_home() -> Path:
    """Return the home of whoever runs this; the passing user of a service may have none."""
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")


def _installed(root: Path, home: Path) -> list[Found]:
    if is_installed(_UNIT, root):
        source = SourceConfig(name=_UNIT, unit=_UNIT, namespace=log_namespace(_UNIT, root))
        return [Found(source, f"the unit {_UNIT} is installed")]
    log = home / _LOG
    if log.is_file():
        return [Found(SourceConfig(name=log.name, path=str(log)), f"{log} is there")]
    return []
