"""What the book keeps of one alert besides what others see of it."""

from dataclasses import dataclass, replace

from ollama_watch.alerts.alert import Alert, End
from ollama_watch.alerts.worst import worse
from ollama_watch.model import SEVERITIES, Finding, Launch, Severity
from ollama_watch.verify.rule import Rule

FORGOTTEN = 7 * 86400.0  # s without a launch
PATIENCE = 5.0  # s; an excuse that arrives so soon is never seen: nobody had been told


@dataclass(frozen=True, slots=True)
class Ending:
    """How an alert ends unless the launch fails, and not before another one has ceased to speak for it."""

    how: End
    launch: Launch
    at: float  # log time


@dataclass(slots=True)
class Entry:
    """One alert in the book. Times are log time."""

    alert: Alert
    rule: Rule
    since_launch: int | None  # index of the launch that began it; None for events
    launch: Launch | None  # the newest that broke the rule
    ready_at: float  # from then on people may be told
    told_at: float | None = None
    shown_at: float = 0.0  # when what is shown was last told or replaced
    told: Alert | None = None  # as it was told last
    loudest: Severity | None = None  # as which it was told; None: as `told` was
    quiet: bool = False  # its begin was no news: `told_at` and `loudest` are of the one before
    violated: bool = True  # broken since `told_at`
    uncounted: int = 1  # violations that an excuse may still take back
    ending: Ending | None = None  # a launch keeps the rule, and may yet fail to start
    before: Finding | None = None  # of the last launch that started, while a newer one may fail

    @property
    def asleep(self) -> bool:
        """Its runner is gone but nothing was mended: nobody is told until it happens again."""
        return self.rule.on is None and self.launch is not None and self.launch.gone

    @property
    def graver(self) -> bool:
        """It has become graver than people were ever told."""
        loudest = self.loudest or (self.told.severity if self.told else None)
        return loudest is not None and SEVERITIES.index(self.alert.severity) > SEVERITIES.index(loudest)

    @property
    def weight(self) -> tuple[int, bool, float]:
        """Return how much people would miss it: the gravest most, then what is awake, then what is new."""
        return SEVERITIES.index(self.alert.severity), not self.asleep, self.alert.updated

    def current(self) -> Alert:
        """Return the alert as it is now; the same object until something about it changes."""
        if self.alert.asleep != self.asleep:
            self.alert = replace(self.alert, asleep=self.asleep)
        return self.alert

    # ---- what happens

    def again(self, rule: Rule, finding: Finding, now: float) -> None:
        """It is broken again, or more is known of what broke it."""
        before, launch = self.alert.finding, finding.launch
        same = rule.on is None and self.launch and launch and self.launch.index == launch.index
        if not same:
            self.uncounted += 1
            self.ready_at = max(self.ready_at, ready_at(rule, launch, now))
        if rule.on:
            finding = replace(finding, count=before.count + 1)
        if self.ending and self.ending.at <= now and launch:
            self.since_launch = launch.index  # mended meanwhile: if this one fails, nothing is broken
        if rule.on is None and self.launch and launch:
            self._remember_before(before, self.launch, launch)
        self.violated = self.violated or not same
        self.rule, self.launch, self.ending = rule, launch, None
        if not same or finding != before:
            worst = worse(rule.on, self.alert.worst, finding)
            self.alert = replace(self.alert, finding=finding, updated=now, worst=worst)

    def fire(self, now: float) -> None:
        """Let it fire if it has been pending for long enough."""
        if self.alert.state == "pending" and now - self.alert.since >= self.rule.pending_for:
            self.alert = replace(self.alert, state="firing", updated=now)

    def did_not_start(self, launch: Launch) -> None:
        """A later launch failed: it broke nothing and mended nothing, so the alert is of the one before."""
        if self.is_ended_by(launch):
            self.ending = None
        if self.launch is None or self.launch.index != launch.index:
            return
        self.uncounted -= self.uncounted > 0
        if self.before and self.before.launch:
            self.launch = replace(self.before.launch, gone=True)  # the other one took its place
            self.alert = replace(self.alert, finding=replace(self.before, launch=self.launch))
            self.before = None

    def retried(self, launch: Launch, by: int) -> None:
        """A launch never started and was tried again: that one shows what becomes of it."""
        if self.is_ended_by(launch):
            self.ending = None
        if self.since_launch == launch.index:
            self.since_launch = by

    def _remember_before(self, finding: Finding, known: Launch, launch: Launch) -> None:
        """Keep what the last launch that started broke, until the newest has started, too."""
        if launch.complete and not launch.failed:
            self.before = None
        elif known.index != launch.index and known.complete and not known.failed:
            self.before = finding

    # ---- what follows

    def is_ended_by(self, launch: Launch) -> bool:
        """Tell whether this launch will end it."""
        own = self.ending.launch if self.ending else None
        return own is not None and (own.index, _origin(own)) == (launch.index, _origin(launch))

    def over(self, now: float) -> End:
        """Return how it ends now, empty if it does not."""
        if self.ending and now >= self.ending.at:
            return self.ending.how
        silence = now - self.alert.updated
        if self.rule.on:
            return "over" if silence >= self.rule.hold else ""
        return "forgotten" if silence >= FORGOTTEN else ""

    def due(self, now: float) -> bool:
        """Tell whether its begin, or the repetition of it, should be told at `now`.

        Of a rule that tells once it is due at any time: whether its value was told is known to the book.
        """
        if self.alert.state != "firing" or self.asleep or self.ending or now < self.ready_at:
            return False
        if self.told_at is None or self.graver or self.rule.tell == "once":
            return True
        return self.violated and now - self.told_at >= self.rule.repeat

    def changed(self) -> bool:
        """Tell whether what is shown has become untrue: the severity, the cause, the number, how often."""
        if self.told is None or self.alert.state != "firing":
            return False
        return _shown(self.told) != _shown(self.alert)


def ready_at(rule: Rule, launch: Launch | None, now: float) -> float:
    """Return when people may be told: an excuse that comes while the model loads is never seen."""
    loading = rule.on is None and launch is not None and not launch.complete
    return now + PATIENCE if loading else now


def _shown(alert: Alert) -> tuple[object, ...]:
    """Return what people read; where it stands in the log is another line at each launch."""
    found = alert.finding
    why = [(cause.text, cause.confidence) for cause in found.causes[:1]]
    return alert.severity, found.message, why, found.count


def _origin(launch: Launch) -> tuple[str | None, str]:
    return launch.host, launch.source
