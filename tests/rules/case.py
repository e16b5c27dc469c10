"""One case of a shipped rule: a log, and what the rule says of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.support.ollama_log import OllamaLog


@dataclass(frozen=True, slots=True)
class Case:
    """`finds`: the severity of each finding of the rule, in the order of the log; none: it stays quiet."""

    rule: str
    name: str
    finds: tuple[str, ...]
    log: OllamaLog
    want: Mapping[str, int] = field(default_factory=dict)  # context by tag, as in `want:`

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"
