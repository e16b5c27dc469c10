"""Where and when something stands in an input, as people read it: in the zone that the log writes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from ollama_watch.app.alive import NAME as RUNNING
from ollama_watch.app.check import Input
from ollama_watch.model import SEVERITIES, Finding, Severity

_FEW = 2  # days, of which the hours are told too


def count(number: int, noun: str, plural: str = "") -> str:
    """Return "1 launch", "1,204 launches"."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def at_least(found: Finding, severity: Severity) -> bool:
    return SEVERITIES.index(found.severity) >= SEVERITIES.index(severity)


@dataclass(frozen=True, slots=True)
class Places:
    """The places of one input."""

    input: Input

    @property
    def has_lines(self) -> bool:
        return self.input.name != RUNNING

    def line(self, number: int) -> str:
        return f"line {number}" if self.has_lines else f"pid {number}"

    def moment(self, at: float) -> str:
        """Return the time of day, with the date where the input spans several days; "" if unknown."""
        if not at or not self.has_lines:
            return ""
        written = self._written(at)
        return f"{written:%H:%M:%S}" if self._one_day else f"{written:%Y-%m-%d %H:%M:%S}"

    @property
    def span(self) -> str:
        """Return from when to when, "" if unknown."""
        began, ended = self.input.began, self.input.ended
        if not began or not ended:
            return ""
        first, last = self._written(began), self._written(ended)
        if self._one_day:
            until = "" if f"{first:%H:%M}" == f"{last:%H:%M}" else f"–{last:%H:%M}"
            return f"{first:%Y-%m-%d %H:%M}{until}"
        if (days := (last - first).days) < _FEW:
            return f"{first:%Y-%m-%d %H:%M} – {last:%Y-%m-%d %H:%M}"
        return f"{first:%Y-%m-%d} – {last:%Y-%m-%d} ({count(days, 'day')})"

    @property
    def _one_day(self) -> bool:
        began, ended = self.input.began or 0.0, self.input.ended or 0.0
        return self._written(began).date() == self._written(ended).date()

    def _written(self, at: float) -> datetime:
        try:
            return datetime.fromtimestamp(at, timezone(timedelta(seconds=self.input.zone)))
        except (ValueError, OverflowError, OSError):  # a damaged stamp may name any year
            return datetime.fromtimestamp(0, UTC)
