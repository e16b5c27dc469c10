"""What the program shows of itself: read by the metrics page, the API and `status` alike."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from ollama_watch.alerts.alert import Alert
from ollama_watch.model import Launch
from ollama_watch.state.record import Record
from ollama_watch.state.subject import Value
from ollama_watch.state.tally import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceView:
    """One source and what it told."""

    name: str
    label: str  # its configured name; several files may share one
    host: str | None
    target: str  # unit or path, for people
    trouble: str | None
    caught_up: bool
    lines: int
    bytes: int
    last_line_at: float | None
    reopens: int
    suppressed: int
    malformed: int  # records of a pipeline that held no line
    gaps: int  # places where lines may be missing
    ollama_version: str | None
    context_default: int | None  # tokens; None while it depends on something unknown
    runners: tuple[Launch, ...]  # believed alive
    launches: Mapping[str, Launch]  # the last one by subject, gone ones too
    unknowns: Mapping[str, Mapping[str, str]]  # subject -> rule -> the fact that is missing
    tally: Tally
    record: Callable[[Launch], Record | None]  # what the log told of a launch, with the names of its model
    contexts: Callable[[Launch], tuple[Value, ...]]  # of the launches of its model, the oldest first

    def model(self, subject: str) -> str:
        """Return what people call the model that `subject` is the digest of."""
        if launch := self.launches.get(subject):
            return launch.name
        return f"sha256:{subject[:12]}" if len(subject) == 64 else subject  # noqa: PLR2004  # a digest


@dataclass(frozen=True, slots=True)
class AlertView:
    """One alert and what people know of it."""

    alert: Alert
    told: float | None  # when people were last told of its begin, or told again; None: they are not
    repeat: float  # s after which they are told again, if it happens again
    inhibited_by: str = ""  # id of the alert that speaks for it meanwhile; of streams only


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """Everything, at one moment."""

    version: str
    sources: tuple[SourceView, ...]
    alerts: tuple[AlertView, ...]  # pending and firing
    violations: Mapping[tuple[str, str], int]  # (rule, severity), zero ones too
    rules: int  # in force
    notifications: Mapping[tuple[str, str], int]  # (sink, outcome)
    reload_successful: bool
    reloaded_at: float
    state_save_failures: int
    configuration: str | None = None  # the file in force; None: all defaults
    needs_restart: tuple[str, ...] = ()  # keys of it that are in force after a restart only

    @property
    def ready(self) -> bool:
        """All that stood in the logs at the start has been read."""
        return all(source.caught_up for source in self.sources)


Show = Callable[[], AbstractContextManager[View]]  # the program stands still while the view is open
