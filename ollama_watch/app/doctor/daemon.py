"""Does the daemon run, or could it: its configuration, its port, its sources."""

import socket
from collections.abc import Iterator, Mapping
from typing import Any

from ollama_watch.app.doctor.outcome import Check, bad, good, idle
from ollama_watch.app.doctor.seen import Seen
from ollama_watch.errors import UserError
from ollama_watch.serve.server import split

_START = "sudo systemctl start ollama-watchd, or: ollama-watchd run"


def configuration(seen: Seen) -> Iterator[Check]:
    """Tell whether configuration and rules load; all mistakes in full."""
    path = seen.place.config
    if seen.mistake:
        text = f"{path or 'the shipped rules'}: cannot be used; its mistakes are:"
        details = tuple(str(seen.mistake).splitlines())
        yield bad("configuration", text, "mend what the hints say", details=details)
    else:
        rules = len([rule for rule in seen.config.rules if rule.enabled])
        where = str(path) if path else "none, so all defaults"
        yield good("configuration", f"{where}; {rules} rules")


def daemon(seen: Seen) -> Iterator[Check]:
    """Tell whether ours answers, and what it has trouble with; else whether it could listen."""
    if seen.status is None:
        yield _absent(seen)
        return
    status, listen = seen.status, seen.config.http.listen
    if not status.get("ready"):
        yield bad("daemon", f"runs at {listen} and is still reading the log", "ask again in a moment")
    troubles = [source for source in status.get("sources", ()) if source.get("trouble")]
    for source in troubles:
        yield bad("daemon", f"its source {source.get('name')}: {source['trouble']}", *_restart(seen))
    yield from _differs(seen, status.get("configuration") or {}, listen)
    if status.get("ready") and not troubles:
        yield good("daemon", _running(status, listen))


def _differs(seen: Seen, loaded: Mapping[str, Any], listen: str) -> Iterator[Check]:
    """Hold what the daemon has loaded against what stands here."""
    ours, theirs = seen.place.config, loaded.get("path")
    if loaded and ours and theirs != str(ours.absolute()):
        text = f"the one at {listen} goes by {theirs or 'no configuration'}, not by {ours}"
        yield bad("daemon", text, f"write it into {theirs}" if theirs else f"start it with --config {ours}")
    if loaded.get("successful") is False:
        text = f"it goes on with the configuration of {loaded.get('loaded')}: the changed one has mistakes"
        yield bad("daemon", text, "mend what `configuration` above names: it is taken in by itself")
    if keys := ", ".join(loaded.get("needs_restart") or ()):
        yield bad("daemon", f"goes by what it was started with, until a restart: {keys}", *_restart(seen))


def _running(status: Mapping[str, Any], listen: str) -> str:
    firing = sum(alert.get("state") == "firing" for alert in status.get("alerts", ()))
    alerts = f"; {firing} alert{'s' if firing > 1 else ''}: ollama-watchd status" if firing else ""
    return f"ollama-watchd {status.get('version')} runs at {listen} and reads its sources{alerts}"


def _restart(seen: Seen) -> tuple[str, ...]:
    return ("sudo systemctl restart ollama-watchd",) if seen.own and seen.own.active else ()


def _absent(seen: Seen) -> Check:
    listen = seen.config.http.listen
    if taken := _taken(listen):
        mend = 'choose another: `http: {listen: "127.0.0.1:10435"}` in the configuration, or --listen'
        return bad("daemon", f"does not run, and cannot listen at {listen}: {taken}", mend)
    if seen.own and not seen.own.active:
        text = f"{seen.own.name} is installed and does not run"
        return bad("daemon", text, seen.own.systemctl("start"), "journalctl -u ollama-watchd -n 20")
    return idle("daemon", f"does not run; {listen} is free for it", _START)


def _taken(listen: str) -> str | None:
    """Return why nobody could listen there now, None if one could."""
    try:
        host, port = split(listen)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the daemon does
            trial.bind((host, port))
    except UserError as error:
        return error.message
    except OSError as error:
        return error.strerror or str(error)
    return None
