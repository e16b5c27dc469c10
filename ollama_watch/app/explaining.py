"""Why a launch got its arguments, from a log: the work of `ollama-watchd explain`."""

from dataclasses import dataclass

from ollama_watch.app.check import Input, Log, Report, judge_log, read_log
from ollama_watch.app.judging import Judging
from ollama_watch.app.reading import Reading
from ollama_watch.app.skimming import Lines
from ollama_watch.model import Finding, Launch
from ollama_watch.state.promptsizes import PromptSizes
from ollama_watch.state.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One launch and all that is known of it."""

    input: Input
    launch: Launch
    record: Record
    findings: tuple[Finding, ...]
    prompts: PromptSizes | None


def explain_lines(lines: Lines, name: str, judging: Judging) -> list[Explained]:
    """Return the launches of one input, in their order; those that a retry replaced are left out."""
    reading, log, report = Reading(name), Log(name), Report()
    read = read_log(lines, reading, log)
    log.sizes = reading.tally.prompt_sizes
    judge_log(log, judging, report)
    findings: dict[int, list[Finding]] = {}
    for found in report.findings:
        if found.launch:
            findings.setdefault(found.launch.index, []).append(found)
    records = [record for _, record in sorted(log.records.items())]
    return [
        Explained(
            input=read,
            launch=launch,
            record=judging.names(record),
            findings=tuple(findings.get(launch.index, ())),
            prompts=log.sizes.get(launch.subject),
        )
        for launch, record in zip(report.launches, records, strict=True)
        if launch.superseded_by is None
    ]
