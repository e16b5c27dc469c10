"""The report of `check` for programs. Keys may be added, none renamed."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from ollama_watch.app.check import Input, Report, Undecided
from ollama_watch.model import Finding, Launch, Line
from ollama_watch.serve.status import request
from ollama_watch.serve.text import to_json

SCHEMA_VERSION = 1


def render(report: Report) -> str:
    """Return one JSON object with a line for each launch and finding; see packaging/reference/api.md."""
    return "".join(parts(report))


def parts(report: Report) -> Iterator[str]:
    """Yield its text bit by bit: there may be many launches."""
    judged = {one.launch.index for one in report.findings if one.launch}
    lists: dict[str, Iterable[dict[str, object]]] = {
        "inputs": map(_input, report.inputs),
        "launches": (_launch(one, asked=one.index in judged) for one in report.launches),
        "findings": map(finding, report.findings),
        "unknowns": map(_unknown, report.unknowns),
        "unparsed": (_unparsed(name, line) for name, line in report.unparsed),
    }
    yield f'{{"schema_version": {SCHEMA_VERSION}'
    for key, rows in lists.items():
        yield f',\n"{key}": ['
        before = "\n"
        for row in rows:
            yield f"{before}{to_json(row)}"
            before = ",\n"
        yield "]"
    yield "}"


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


def _unknown(one: Undecided) -> dict[str, object]:
    return {"rule": one.rule, "launch": one.launch.index, "missing": one.missing}


def _unparsed(name: str, line: Line) -> dict[str, object]:
    return {"input": name, "line": line.number, "text": line.text[:500].decode("utf-8", "replace")}
