"""The report of `check` for programs. Keys may be added, none renamed."""

from datetime import UTC, datetime

from ollama_watch.app.check import Input, Report
from ollama_watch.model import Finding, Launch, Line
from ollama_watch.serve.status import request
from ollama_watch.serve.text import to_json

SCHEMA_VERSION = 1


def render(report: Report) -> str:
    """Return one JSON object, see packaging/reference/api.md for its keys."""
    judged = {one.launch.index for one in report.findings if one.launch}
    return to_json(
        {
            "schema_version": SCHEMA_VERSION,
            "inputs": [_input(one) for one in report.inputs],
            "launches": [_launch(one, asked=one.index in judged) for one in report.launches],
            "findings": [finding(found) for found in report.findings],
            "unknowns": [
                {"rule": one.rule, "launch": one.launch.index, "missing": one.missing}
                for one in report.unknowns
            ],
            "unparsed": [_unparsed(name, line) for name, line in report.unparsed],
        },
        indent=1,
    )


def _input(one: Input) -> dict[str, object]:
    return {
        "name": one.name,
        "bytes": one.bytes,
        "lines": one.lines,
        "ollama_version": one.versions[-1] if one.versions else None,
        "remarks": list(one.remarks),
    }


def timestamp(at: float) -> str | None:
    """Return an RFC 3339 time, or None where the log tells none that there is."""
    try:
        return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z") if at else None
    except (ValueError, OverflowError):  # a damaged stamp of year 1 may lie before it in UTC
        return None


def _launch(launch: Launch, *, asked: bool) -> dict[str, object]:
    """`asked`: somebody will want to know which request made it."""
    return {
        "input": launch.source,
        "line": launch.line,
        "time": timestamp(launch.at),
        "complete": launch.complete,
        "started": launch.started,
        "failed": launch.failed,
        "superseded_by": launch.superseded_by,
        "reason": launch.reason,
        "request": request(launch.request) if asked and launch.request else None,
        "facts": dict(launch.facts),
    }


def finding(found: Finding) -> dict[str, object]:
    """Return one object of `findings`."""
    return {
        "rule": found.rule,
        "severity": found.severity,
        "launch": found.launch.index if found.launch else None,
        "input": found.source,
        "line": found.line,
        "time": timestamp(found.at),
        "fact": found.fact,
        "expected": found.expected,
        "actual": found.actual,
        "count": found.count,
        "message": found.message,
        "causes": [
            {"text": cause.text, "confidence": cause.confidence, "evidence": list(cause.evidence)}
            for cause in found.causes
        ],
        "fixes": list(found.fixes),
        "runbook": found.runbook or None,
    }


def _unparsed(name: str, line: Line) -> dict[str, object]:
    return {"input": name, "line": line.number, "text": line.text[:500].decode("utf-8", "replace")}
