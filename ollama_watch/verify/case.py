"""A case of a rule: log lines, and what comes of them: alerts of the rule, and what people are told."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ollama_watch.model import Facts

Told = Mapping[str, str]  # a key of `TOLD` -> what it must be, as it was written


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """What fires then; `at`: s of log time after the first line with a time, None after the last line."""

    at: float | None
    alerts: tuple[Told, ...]  # none: the rule is quiet


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that people are told; `at` as in `Moment`, None: whenever."""

    at: float | None
    what: str | None  # of `WHATS`, None: any
    alert: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. `log` or `file` holds the lines; `facts` stands for what no log tells."""

    name: str
    rule: str
    moments: tuple[Moment, ...]
    told: tuple[Notice, ...] | None = None  # in this order, and nothing else; None: not of interest
    until: float = 0.0  # s of log time after the first line to go on for, if the lines do not
    log: str = ""
    file: str = ""  # beside the file with the case
    facts: Facts | None = None  # of the one launch, or of what happened to it; the others are unknown
    want: Mapping[str, int] = field(default_factory=dict)  # tokens of context by tag, as in `want:`
    origin: str = ""  # file:line

    @property
    def timed(self) -> bool:
        """Tell whether it needs lines that carry a time."""
        moments = [one.at for one in self.moments] + [one.at for one in self.told or ()]
        return self.until > 0 or any(moments)


# `times`: how often it has happened since the alert began, the `count` of the API
TOLD = ("severity", "model", "fact", "expected", "actual", "summary", "times")
WHATS = ("begin", "repeat", "change", "end")  # as in `alerts.notice`
