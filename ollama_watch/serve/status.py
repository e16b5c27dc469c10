"""The API's objects: what runs, and what is wrong with it. The contract is packaging/reference/api.md."""

import time
from collections.abc import Callable
from dataclasses import asdict

from ollama_watch.alerts.alert import Alert
from ollama_watch.cause.table import rows
from ollama_watch.model import Finding, Launch, Request, source_label
from ollama_watch.parse.version import version
from ollama_watch.serve.history import contexts, past
from ollama_watch.serve.text import moment
from ollama_watch.serve.view import AlertView, SourceView, View
from ollama_watch.state.promptsizes import PromptSizes
from ollama_watch.state.record import Record

TESTED = "0.33.0"  # the newest Ollama whose logs the project was tested with


def status(view: View) -> dict[str, object]:
    """Return `/api/v1/status`."""
    return {
        "version": view.version,
        "ready": view.ready,
        "tested_ollama_version": TESTED,
        "rules": view.rules,
        "configuration": _configuration(view),
        "sources": [_source(source) for source in view.sources],
        "runners": [_runner(s, launch) for s in view.sources for launch in s.runners],
        "past": past(view),
        "alerts": [alert(one) for one in view.alerts],
    }


def _configuration(view: View) -> dict[str, object]:
    return {
        "path": view.configuration,
        "loaded": moment(view.reloaded_at),
        "successful": view.reload_successful,
        "needs_restart": list(view.needs_restart),
    }


def alert(view: AlertView) -> dict[str, object]:
    """Return one object of `/api/v1/alerts`."""
    known = {"told": moment(view.told), "repeat": view.repeat, "inhibited_by": view.inhibited_by or None}
    return {**described(view.alert), **known}


def described(one: Alert, clock: Callable[[], float] = time.time) -> dict[str, object]:
    """Return an alert without what people know of it; where a clock was set back, log time is ahead of it."""
    found, now = one.finding, clock()
    return {
        "id": one.id,
        "key": one.key,
        "state": one.state,
        "asleep": one.asleep,
        "rule": one.rule,
        "severity": one.severity,
        "host": found.host,
        "source": source_label(found.source),
        "model": one.model or None,
        "models": list(one.models),
        "fact": found.fact,
        "expected": found.expected,
        "actual": found.actual,
        "summary": found.message,
        "count": found.count,
        "causes": [asdict(cause) for cause in found.causes],
        "fixes": list(found.fixes),
        "since": moment(min(one.since, now)),
        "updated": moment(min(one.updated, now)),
        "worst": _worst(one.worst),
        "ended": one.ended or None,
        "ended_by": _facts(one.ended_by),
        "facts": _facts(found.launch),
    }


def _worst(found: Finding | None) -> dict[str, object] | None:
    """Return the worst of an event alert's life, which may have hit an earlier launch than the newest did."""
    if found is None:
        return None
    return {
        "summary": found.message,
        "time": moment(found.at),
        "fields": dict(found.fields),
        "causes": [asdict(cause) for cause in found.causes],
        "facts": _facts(found.launch),
    }


def _facts(launch: Launch | None) -> dict[str, object] | None:
    return dict(launch.facts) if launch else None


def request(one: Request) -> dict[str, object]:
    """Return the request that made a launch."""
    return {"endpoint": one.endpoint, "client": one.client, "line": one.line, "certain": one.certain}


def settings(record: Record | None, launch: Launch) -> list[dict[str, object]]:
    """Return who said what of each setting, what it became, and who won."""
    return [asdict(row) for row in rows(record, launch)] if record else []


def environment(record: Record | None) -> dict[str, str] | None:
    """Return the Ollama variables of the server's start line, secrets masked; None: no such line."""
    shown = record.server.env if record else None
    if shown is None:
        return None
    return {name: value for name, value in shown.items() if name.startswith("OLLAMA_")}


def prompts(sizes: PromptSizes | None, launch: Launch) -> dict[str, object] | None:
    """Return how long the prompts of seven days were, in tokens, and the context that would be enough."""
    if sizes is None or sizes.largest is None:
        return None
    trained = launch.facts["ctx_trained"]
    enough = sizes.enough(trained if isinstance(trained, int) else None)
    return {"largest": sizes.largest, "p95": sizes.p95, "enough": enough}


def newer_than_tested(release: str | None) -> bool:
    """Tell whether this Ollama is newer than any that we know."""
    found, tested = version(release or ""), version(TESTED)
    return bool(found and tested and found > tested)


def _source(source: SourceView) -> dict[str, object]:
    return {
        "name": source.label,
        "host": source.host,
        "target": source.target,
        "up": source.trouble is None,
        "trouble": source.trouble,
        "caught_up": source.caught_up,
        "lines": source.lines,
        "bytes": source.bytes,
        "suppressed_lines": source.suppressed,
        "gaps": source.gaps,
        "last_line": moment(source.last_line_at),
        "ollama_version": source.ollama_version,
        "newer_than_tested": newer_than_tested(source.ollama_version),
        "context_default": source.context_default,
    }


def _runner(source: SourceView, launch: Launch) -> dict[str, object]:
    record = source.record(launch)
    return {
        "source": source.label,
        "host": source.host,
        "model": launch.name,
        "since": moment(launch.at),
        "line": launch.line,
        "platform": launch.platform,
        "complete": launch.complete,
        "facts": dict(launch.facts),
        "request": request(launch.request) if launch.request else None,
        "settings": settings(record, launch),
        "environment": environment(record),
        "contexts": contexts(source, launch),
        "prompts": prompts(source.tally.prompt_sizes.get(launch.subject), launch),
        "unknowns": dict(source.unknowns.get(launch.subject, {})),
    }
