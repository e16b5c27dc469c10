"""A case of a rule: log lines, and the alerts of the rule that fire at moments of that log."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ollama_watch.model import Facts

Told = Mapping[str, str]  # a key of `TOLD` -> what it must be, as it was written


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What fires then; `at`: seconds of log time after the first line, None after the last one."""

    at: float | None
    alerts: tuple[Told, ...]  # none: the rule is quiet


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. `log` or `file` holds the lines; `facts` stands for what no log tells."""

    name: str
    rule: str
    moments: tuple[Moment, ...]
    log: str = ""
    file: str = ""  # beside the file with the case
    facts: Facts | None = None  # of the one launch, or of what happened to it; the others are unknown
    want: Mapping[str, int] = field(default_factory=dict)  # tokens of context by tag, as in `want:`
    origin: str = ""  # file:line


TOLD = ("severity", "model", "fact", "expected", "actual", "summary", "count")
