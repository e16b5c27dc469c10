"""Failed loads, held back for a moment: a retry that starts makes them no news."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ollama_watch.parse.argv import digest
from ollama_watch.state.record import Record
from ollama_watch.state.updates import Reported

_PATIENCE = 10.0  # s; the next library, the projector on the CPU, a smaller context
_ECHO = 10.0  # s; one failure is told by several lines
_MOST = 100


@dataclass(slots=True)
class Failures:
    """Failures not yet told. Times are those of the log."""

    held: dict[str, Reported] = field(default_factory=dict)  # by subject
    last: tuple[float, str] | None = None

    def add(
        self,
        at: float,
        line: int,
        cursor: str,
        record: Record | None,
        model: str | None,
        error: str,
    ) -> None:
        """Hold a failure, unless the same one was just told in other words."""
        subject = record.subject if record else digest(model) or model or ""
        if self._is_echo(at, subject):
            return
        self.last = (at, subject)
        if len(self.held) < _MOST:
            self.held[subject] = Reported(
                "load_failed",
                at,
                line,
                cursor,
                record,
                subject,
                {"error": error or "no reason given"},
            )

    def _is_echo(self, at: float, subject: str) -> bool:
        if self.last is None or at - self.last[0] > _ECHO:
            return False
        return subject in ("", self.last[1])

    def started(self, subject: str) -> None:
        """Forget the failure of a model that has started after all."""
        self.held.pop(subject, None)
        if self.last and self.last[1] == subject:
            self.last = None

    def due(self, now: float, *, everything: bool = False) -> Iterator[Reported]:
        """Yield what was held for long enough, or everything."""
        for subject, failure in list(self.held.items()):
            if everything or now - failure.at >= _PATIENCE:
                yield self.held.pop(subject)
