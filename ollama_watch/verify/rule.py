"""A rule, and what comes of holding a launch against it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ollama_watch.model import Severity, Value
from ollama_watch.verify.case import Case
from ollama_watch.verify.condition import Condition

Conditions = tuple[Condition, ...]  # all of them must hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. Spans are seconds of log time."""

    id: str
    severity: Severity
    summary: str  # with {fact}
    enabled: bool = True
    on: str | None = None  # a kind of `verify.events.EVENTS`; None: judged at each launch
    when: Conditions = ()  # which launches it is for; unknown applies
    expect: Conditions = ()  # each must hold
    unless: Mapping[str, Conditions] = field(default_factory=dict)  # any whose all hold excuses
    escalate: Mapping[Severity, Conditions] = field(default_factory=dict)  # graver where all hold
    pending_for: float = 0.0
    repeat: float = 86400.0
    tell: Literal["each", "once"] = "each"  # once: one notice a model and value
    count: int = 1  # occurrences
    within: float = 600.0
    hold: float = 3600.0  # an event alert ends so long after its last occurrence
    runbook: str = ""
    about: str = ""  # what it looks for
    why: str = ""  # why that matters
    fix: tuple[str, ...] = ()  # what to do, with {fact}; shown where the cause brings none
    cases: tuple[Case, ...] = ()  # those in its own file
    origin: str = ""  # file it was read from


@dataclass(frozen=True, slots=True)
class NotFor:
    """The rule is not for this launch."""


@dataclass(frozen=True, slots=True)
class Kept:
    """All that the rule expects holds."""


@dataclass(frozen=True, slots=True)
class Excused:
    """It is broken or unknown, and the named exception holds."""

    name: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The log does not tell the fact that it takes."""

    missing: str


@dataclass(frozen=True, slots=True)
class Broken:
    """An expectation does not hold."""

    fact: str | None  # None for events
    expected: str | None
    actual: Value
    severity: Severity


Verdict = NotFor | Kept | Excused | Unknown | Broken
