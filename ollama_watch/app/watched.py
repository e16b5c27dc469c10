"""One source as the watch sees it: what was read, and what was judged of it."""

from dataclasses import dataclass, field

from ollama_watch.app.logtime import log_time
from ollama_watch.app.reading import Reading
from ollama_watch.model import Launch


@dataclass(slots=True)
class Watched:
    """One source as the watch sees it."""

    reading: Reading
    launches: dict[str, Launch] = field(default_factory=dict)  # the last of each subject, judged
    unknowns: dict[str, dict[str, str]] = field(default_factory=dict)  # subject -> rule -> missing fact
    live: bool = field(default=False, metadata={"transient": True})  # history is read: people are told
    paced: float | None = field(default=None, metadata={"transient": True})  # log time at the last tick
    changes: int = field(default=0, metadata={"transient": True})  # of all that is kept but the log time

    @property
    def identity(self) -> tuple[str | None, str]:
        """Host and source, as alerts are keyed by."""
        return self.reading.host, self.reading.source

    def moment(self, now: float, elapsed: float) -> float:
        """Return the moment it is in its log; another host has a clock of its own: there time goes on."""
        newest = self.reading.fleet.now
        if self.reading.host is not None:
            return newest and newest + elapsed
        return log_time(self.paced, newest, now, elapsed)
