"""One input that carries the lines of many hosts, judged: each of them is a server of its own."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import inf

from ollama_watch.app.check import Input, Log, Report, judge_log
from ollama_watch.app.judging import Judging
from ollama_watch.app.reading import Reading
from ollama_watch.model import Line


def check_hosts(
    lines: Iterable[Line], name: str, judging: Judging, report: Report, since: float | None = None
) -> None:
    """Read one input to its end and add to `report` what each host's lines tell, as `check_lines` does."""
    hosts: dict[str, _Host] = {}
    for line in lines:
        if line.host not in hosts:
            hosts[line.host] = _Host(f"{name} of {line.host}" if line.host else name, line.host or None)
        hosts[line.host].take(line)
    for host in hosts.values() or [_Host(name, None)]:
        report.inputs.append(host.finish())
        report.unparsed += [(host.name, line) for line in host.reading.unparsed]
        judge_log(host.log, judging, report, -inf if since is None else since)


@dataclass(slots=True)
class _Host:
    """What one host's lines have told so far."""

    name: str
    host: str | None
    reading: Reading = field(init=False)
    log: Log = field(init=False)
    lines: int = 0
    bytes: int = 0
    began: float | None = None
    versions: dict[str, None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.reading, self.log = Reading(self.name, self.host), Log(self.name, self.host)

    def take(self, line: Line) -> None:
        self.lines += 1
        self.bytes += len(line.text) + 1
        self.log.take(self.reading.feed(line))
        self.began = self.began or self.reading.fleet.now or None
        if version := self.reading.fleet.server.version_text:
            self.versions[version] = None

    def finish(self) -> Input:
        self.log.take(self.reading.finish())
        self.log.sizes = self.reading.tally.prompt_sizes
        return Input(
            name=self.name,
            bytes=self.bytes,
            lines=self.lines,
            versions=tuple(self.versions),
            began=self.began,
            ended=self.reading.fleet.now or None,
            zone=self.reading.fleet.zone,
        )
