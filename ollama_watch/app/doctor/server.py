"""Does an Ollama run, is its log where we look, and can it be read."""

from collections.abc import Iterator

from ollama_watch.app.doctor.logs import Log
from ollama_watch.app.doctor.outcome import Check, bad, good, idle
from ollama_watch.app.doctor.seen import Running, Seen
from ollama_watch.parse.version import version
from ollama_watch.serve.status import TESTED, newer_than_tested
from ollama_watch.sources.config import SourceConfig

_NAME_IT = "name its log under `sources:` in the configuration, or: ollama-watchd run --file PATH"
_UPGRADE = "see whether there is a newer ollama-watchd"
_TELL = "ollama-watchd check shows them; please report one, with its flags"


def ollama(seen: Seen) -> Iterator[Check]:
    """Tell how each server runs."""
    for one in seen.running:
        yield good("ollama", f"runs as {_how(one)}, pid {one.pid}")
    if seen.running:
        return
    stopped = next((one.server.unit for one in seen.served if one.server.unit), None)
    if stopped:
        yield bad("ollama", f"{stopped.name} is installed and does not run", stopped.systemctl("start"))
    elif seen.logs:
        yield idle("ollama", "does not run here; its log is here")
    else:
        text = "none was found: no process `ollama serve`, no unit, no log of the app"
        yield bad("ollama", text, "start Ollama", _NAME_IT)


def log(seen: Seen) -> Iterator[Check]:
    """Tell of each log whether it can be read, and of each server whether its log is one of them."""
    for one in seen.logs:
        yield _readable(one)
    for found in seen.found:
        if found.source is None:
            yield bad("log", found.why, _NAME_IT)
        elif seen.config.sources and seen.running and not _followed(found.source, seen.config.sources):
            hint = f"change `sources:` in {seen.place.config}"
            yield bad("log", f"{found.why}, which the configuration does not name", hint)
        elif found.source.namespace and _elsewhere(found.source, seen.config.sources):
            unit, space = found.source.unit, found.source.namespace
            text = f"{unit} logs to the journal's namespace {space}, and the configuration reads another"
            hint = f"write `journal: {{unit: {unit}, namespace: {space}}}` in {seen.place.config}"
            yield bad("log", text, hint)


def _how(one: Running) -> str:
    whose = one.owner
    if whose.container:
        return f"the container {whose.container[:12]} of {whose.engine}"
    if whose.user_unit and whose.user_unit.endswith(".service"):
        return f"the user unit {whose.user_unit} (of uid {whose.uid})"
    if whose.unit and whose.unit.endswith(".service"):
        return f"the unit {whose.unit}"
    return "a program that no unit started (by hand, or by an app)"


def _readable(one: Log) -> Check:
    if one.trouble:
        told = one.trouble.message
        text = told if told.startswith(one.what) else f"{one.what}: {told}"
        return bad("log", text, *filter(None, (one.trouble.hint,)))
    if not one.lines:
        empty = "systemctl list-units --all '*ollama*' shows what the unit is called"
        return bad("log", f"{one.what}: readable, and empty", empty if one.source.path is None else _NAME_IT)
    return good("log", f"{one.what}: {one.lines:,} {'line' if one.lines == 1 else 'lines'} read")


def _followed(source: SourceConfig, configured: tuple[SourceConfig, ...]) -> bool:
    """A pattern may be of any file, and a container's or a namespace's journal of any server."""
    return any(
        one.container
        or one.namespace
        or one.directory
        or "*" in (one.path or "")
        or _target(one) == _target(source)
        for one in configured
    )


def _elsewhere(source: SourceConfig, configured: tuple[SourceConfig, ...]) -> bool:
    """Tell whether the source's unit is configured, and nowhere with its namespace."""
    same = [one.namespace for one in configured if _target(one) == _target(source) and not one.directory]
    return bool(same) and source.namespace not in same


def _target(source: SourceConfig) -> tuple[str | None, ...]:
    return source.unit, source.user_unit, source.path


# ---- what can be read in it


def start(seen: Seen) -> Iterator[Check]:
    """Tell whether the server's own start line is there: without it nobody knows what it saw."""
    for one in _read(seen):
        server = one.reading.fleet.server
        where = f"{one.what}: " if len(seen.logs) > 1 else ""
        if server.env is not None:
            yield good("server start", f"{where}line {server.env_line}, {len(server.env)} variables")
            continue
        text = f"{where}no line of the server's start, which shows its settings: the log begins later"
        known = next((pair.server.unit for pair in seen.served if pair.log is one), None)
        again = known.systemctl("restart") if known else "start Ollama again"
        yield bad("server start", text, f"{again}   (or wait for its next start)")


def launches(seen: Seen) -> Iterator[Check]:
    """Tell how many launches were read, and what of them could not be."""
    for one in _read(seen):
        where = f"{one.what}: " if len(seen.logs) > 1 else ""
        lost, deaf = one.reading.tally.parse_failures, one.reading.tally.requests_without_launch
        if lost:
            of = f"{lost:,} of {one.launches + lost:,} launch lines cannot be read"
            yield bad("launches", f"{where}{of}", _UPGRADE, _TELL)
        elif deaf and not one.launches:
            text = f"{where}{deaf:,} requests were answered and no launch was seen: its wording may be new"
            yield bad("launches", text, _UPGRADE, _TELL)
        elif one.launches:
            yield good("launches", f"{where}{one.launches:,} read")
        else:
            yield idle("launches", f"{where}none yet: no model was loaded since the log begins")
        if one.unknown_flags:
            flags = ", ".join(one.unknown_flags)
            yield bad("launches", f"{where}flags that we do not know: {flags}", _UPGRADE)


def release(seen: Seen) -> Iterator[Check]:
    """Tell whether Ollama is newer than what we were tested with."""
    for one in _read(seen):
        told = one.reading.fleet.server.version_text
        if told is None:
            yield idle("release", "the log does not tell which Ollama this is")
        elif newer_than_tested(told):
            text = f"Ollama {told} is newer than what we were tested with ({TESTED})"
            yield bad("release", text, _UPGRADE)
        elif version(told) is None:
            yield idle("release", f"Ollama {told} is a build of its own: its defaults are not known")
        else:
            yield good("release", f"Ollama {told}, tested up to {TESTED}")


def _read(seen: Seen) -> Iterator[Log]:
    return (one for one in seen.logs if one.lines)
