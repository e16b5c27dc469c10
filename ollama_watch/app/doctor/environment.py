"""Is Ollama set up as its user thinks: what is configured against what the server saw."""

import re
from collections.abc import Iterator

from ollama_watch.app.doctor.outcome import Check, bad, good, idle
from ollama_watch.app.doctor.seen import Seen, Served
from ollama_watch.cause.misspelt import nearest, option_meant
from ollama_watch.cause.variables import known
from ollama_watch.host.drift import Row, rows
from ollama_watch.host.setting import Setting, assignment
from ollama_watch.host.unitfiles import MISSING, EnvironmentFile
from ollama_watch.host.units import Unit
from ollama_watch.parse.version import version

_INSTALLERS = re.compile(r"/etc/systemd/system/[^/]+")  # its own folder: packages have theirs below /usr
_OF_CLIENTS = ("OLLAMA_API_KEY", "OLLAMA_AUTH")  # of the command line, not of the server


def environment(seen: Seen) -> Iterator[Check]:
    """Tell of each variable that the unit sets whether the server saw it."""
    for one in seen.served:
        server = one.server
        if server.unit is None:
            continue
        found = [row for row in rows(server) if _is_of_server(row.setting)]
        wrong = sorted(
            (row for row in found if row.verdict in ("not seen", "malformed")), key=lambda row: row.mend
        )
        unread = list(_unreadable(server.unit))
        yield from (bad("environment", row.text, *row.mend) for row in wrong)
        yield from unread
        if not wrong and not unread:
            yield _agreed(server.unit, one, found)
    if not any(one.server.unit for one in seen.served):
        yield from _by_hand(seen)


def _agreed(unit: Unit, one: Served, found: list[Row]) -> Check:
    if one.server.shown is None and one.server.process is None:
        return idle("environment", f"{unit.name}: what the server saw cannot be told")
    names = [row.setting.name for row in found if row.verdict == "seen"]
    if not names:
        return good("environment", f"{unit.name} sets nothing of Ollama's that its start line could deny")
    return good("environment", f"the server saw what {unit.name} sets: {', '.join(names)}")


def _by_hand(seen: Seen) -> Iterator[Check]:
    """Without a unit the start line can only be held against what the process was given."""
    wrong = [row for one in seen.served for row in rows(one.server) if row.verdict == "malformed"]
    yield from (bad("environment", row.text, *row.mend) for row in wrong)
    if not wrong:
        yield idle("environment", "no unit runs Ollama: it has the variables of who starts it")


def _unreadable(unit: Unit) -> Iterator[Check]:
    for file in unit.files:
        if file.trouble:
            yield bad(
                "environment", f"{file.path}, an EnvironmentFile of {unit.name}: {file.trouble}", _get(file)
            )
        for void in file.void:
            text = f"{void}: systemd ignores this line"
            yield bad("environment", text, "write NAME=value, without `export`", unit.systemctl("restart"))
    for one in () if unit.needs_reload else unit.ignored:
        text = f"{one.name} is written at {one.where}, and systemd does not take it"
        hint = f"write it below [Service], as {one.assignment}"
        yield bad("environment", text, hint, "sudo systemctl daemon-reload", unit.systemctl("restart"))


def _get(file: EnvironmentFile) -> str:
    if file.trouble == MISSING:
        return f"put it there, or write EnvironmentFile=-{file.path}: so the unit cannot start again"
    return "sudo ollama-watchd doctor   (only root may read it)"


def _is_of_server(one: Setting) -> bool:
    """What no Ollama reads is the next check's."""
    return one.name not in _OF_CLIENTS and known(one.name, None) is not False


def reload(seen: Seen) -> Iterator[Check]:
    """Tell whether systemd has read the unit's files as they are now."""
    for unit in _units(seen):
        if unit.needs_reload:
            reload = unit.systemctl("daemon-reload").rpartition(" ")[0]
            text = f"{unit.name} was edited, and systemd has not read it since"
            yield bad("daemon-reload", text, reload, unit.systemctl("restart"))
        else:
            yield good("daemon-reload", f"systemd has read {unit.name} as it is")


def variables(seen: Seen) -> Iterator[Check]:
    """Tell of each OLLAMA_ variable, wherever it is set, whether this Ollama reads one of that name."""
    given = {(setting.name, setting.where): setting for setting in _everywhere(seen)}.values()
    told = (log.reading.fleet.server.version_text for log in seen.logs)
    release = next(filter(None, told), None)
    wrong = [check for setting in given if (check := _unknown(setting, release, seen))]
    yield from wrong
    if not wrong:
        count = len({setting.name for setting in given})
        yield good("variables", f"{count} of Ollama's set, and Ollama reads each" if count else "none is set")


def _everywhere(seen: Seen) -> Iterator[Setting]:
    """Yield each place once: the process has what its unit gave it."""
    for one in seen.served:
        unit = one.server.unit
        settings = unit.settings if unit else {}
        yield from settings.values()
        yield from (s for name, s in (one.server.process or {}).items() if name not in settings)
    yield from seen.shells


def _unknown(setting: Setting, release: str | None, seen: Seen) -> Check | None:
    of_ollama = setting.name.startswith("OLLAMA_") and setting.name not in _OF_CLIENTS
    if not of_ollama or known(setting.name, version(release or "")) is not False:
        return None
    if known(setting.name, None) is not False:
        return bad("variables", f"{setting.where} sets {setting.name}, which Ollama {release} does not read")
    text = f"{setting.where} sets {setting.name}, which no Ollama reads"
    if meant := nearest(setting.name):
        return bad("variables", f"{text}; did you mean {meant}?", *_set(meant, setting, seen))
    if option := option_meant(setting.name):
        mend = f"PARAMETER {option} {setting.value} in a Modelfile, or {option} in the request's options"
        return bad("variables", f"{text}; it is an option of a model", mend)
    return bad("variables", text, "take it out")


def _set(name: str, setting: Setting, seen: Seen) -> tuple[str, ...]:
    """Return how to set the right one: in the unit where there is one, whoever set the wrong one."""
    unit = next(_units(seen), None)
    if unit is None:
        return (f"write {name} at {setting.where}",)
    return unit.edit(assignment(name, setting.value))


def shell_files(seen: Seen) -> Iterator[Check]:
    """Tell of variables that somebody set for a shell, and meant for the service."""
    found = [
        row
        for one in seen.served
        for row in rows(one.server, seen.shells)
        if row.verdict == "shell only" and known(row.setting.name, None) is not False
    ]
    yield from (bad("shell files", row.text, *row.mend) for row in found)
    if found:
        return
    if not next(_units(seen), None):
        yield idle("shell files", "no unit runs Ollama")
    else:
        yield good("shell files", "none sets a variable that the service would miss")


def unit_file(seen: Seen) -> Iterator[Check]:
    """Tell of settings in the file that Ollama's installer writes anew at each upgrade."""
    for unit in _units(seen):
        file = str(unit.fragment)
        if not unit.fragment or not _INSTALLERS.fullmatch(file) or unit.fragment.is_symlink():
            yield idle("unit file", f"{unit.name} is not of Ollama's installer")
            continue
        inside = [one for one in unit.settings.values() if one.where.rpartition(":")[0] == file]
        if not inside:
            yield good("unit file", f"{file} has no settings that the next upgrade would overwrite")
            continue
        names = ", ".join(one.name for one in inside)
        text = f"{file} sets {names}: Ollama's installer overwrites this file at the next upgrade"
        yield bad("unit file", text, *unit.edit(*(one.assignment for one in inside)))


def _units(seen: Seen) -> Iterator[Unit]:
    return (one.server.unit for one in seen.served if one.server.unit)
