"""Everything the checks look at, collected once."""

import os
import pwd
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ollama_watch.app.config import Config, load_config, load_http
from ollama_watch.app.doctor.logs import Log, Progress, read_logs
from ollama_watch.app.httpconfig import Http
from ollama_watch.errors import UserError
from ollama_watch.host import drift
from ollama_watch.host.environ import environment
from ollama_watch.host.setting import Setting
from ollama_watch.host.shells import shell_settings
from ollama_watch.host.units import Unit, unit
from ollama_watch.sources.cgroups import Owner, owner
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.find import Found, find, servers

OLLAMA, OURS = "ollama.service", "ollama-watchd.service"

Ask = Callable[[Http], Mapping[str, Any]]  # the daemon's status; raises UserError if none answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to look."""

    root: Path = Path("/")
    home: Path
    environ: Mapping[str, str]
    config: Path | None  # None: all defaults


@dataclass(frozen=True, slots=True)
class Running:
    """One `ollama serve` that runs."""

    pid: int
    owner: Owner
    environment: Mapping[str, Setting] | None  # None: only root and its user may see it


@dataclass(frozen=True, slots=True)
class Served:
    """One server with its log, as far as they belong together."""

    server: drift.Server
    log: Log | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What this machine is like."""

    place: Place
    config: Config
    mistake: UserError | None  # of the configuration; then `config` is that of the defaults
    found: tuple[Found, ...]
    running: tuple[Running, ...]
    logs: tuple[Log, ...]
    served: tuple[Served, ...]
    own: Unit | None  # the daemon's unit, if it is installed
    shells: tuple[Setting, ...]
    status: Mapping[str, Any] | None  # of the daemon that runs
    silence: UserError | None  # why there is none


def look(place: Place, ask: Ask, progress: Progress) -> Seen:
    """Look at everything; what cannot be seen is left out."""
    config, mistake = _configuration(place.config)
    found = tuple(find(place.root, place.home))
    sources = config.sources or tuple(one.source for one in found if one.source)
    logs = tuple(log for source in sources for log in read_logs(source, progress))
    running = tuple(_running(place.root))
    status, silence = _status(ask, config.http)
    return Seen(
        place=place,
        config=config,
        mistake=mistake,
        found=found,
        running=running,
        logs=logs,
        served=tuple(_served(running, logs)),
        own=unit(OURS),
        shells=tuple(shell_settings(_homes(place), place.root)),
        status=status,
        silence=silence,
    )


def _configuration(path: Path | None) -> tuple[Config, UserError | None]:
    try:
        return load_config(path), None
    except UserError as error:
        return Config(http=_http(path)), error


def _http(path: Path | None) -> Http:
    """Return how the daemon is reached that goes on with what stood there before."""
    try:
        return load_http(path)
    except UserError:
        return Http()


def _status(ask: Ask, http: Http) -> tuple[Mapping[str, Any] | None, UserError | None]:
    try:
        return ask(http), None
    except UserError as error:
        return None, error


def _running(root: Path) -> Iterator[Running]:
    for process in servers(root / "proc"):
        folder = root / "proc" / str(process.pid)
        yield Running(process.pid, owner(folder), environment(process.pid, root / "proc"))


def _homes(place: Place) -> list[Path]:
    """Return the user's home; under sudo that is not root's alone."""
    homes = [place.home]
    if who := place.environ.get("SUDO_USER"):
        with suppress(KeyError):
            homes.append(Path(pwd.getpwnam(who).pw_dir))
    return list(dict.fromkeys(homes))


# ---- which server belongs to which log


def _served(running: tuple[Running, ...], logs: tuple[Log, ...]) -> Iterator[Served]:
    """Yield each unit of Ollama, then the servers that no unit runs."""
    units = {_key(log.source): _unit(log.source) for log in logs if _is_unit(log.source)}
    units |= {_key(one): _unit(one) for one in map(_as_source, running) if one}
    units = units or {(OLLAMA, None): partial(unit, OLLAMA)}
    for (name, _), known in units.items():
        if asked := known():
            theirs = next((one for one in running if one.pid == asked.pid), None)
            yield _pair(asked, theirs, _log_of(name, logs))
    for one in running:
        if not _as_source(one):
            yield _pair(None, one, _log_of("", logs))


def _pair(asked: Unit | None, running: Running | None, log: Log | None) -> Served:
    told = log.reading.fleet.server if log else None
    server = drift.Server(
        shown=told.env if told else None,
        cut=log.cut if log else False,
        release=told.version_text if told else None,
        unit=asked,
        process=running.environment if running else None,
    )
    return Served(server, log)


def _log_of(unit: str, logs: tuple[Log, ...]) -> Log | None:
    """Return the unit's journal; else the only log that is of no unit."""
    own = [log for log in logs if unit and unit in (log.source.unit, log.source.user_unit)]
    others = [log for log in logs if not _is_unit(log.source)]
    return own[0] if own else others[0] if len(others) == 1 else None


def _is_unit(source: SourceConfig) -> bool:
    return bool(source.unit or source.user_unit)


def _as_source(one: Running) -> SourceConfig | None:
    """A scope is a login, a terminal or an app: its processes are started by hand."""
    whose = one.owner
    if not (whose.unit or whose.user_unit or "").endswith(".service"):
        return None
    return SourceConfig(name="", unit=whose.unit, user_unit=whose.user_unit, uid=whose.uid)


def _key(source: SourceConfig) -> tuple[str, int | None]:
    uid = source.uid if source.uid is not None else os.geteuid()
    return (source.unit, None) if source.unit else (source.user_unit or "", uid)


def _unit(source: SourceConfig) -> Callable[[], Unit | None]:
    if source.unit:
        return partial(unit, source.unit)
    return partial(unit, source.user_unit or "", user=True, uid=source.uid)
