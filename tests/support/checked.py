"""Logs as texts, read and judged as `check` does it, without files."""

from collections.abc import Iterable, Iterator, Mapping

from ollama_watch.app.check import Report, check_lines
from ollama_watch.app.config import Config, Want
from ollama_watch.app.judging import Judging
from ollama_watch.app.reading import Reading
from ollama_watch.model import Facts, Launch, Line
from ollama_watch.state.updates import Changed, Update
from ollama_watch.verify.facts import launch
from ollama_watch.verify.rulefile import load_rules
from ollama_watch.verify.shipped import shipped_rules

SHIPPED = load_rules(shipped_rules())


def lines(text: str | bytes) -> Iterator[Line]:
    """Yield the lines of a log as a file gives them: numbered, without times of their own."""
    raw = text.encode() if isinstance(text, str) else text
    for number, line in enumerate(raw.splitlines(), 1):
        yield Line(line, number, 0.0)


def checked(
    text: str | bytes, *, want: Mapping[str, int] | None = None, enable: Iterable[str] = ()
) -> Report:
    """Return what `check` reports of a log; `want`: context by tag, `enable`: users' rule texts."""
    own = [(f"user-{number}.yaml", rule) for number, rule in enumerate(enable)]
    rules = load_rules(shipped_rules(), own) if own else SHIPPED
    wishes = tuple(Want(tag, tokens) for tag, tokens in (want or {}).items())
    report = Report()
    check_lines(lines(text), "server.log", Judging(Config(want=wishes, rules=rules)), report)
    return report


def found(report: Report) -> list[tuple[str, str]]:
    """Return (rule, severity) of each finding, in the order of the log."""
    return [(finding.rule, finding.severity) for finding in report.findings]


def updates(text: str | bytes) -> list[Update]:
    """Return all that a log's lines tell, to its end."""
    reading = Reading("server.log")
    told = [update for line in lines(text) for update in reading.feed(line)]
    return [*told, *reading.finish()]


def launches(text: str | bytes) -> list[Launch]:
    """Return the launches of a log, each as it was known at the end."""
    newest = {update.record.index: update.record for update in updates(text) if isinstance(update, Changed)}
    return [launch(record) for _, record in sorted(newest.items())]


def facts(text: str | bytes) -> Facts:
    """Return the facts of the last launch of a log."""
    return launches(text)[-1].facts
