"""Counters of one (host, source), as the metrics page shows them. One thread writes, any may read."""

from collections import Counter
from dataclasses import dataclass, field

from ollama_watch.model import Histogram
from ollama_watch.state.promptsizes import PromptSizes
from ollama_watch.state.record import Record

MOST_MODELS = 100  # series of a host; further models are only counted
_SECONDS = (0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)
_TOKENS = (256.0, 512.0, 1024.0, 2048.0, 4096.0, 8192.0, 16384.0, 32768.0, 65536.0, 131072.0)


@dataclass(slots=True)
class Tally:
    """Everything that only grows."""

    launches: Counter[tuple[str, str]] = field(default_factory=Counter)  # (subject, reason)
    context_changes: Counter[tuple[str, str]] = field(default_factory=Counter)  # (subject, direction)
    truncations: Counter[str] = field(default_factory=Counter)
    tokens_dropped: Counter[str] = field(default_factory=Counter)
    prompts: dict[str, Histogram] = field(default_factory=dict)
    prompt_sizes: dict[str, PromptSizes] = field(default_factory=dict)
    loads: Histogram = field(default_factory=lambda: Histogram(_SECONDS))
    events: Counter[str] = field(default_factory=Counter)
    parse_failures: int = 0
    unknown_flags: int = 0
    requests_without_launch: int = 0
    subjects: dict[str, None] = field(default_factory=dict)
    models_beyond: int = 0
    _context: dict[str, int] = field(default_factory=dict)

    def launched(self, record: Record) -> None:
        """Count a launch, and its change of context."""
        subject = record.subject
        if not self._counts(subject):
            return
        self.launches[subject, record.reason] += 1
        now, before = record.ctx_per_slot, self._context.get(subject)
        if now is None:
            return
        self._context[subject] = now
        if before is not None and before != now:
            default = record.builtin
            members = (default,) if isinstance(default, int) else default or ()
            self.context_changes[subject, "default" if now in members else _direction(before, now)] += 1

    def truncated(self, subject: str, dropped: int) -> None:
        if self._counts(subject):
            self.truncations[subject] += 1
            self.tokens_dropped[subject] += max(dropped, 0)

    def prompted(self, subject: str, tokens: int, at: float) -> None:
        """Count a prompt of so many tokens; `at` is log time."""
        if self._counts(subject):
            if subject not in self.prompts:
                self.prompts[subject], self.prompt_sizes[subject] = Histogram(_TOKENS), PromptSizes()
            self.prompts[subject].observe(tokens)
            self.prompt_sizes[subject].add(tokens, at)

    def loaded(self, seconds: float) -> None:
        self.loads.observe(seconds)

    def parsed(self, kind: str, count: int = 1) -> None:
        self.events[kind] += count

    def failed_to_parse(self) -> None:
        self.parse_failures += 1

    def unknown_flag(self) -> None:
        self.unknown_flags += 1

    def _counts(self, subject: str) -> bool:
        if subject in self.subjects:
            return True
        if len(self.subjects) >= MOST_MODELS:
            self.models_beyond += 1
            return False
        self.subjects[subject] = None
        return True


def _direction(before: int, now: int) -> str:
    return "up" if now > before else "down"
