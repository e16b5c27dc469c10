"""What a start of the server changes against the one before it: its settings and its own default."""

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ollama_watch.model import Line, Value
from ollama_watch.parse import events as ev
from ollama_watch.state import defaults
from ollama_watch.state.replacing import replace
from ollama_watch.state.server import Server
from ollama_watch.state.updates import Reported

if TYPE_CHECKING:
    from ollama_watch.state.fleet import Fleet

_MOST, _LONGEST = 10, 100  # variables told by name, and characters of a value
_OFF, _EMPTY, _AUTOMATIC, _MINUTES = "false", "", "0|1", "5m0s"
# What the start line shows for a variable that nobody set, in any release (reference 8 and 10). One that
# shows this may have been set to it; one that shows something else was set.
_UNSET = {
    name: re.compile(shown)
    for name, shown in (
        ("OLLAMA_CONTEXT_LENGTH", "0|2048|4096"),
        ("OLLAMA_FLASH_ATTENTION", _OFF),
        ("OLLAMA_GPU_OVERHEAD", "0"),
        ("OLLAMA_HOST", r"http://127\.0\.0\.1:11434"),
        ("OLLAMA_KEEP_ALIVE", _MINUTES),
        ("OLLAMA_KV_CACHE_TYPE", _EMPTY),
        ("OLLAMA_LLM_LIBRARY", _EMPTY),
        ("OLLAMA_LOAD_TIMEOUT", _MINUTES),
        ("OLLAMA_MAX_LOADED_MODELS", _AUTOMATIC),
        ("OLLAMA_MAX_QUEUE", "10|512"),
        ("OLLAMA_MODELS", r".*[/\\]\.ollama[/\\]models"),
        ("OLLAMA_NUM_PARALLEL", _AUTOMATIC),
        ("OLLAMA_ORIGINS", r"\[(?:http://localhost .*)?\]"),  # what was set stands before the built-in ones
        *((f"OLLAMA_{name}", _OFF) for name in "INTEL_GPU MULTIUSER_CACHE NEW_ENGINE SCHED_SPREAD".split()),
        *((f"OLLAMA_{name}", _OFF) for name in "NOPRUNE NO_CLOUD".split()),
        *((f"{name}_VISIBLE_DEVICES", _EMPTY) for name in "CUDA GGML_VK HIP ROCR".split()),
        *((name, _EMPTY) for name in "GPU_DEVICE_ORDINAL HSA_OVERRIDE_GFX_VERSION".split()),
        *((name, _EMPTY) for name in "HTTP_PROXY HTTPS_PROXY NO_PROXY".split()),
        *((name, _EMPTY) for name in "http_proxy https_proxy no_proxy".split()),
    )
}

_RESULT = re.compile(rb"result '([a-z-]+)'")
_RESULTS = {  # of a service: systemd.exec(5), SERVICE_RESULT
    "exit-code": "it ended with an error",
    "signal": "it was killed",
    "core-dump": "it crashed",
    "oom-kill": "the kernel killed it for want of memory",
    "timeout": "it did not start or stop in time",
    "watchdog": "it did not answer in time",
    "start-limit-hit": "it failed too often in a row",
    "resources": "the system has not what it takes to start it",
}


def followed(before: Server, life: Server) -> Server:
    """Return the new life with what the one before it gave by default."""
    return replace(life, default_before=_default(before) or before.default_before)


def reports(fleet: "Fleet", event: ev.Event, line: Line, at: float) -> Iterator[Reported]:
    """Yield once a life what it changes, as soon as the log tells it."""
    server, told = fleet.server, dict[str, Value]()
    if isinstance(event, ev.Listening) and (lost := _lost(server.env_before or {}, server.env or {})):
        upgraded = bool(server.version_before and server.version_text) and _upgraded(server)
        names = ", ".join(lost)
        told = {"variables": _listed(lost), "upgraded": upgraded}
        yield _said("environment_lost", names, line, at, server, told)
    before, now = server.default_before, _default(server)
    if before and now and before != now and "default_changed" not in fleet.told_in_life:
        fleet.told_in_life.add("default_changed")
        overridden = defaults.environment(server) is not None
        told = {
            "before": before,
            "now": now,
            "direction": "up" if now > before else "down",
            "overridden": overridden,
            "why": _why(server),
        }
        yield _said("default_changed", f"default context {now}", line, at, server, told)


def failed(line: Line, at: float) -> Reported:
    """Return the report of what systemd said when the server had failed."""
    found = _RESULT.search(line.text)
    result = found[1].decode() if found else "unknown"
    fields = {"result": result, "why": _RESULTS.get(result, f"its result was {result}")}
    return Reported("server_failed", at, line.number, line.cursor, None, "server", fields)


def _said(
    kind: str, about: str, line: Line, at: float, server: Server, fields: Mapping[str, Value]
) -> Reported:
    return Reported(kind, at, line.number, line.cursor, None, about, fields, server)


def _default(server: Server) -> int | None:
    """Return the default of a life whose release is known, or its tier (from 0.15.5 on)."""
    given = defaults.builtin(server, "llama-server", None)
    return given if isinstance(given, int) else None


def _lost(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """Return what was set and is not; a variable that the line does not show may be of another release."""
    return {
        name: before[name]
        for name, unset in _UNSET.items()
        if before.get(name) and not unset.fullmatch(before[name])
        and name in now and now[name] != before[name] and (not now[name] or unset.fullmatch(now[name]))
    }  # fmt: skip


def _listed(variables: Mapping[str, str]) -> str:
    told = [f"{name}={value[:_LONGEST]}" for name, value in list(variables.items())[:_MOST]]
    beyond = len(variables) - len(told)
    return ", ".join([*told, f"and {beyond} more"] if beyond else told)


def _upgraded(server: Server) -> bool:
    return server.version_text != server.version_before


def _why(server: Server) -> str:
    by_memory = defaults.by_vram(server.version_before) and defaults.by_vram(server.version_text)
    if _upgraded(server) and not by_memory:
        return f"Ollama {server.version_before} became {server.version_text}"
    return "it sees another amount of GPU memory"
