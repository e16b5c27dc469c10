"""What already happened, judged: the work of `ollama-watchd check`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf

from ollama_watch.app.judging import Judging
from ollama_watch.app.reading import Reading
from ollama_watch.app.skimming import Each, Lines, Skimmed
from ollama_watch.model import SEVERITIES, Finding, Launch, Line, Severity
from ollama_watch.state.promptsizes import PromptSizes
from ollama_watch.state.record import Record
from ollama_watch.state.replacing import replace
from ollama_watch.state.updates import Changed, Reported, Update
from ollama_watch.verify.rule import Broken, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One thing that was read."""

    name: str
    bytes: int = 0
    lines: int = 0
    versions: tuple[str, ...] = ()  # of Ollama, in the order of the log
    began: float | None = None
    ended: float | None = None
    zone: int = 0  # s east of UTC, as the log writes its times
    remarks: tuple[str, ...] = ()  # what else there is to say of it


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
    since: float | None = None  # s since the epoch; what was before is not reported


@dataclass(slots=True)
class Log:
    """What one input's lines have told, kept until its end: a name may come late."""

    source: str
    host: str | None = None
    records: dict[int, Record] = field(default_factory=dict)
    reported: list[Reported] = field(default_factory=list)
    sizes: Mapping[str, PromptSizes] = field(default_factory=dict)  # of prompts, by subject

    def take(self, updates: Iterable[Update]) -> None:
        for update in updates:
            if isinstance(update, Changed):
                self.records[update.record.index] = update.record
            else:
                self.reported.append(update)


def check_lines(
    lines: Lines,
    name: str,
    judging: Judging,
    report: Report,
    since: float | None = None,
    host: str | None = None,
) -> None:
    """Read one input to its end and add to `report` what it tells and which rules it breaks.

    `since` (s since the epoch): what was before it is read for what it left behind, and not reported. What
    carries no time is always reported. `host`: whose log it is, where it was collected from many.
    """
    reading, log = Reading(name, host), Log(name, host)
    report.inputs.append(read_log(lines, reading, log))
    log.sizes = reading.tally.prompt_sizes
    report.unparsed += [(name, line) for line in reading.unparsed]
    judge_log(log, judging, report, -inf if since is None else since)


def check_records(
    records: Iterable[Record],
    name: str,
    judging: Judging,
    report: Report,
    reported: Sequence[Reported] = (),
    remarks: tuple[str, ...] = (),
) -> None:
    """Add launches that no log told, their index counting from 0, and which rules they break.

    `reported`: what else is known of them.
    """
    report.inputs.append(Input(name=name, remarks=remarks))
    log = Log(name, records={record.index: record for record in records}, reported=list(reported))
    judge_log(log, judging, report)


def gravest(findings: Sequence[Finding]) -> Severity | None:
    """Return the gravest severity among them, or None."""
    return max((found.severity for found in findings), key=SEVERITIES.index, default=None)


def read_log(lines: Lines, reading: Reading, log: Log) -> Input:
    """Read one input to its end into `log`."""
    given = lines if isinstance(lines, Skimmed) else Each(lines)
    began = None
    versions: dict[str, None] = {}
    for line in given.lines(reading):
        log.take(reading.feed(line))
        began = began or reading.fleet.now or None
        if version := reading.fleet.server.version_text:
            versions[version] = None
    log.take(reading.finish())
    return Input(
        name=reading.source,
        bytes=given.size,
        lines=given.count,
        versions=tuple(versions),
        began=began,
        ended=reading.fleet.now or None,
        zone=reading.fleet.zone,
    )


def judge_log(log: Log, judging: Judging, report: Report, since: float = -inf) -> None:
    """Add to `report` what a log that was read tells, and which rules it breaks."""
    known = {index: judging.launch(record) for index, record in sorted(log.records.items())}
    events = _events(log, judging, known, since)
    about = {found.launch.index for found in events if found.launch}
    launches = _renumbered(
        [launch for index, launch in known.items() if _within(launch.at, since) or index in about],
        len(report.launches),
    )
    report.launches += launches.values()
    findings = [
        replace(found, launch=launches[found.launch.index]) if found.launch else found for found in events
    ]
    for index, launch in launches.items():
        if _within(launch.at, since):
            findings += _state(launch, log.records[index], log.sizes, judging, report)
    report.findings += sorted(findings, key=lambda found: found.line)


def _within(at: float, since: float) -> bool:
    return not at or at >= since


def _renumbered(launches: Sequence[Launch], first: int) -> dict[int, Launch]:
    """Return the launches by the index in their log, counted on from `first` over all inputs."""
    place = {launch.index: number for number, launch in enumerate(launches, first)}
    return {
        launch.index: replace(
            launch,
            index=place[launch.index],
            superseded_by=None if launch.superseded_by is None else place.get(launch.superseded_by),
        )
        for launch in launches
    }


def _state(
    launch: Launch, record: Record, sizes: Mapping[str, PromptSizes], judging: Judging, report: Report
) -> Iterator[Finding]:
    for rule, verdict in judging.verdicts(launch):
        if isinstance(verdict, Broken):
            yield judging.finding(rule, launch, verdict, record, sizes)
        elif isinstance(verdict, Unknown):
            report.unknowns.append(Undecided(rule.id, launch, verdict.missing))


def _events(log: Log, judging: Judging, launches: Mapping[int, Launch], since: float) -> list[Finding]:
    """One finding a rule and launch; of many occurrences the last tells, with their count."""
    found: dict[tuple[str, str, int | None], Finding] = {}
    for reported in log.reported:
        launch = launches.get(reported.record.index) if reported.record else None
        for finding in judging.counted(reported, launch, log.source, log.host, log.sizes):
            if _within(finding.at, since):
                key = (finding.rule, finding.subject, launch.index if launch else None)
                found[key] = _merged(found.get(key), finding)
    return list(found.values())


def _merged(before: Finding | None, finding: Finding) -> Finding:
    if before is None:
        return finding
    return replace(finding, line=before.line, at=before.at, count=before.count + 1)
