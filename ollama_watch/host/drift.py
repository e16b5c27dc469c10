"""What was configured against what the server saw: the unit, the process, the start line, shells' files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ollama_watch.host.printed import match
from ollama_watch.host.setting import Setting
from ollama_watch.host.units import Unit

# "seen": the server has it; "not seen": it has another value, or none; "malformed": it rejected it;
# "unread": this release prints no such variable, so it reads none; "shell only": a service reads no shell's
# file; "given": the process has it, and no unit sets it; "unsure": the start line does not tell.
Verdict = Literal["seen", "not seen", "malformed", "unread", "shell only", "given", "unsure"]

# The command line of Ollama reads these, so a shell is a place for them.
_OF_CLIENTS = frozenset(("OLLAMA_HOST", "OLLAMA_NOHISTORY", "OLLAMA_EDITOR", "OLLAMA_API_KEY"))


@dataclass(frozen=True, slots=True)
class Row:
    """One variable at one place where it is set."""

    setting: Setting
    seen: str | None  # as the server's start line shows it; None: it does not
    verdict: Verdict
    text: str  # for people
    mend: tuple[str, ...] = ()  # what to type


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What is known of one server."""

    shown: Mapping[str, str] | None = None  # the variables of its last start line; None: none was read
    cut: bool = False  # some of them are lost
    release: str | None = None
    unit: Unit | None = None
    process: Mapping[str, Setting] | None = None  # what it was given; None: may not be seen, or nothing runs


def rows(server: Server, shells: Sequence[Setting] = ()) -> list[Row]:
    """Return what became of each variable that is set somewhere, by its name."""
    set_by_unit = server.unit.settings if server.unit else {}
    found = [_configured(one, server) for one in set_by_unit.values()]
    given = server.process or {}
    found += [_given(one, server) for name, one in given.items() if name not in set_by_unit]
    found += _of_shells(shells, server, {*set_by_unit, *given})
    return sorted(found, key=lambda row: row.setting.name)


def _configured(one: Setting, server: Server) -> Row:
    """Judge a variable of the unit."""
    shown = (server.shown or {}).get(one.name)
    if shown is None:
        return _unshown(one, server)
    what = match(one.name, one.value, shown)
    if what == "malformed":
        return _malformed(one, shown)
    if what == "other":
        text = f"{_named(one)} is set, the server saw {shown or 'nothing'} ({one.where})"
        return Row(one, shown, "not seen", text, _mend(one, server))
    return Row(one, shown, "seen" if what == "same" else "unsure", f"{_named(one)} is set ({one.where})")


def _unshown(one: Setting, server: Server) -> Row:
    """The line shows every variable that its release reads, but only Ollama's own."""
    given = None if server.process is None else server.process.get(one.name)
    if server.process is not None and (given is None or given.value != one.value):
        has = f"has {given.value}" if given else "was started without it"
        text = f"{_named(one)} is set, the running server {has} ({one.where})"
        return Row(one, None, "not seen", text, _mend(one, server))
    if server.shown and not server.cut and one.name.startswith("OLLAMA_"):
        release = f"Ollama {server.release}" if server.release else "this Ollama"
        text = f"{_named(one)} is set, and {release} reads no such variable ({one.where})"
        return Row(one, None, "unread", text)
    return Row(
        one, None, "unsure", f"{_named(one)} is set; the server does not say what it saw ({one.where})"
    )


def _malformed(one: Setting, shown: str) -> Row:
    text = f"{_named(one)} cannot be read by Ollama: its default {shown} holds ({one.where})"
    example = "10m, 24h or -1" if any(unit in shown for unit in "hms") else "digits alone"
    return Row(one, shown, "malformed", text, (f"write {example} at {one.where}",))


def _mend(one: Setting, server: Server) -> tuple[str, ...]:
    unit = server.unit
    if unit is None:
        return ("stop the server and start it again",)
    given = (server.process or {}).get(one.name)
    if given and given.value == one.value:  # the process has it: the line is another server's
        return ("look whether this log is that server's: its last start line shows another environment",)
    reload = (unit.systemctl("daemon-reload").rsplit(" ", 1)[0],) if unit.needs_reload else ()
    return (*reload, unit.systemctl("restart"))


def _given(one: Setting, server: Server) -> Row:
    shown = (server.shown or {}).get(one.name)
    if shown is not None and match(one.name, one.value, shown) == "malformed":
        return _malformed(one, shown)
    who = "the app, a shell or a container" if server.unit is None else "another place than the unit"
    return Row(one, shown, "given", f"{one.name}={one.value} was given to the server by {who}")


def _of_shells(shells: Iterable[Setting], server: Server, reached: set[str]) -> Iterator[Row]:
    """Tell of what was meant for the service, and has not reached it in another way."""
    if server.unit is None:
        return
    for one in shells:
        shown = (server.shown or {}).get(one.name)
        if one.name in reached or one.name in _OF_CLIENTS or not one.name.startswith("OLLAMA_"):
            continue
        if shown is not None and match(one.name, one.value, shown) == "same":
            continue
        text = f"{one.where} sets {one.name}={one.value}, which the service {server.unit.name} never sees"
        yield Row(one, shown, "shell only", text, server.unit.edit(one.assignment))


def _named(one: Setting) -> str:
    return f"{one.name}={one.value}"
