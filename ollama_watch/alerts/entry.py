"""What the book keeps of one alert besides what others see of it."""

from dataclasses import dataclass

from ollama_watch.alerts.alert import Alert, End
from ollama_watch.model import Launch
from ollama_watch.verify.rule import Rule

PATIENCE = 5.0  # s; an excuse that arrives so soon is never seen: nobody had been told


@dataclass(frozen=True, slots=True)
class Ending:
    """How an alert will end, unless the launch fails."""

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
    violated: bool = True  # broken since `told_at`
    uncounted: int = 1  # violations that an excuse may still take back
    ending: Ending | None = None  # a launch keeps the rule, and may yet fail to start

    @property
    def asleep(self) -> bool:
        """Its runner is gone but nothing was mended: nobody is told until it happens again."""
        return self.launch is not None and self.launch.gone

    def due(self, now: float) -> bool:
        """Tell whether its begin, or the repetition of it, should be told at `now`."""
        if self.alert.state != "firing" or self.asleep or now < self.ready_at:
            return False
        if self.told_at is None:
            return True
        again = self.rule.tell == "each" and now - self.told_at >= self.rule.repeat
        return self.violated and again

    def changed(self) -> bool:
        """Tell whether what is shown has become untrue: the cause, the number, how often."""
        if self.told is None or self.alert.state != "firing":
            return False
        told, now = self.told.finding, self.alert.finding
        return (told.message, told.causes[:1], told.count) != (now.message, now.causes[:1], now.count)
