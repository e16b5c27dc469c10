"""A source that is the journals of many hosts: each of them is a server of its own."""

import glob
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from ollama_watch.app.roster import Many, Pattern, Target
from ollama_watch.errors import UserError
from ollama_watch.model import stream_name
from ollama_watch.sources.collected import Collected
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.position import Position
from ollama_watch.sources.source import Source
from ollama_watch.sources.stdin import HostLines, StandardInput

_log = logging.getLogger(__name__)


class CollectedHosts:
    """The hosts of which there are journals in one folder. Belongs to the loop's thread."""

    hurry = False

    def __init__(self, source: SourceConfig) -> None:
        self.name = source.name
        self.folder = Collected(Path(source.directory or ""))
        self._source = source
        self._said: str | None = None

    def targets(self) -> Iterator[Target]:
        """Yield a target for each host; say once why there is none."""
        hosts = self.folder.hosts
        none = None if hosts else f"{self.folder.path}: no journals of hosts (remote-HOST.journal) yet"
        if (trouble := self.folder.trouble or none) != self._said:
            self._said = trouble
            if trouble:
                _log.warning("%s: %s", self.name, trouble)
        for host in sorted(hosts):
            name = stream_name(self.name, host)
            yield Target(name, what(self._source, host), self._opener(name, host), self.name, host)

    def refuse_if_denied(self) -> None:
        """Raise UserError if the journals may not be read."""
        if self.folder.hosts is not None and self.folder.denied:
            hint = f"let this user read them: sudo usermod -aG {self._group()} $USER, then log in again"
            raise UserError(self.folder.trouble or "", hint=hint)

    def _group(self) -> str:
        try:
            return self.folder.path.group()
        except (OSError, KeyError):
            return "systemd-journal-remote"

    def _opener(self, name: str, host: str) -> Callable[[Position | None], Source]:
        from ollama_watch.sources.hostjournal import HostJournal  # noqa: PLC0415  # the binding costs memory

        source = replace(self._source, name=name)
        return lambda after: HostJournal(source, self.folder, host, after=after)


class PipedHosts:
    """Standard input, and the hosts whose lines are on it. Belongs to the loop's thread."""

    def __init__(self, stdin: StandardInput) -> None:
        self.name = stdin.name
        self._stdin = stdin
        self._given = -1  # hosts

    @property
    def hurry(self) -> bool:
        """A new host's lines wait."""
        return len(self._stdin.hosts) > self._given

    def targets(self) -> Iterator[Target]:
        self._given = len(self._stdin.hosts)
        yield Target(self.name, "standard input", lambda _: self._stdin)
        for host in self._stdin.hosts:
            name = stream_name(self.name, host)
            yield Target(name, f"{host} on standard input", self._opener(name, host), self.name, host)

    def _opener(self, name: str, host: str) -> Callable[[Position | None], Source]:
        return lambda _: HostLines(name, host, self._stdin)


def what(source: SourceConfig, host: str) -> str:
    """Return what is read of a host, for people."""
    unit = source.unit or source.user_unit or source.container
    return f"the journal of {unit} of {host} in {source.directory}"


def many(source: SourceConfig) -> Many:
    """Return what watches all parts of a source; raises UserError if none of them may be read."""
    if source.stdin:
        return PipedHosts(_standard_input(source))
    if source.directory is None:
        return Pattern(source.name, source.path or "")
    hosts = CollectedHosts(source)
    hosts.refuse_if_denied()
    return hosts


def is_many(source: SourceConfig) -> bool:
    """Tell whether a source has parts that come and go."""
    return source.stdin or source.directory is not None or glob.has_magic(source.path or "")


def _standard_input(source: SourceConfig) -> StandardInput:
    if sys.stdin is None:  # its number may be taken by something else by now
        raise UserError("standard input is closed", hint="pipe a log into it: docker logs -f ollama 2>&1 | …")
    return StandardInput(source.name, jsonl=source.jsonl)
