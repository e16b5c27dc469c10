"""An alert: one thing that is wrong with one model on one source, from its begin to its end."""

import hashlib
from dataclasses import dataclass
from typing import Literal

from ollama_watch.model import SEVERITIES, Finding, Launch, Severity

State = Literal["pending", "firing", "resolved"]
# replaced: the rule is for it no more, or is gone, and another one may be for it; over: an event's hold, its
# source is gone, or it made room for another; forgotten: 7 days without a launch
End = Literal["", "fixed", "replaced", "accepted", "excused", "over", "forgotten"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One begin of one alert. Replaced whole when something about it changes; `id` stays."""

    id: str  # of this begin; the next begin of the same key has another
    key: str  # host, source, rule and subject
    state: State
    finding: Finding  # the newest
    since: float  # s since the epoch, log time
    updated: float
    asleep: bool = False  # its runner is gone and nothing was mended: it waits for the next launch
    ended: End = ""
    ended_by: Launch | None = None  # the launch that kept the rule again
    worst: Finding | None = None  # of an event alert, see `alerts.worst`; None: nothing tells

    @property
    def rule(self) -> str:
        return self.finding.rule

    @property
    def severity(self) -> Severity:
        return self.finding.severity

    @property
    def worst_said(self) -> str:
        """What the worst of several said; empty where there are none, or none is known to be the worst."""
        return self.worst.message if self.worst and self.finding.count > 1 else ""

    @property
    def model(self) -> str:
        """What people call the model; empty if it is about the server."""
        return self.finding.model if self.finding.of_model else ""

    @property
    def models(self) -> tuple[str, ...]:
        """Return all names of the model; one that has no tag goes by what it is called elsewhere."""
        if not self.finding.of_model:
            return ()
        tags = self.finding.launch.facts["model"] if self.finding.launch else ()
        return tuple(str(tag) for tag in tags) if isinstance(tags, tuple) and tags else (self.model,)


def gravest_first(alert: Alert) -> tuple[int, float, str]:
    """Return what alerts are sorted by where people read them."""
    return -SEVERITIES.index(alert.severity), alert.since, alert.key


def key(finding: Finding) -> str:
    """Return what makes two findings the same alert; a name that is learnt late changes nothing."""
    return key_of(finding.host, finding.source, finding.rule, finding.subject)


def key_of(host: str | None, source: str, rule: str, subject: str) -> str:
    return "/".join((host or "", source, rule, subject))


def begin_id(finding: Finding, number: int) -> str:
    """Return the id of a begin; `number`: how many alerts began before it, which the checkpoint keeps.

    Nothing of the moment is in it: a line that is read again after a kill begins the same alert.
    """
    launch = finding.launch
    place = (str(launch.index), launch.cursor) if launch else ("", "")
    origin = "|".join((key(finding), str(finding.line), *place, str(number)))
    return hashlib.sha256(origin.encode("utf-8", "surrogatepass")).hexdigest()[:16]
