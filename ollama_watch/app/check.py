"""What already happened, judged: the work of `ollama-watchd check`."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from ollama_watch.app.judging import Judging
from ollama_watch.app.reading import Reading
from ollama_watch.model import Finding, Launch, Line
from ollama_watch.state.record import Record
from ollama_watch.state.updates import Changed, Reported, Update
from ollama_watch.verify.rule import Broken, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing that was read."""

    name: str
    bytes: int
    lines: int
    versions: tuple[str, ...]  # of Ollama, in the order of the log
    began: float | None
    ended: float | None


@dataclass(frozen=True, slots=True)
class Undecided:
    """A rule that the log does not tell enough for."""

    rule: str
    launch: Launch
    missing: str


@dataclass(slots=True)
class Report:
    """Everything `check` found out."""

    inputs: list[Input] = field(default_factory=list)
    launches: list[Launch] = field(default_factory=list)  # index counts over all inputs
    findings: list[Finding] = field(default_factory=list)
    unknowns: list[Undecided] = field(default_factory=list)
    unparsed: list[tuple[str, Line]] = field(default_factory=list)


@dataclass(slots=True)
class _Log:
    """What one input's lines have told, kept until its end: a name may come late."""

    records: dict[int, Record] = field(default_factory=dict)
    reported: list[Reported] = field(default_factory=list)
    versions: dict[str, None] = field(default_factory=dict)

    def take(self, updates: Iterable[Update]) -> None:
        for update in updates:
            if isinstance(update, Changed):
                self.records[update.record.index] = update.record
            else:
                self.reported.append(update)


def check_lines(lines: Iterable[Line], name: str, judging: Judging, report: Report) -> None:
    """Read one input to its end and add to `report` what it tells and which rules it breaks."""
    reading, log = Reading(name), _Log()
    count = size = 0
    began = None
    for line in lines:
        count += 1
        size += len(line.text) + 1
        log.take(reading.feed(line))
        if began is None and reading.fleet.now:
            began = reading.fleet.now
        if version := reading.fleet.server.version_text:
            log.versions[version] = None
    log.take(reading.finish())
    ended = reading.fleet.now or None
    report.inputs.append(
        Input(
            name=name,
            bytes=size,
            lines=count,
            versions=tuple(log.versions),
            began=began,
            ended=ended,
        )
    )
    report.unparsed += [(name, line) for line in reading.unparsed]
    _judge(log, judging, report)


def _judge(log: _Log, judging: Judging, report: Report) -> None:
    first = len(report.launches)
    known = {index: judging.launch(record) for index, record in log.records.items()}
    launches = {
        index: replace(
            launch,
            index=first + index,
            superseded_by=None if launch.superseded_by is None else first + launch.superseded_by,
        )
        for index, launch in sorted(known.items())
    }
    report.launches += launches.values()
    findings = []
    for launch in launches.values():
        for rule, verdict in judging.verdicts(launch):
            if isinstance(verdict, Broken):
                findings.append(judging.finding(rule, launch, verdict))
            elif isinstance(verdict, Unknown) and launch.superseded_by is None:
                report.unknowns.append(Undecided(rule.id, launch, verdict.missing))
    findings += _events(log, judging, launches)
    report.findings += sorted(findings, key=lambda found: found.line)


def _events(log: _Log, judging: Judging, launches: Mapping[int, Launch]) -> list[Finding]:
    """One finding a rule and launch; of many occurrences the last tells, with their count."""
    found: dict[tuple[str, str, int | None], Finding] = {}
    for reported in log.reported:
        launch = launches.get(reported.record.index) if reported.record else None
        for finding in judging.counted(reported, launch):
            key = (finding.rule, finding.subject, finding.launch.index if finding.launch else None)
            found[key] = _merged(found.get(key), finding)
    return list(found.values())


def _merged(before: Finding | None, finding: Finding) -> Finding:
    if before is None:
        return finding
    return replace(finding, line=before.line, at=before.at, count=before.count + 1)


def gravest(findings: Sequence[Finding]) -> str | None:
    """Return the gravest severity among them, or None."""
    order = ("info", "warning", "critical")
    return max((found.severity for found in findings), key=order.index, default=None)
