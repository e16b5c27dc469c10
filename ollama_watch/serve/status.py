"""The API's objects: what runs, and what is wrong with it. The contract is in the README."""

from datetime import UTC, datetime

from ollama_watch.alerts.alert import Alert
from ollama_watch.model import Launch, source_label
from ollama_watch.parse.version import version
from ollama_watch.serve.view import SourceView, View

TESTED = "0.33.0"  # the newest Ollama whose logs the project was tested with


def status(view: View) -> dict[str, object]:
    """Return `/api/v1/status`."""
    return {
        "version": view.version,
        "ready": view.ready,
        "tested_ollama_version": TESTED,
        "rules": view.rules,
        "sources": [_source(source) for source in view.sources],
        "runners": [_runner(s, launch) for s in view.sources for launch in s.runners],
        "alerts": [alert(one) for one in view.alerts],
    }


def alert(one: Alert) -> dict[str, object]:
    """Return one object of `/api/v1/alerts`."""
    found = one.finding
    return {
        "id": one.id,
        "key": one.key,
        "state": one.state,
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
        "causes": [{"text": cause.text, "confidence": cause.confidence} for cause in found.causes],
        "fixes": list(found.fixes),
        "since": moment(one.since),
        "updated": moment(one.updated),
    }


def moment(at: float | None) -> str | None:
    """Return an RFC 3339 time, or None where none is known, or none that there is: a log may say anything."""
    try:
        found = datetime.fromtimestamp(at, UTC) if at else None
    except (ValueError, OverflowError, OSError):
        return None
    return found.isoformat(timespec="milliseconds").replace("+00:00", "Z") if found else None


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
    return {
        "source": source.label,
        "host": source.host,
        "model": launch.name,
        "since": moment(launch.at),
        "line": launch.line,
        "complete": launch.complete,
        "facts": dict(launch.facts),
        "unknowns": dict(source.unknowns.get(launch.subject, {})),
    }
