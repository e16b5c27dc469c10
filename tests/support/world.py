"""A made-up Ollama, the program that watches it, and the people that it tells: for walks through any life.

The checkpoint is written where the daemon writes it: after each turn that told somebody something or began an
alert. A new process goes on from the last one, with the lines that came since.
"""

import json
from dataclasses import replace
from typing import Any, cast

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.checkpoint import Checkpoint, Resumed, Writer, read
from ollama_watch.app.config import Config
from ollama_watch.app.deliveries import Deliveries, standing
from ollama_watch.app.judging import Judging
from ollama_watch.app.reading import Reading
from ollama_watch.app.watched import Watched
from ollama_watch.app.watching import Watch
from ollama_watch.model import Line, Severity
from ollama_watch.sinks.log import Log
from ollama_watch.sinks.outbox import Outbox
from ollama_watch.sinks.post import Receiver
from ollama_watch.sinks.webhook import Webhook
from ollama_watch.verify.rule import Rule
from ollama_watch.verify.rulefile import load_rules
from tests.support.checked import SHIPPED
from tests.support.direct import Direct
from tests.support.ledger import Ledger
from tests.support.ollama_log import OllamaLog, digest

SOURCE = "ollama.service"
RULES = """
rules:
  - id: context-low
    severity: {severity}
    summary: "{{model}} runs with {{ctx_per_slot}}"
    expect: {{ctx_per_slot: ">= {least}"}}
    unless: {{failed-to-start: {{failed: true}}, trained-small: {{ctx_trained: "<= ctx_per_slot"}}}}
    repeat: 2h
  - id: context-note
    severity: info
    summary: "{{model}} runs with {{ctx_per_slot}}"
    expect: {{ctx_per_slot: ">= 32768"}}
    unless: {{failed-to-start: {{failed: true}}}}
    tell: once
  - id: slots
    severity: info
    summary: "{{model}} has {{parallel}} slots"
    expect: {{parallel: 1}}
    escalate: {{critical: {{parallel: ">= 4"}}}}
    unless: {{failed-to-start: {{failed: true}}}}
    for: 30s
  - id: cut
    severity: warning
    summary: "{{model}} cut a prompt"
    on: prompt_truncated
    hold: 10m
"""
STATES = ("context-low", "context-note", "slots")
_NEW = (
    "loudest",
    "down",
)  # fields that checkpoints of the first release lack, and `begun`: it made other ids


def rules(least: int = 4096, severity: Severity = "warning") -> tuple[Rule, ...]:
    """Return the rules in force; `least`: tokens, below which a context breaks one of this `severity`."""
    own = load_rules([], [("life.yaml", RULES.format(least=least, severity=severity))])
    return (*own, *(rule for rule in SHIPPED if rule.id in ("thrashing", "server-down")))


class World:
    """Everything together. Time passes in the log; `turn` is a turn of the daemon's loop."""

    def __init__(self, config: Config | None = None) -> None:
        """Start both, by default with rules made for walks."""
        self.log = OllamaLog().server("0.32.1")
        self.config = config or Config(rules=rules())
        self.ledger = Ledger(Judging(self.config).rules)
        self.ids: dict[str, str] = {}  # of everything the API showed: id -> key
        self._lines: list[Line] = []
        self._printed = self._fed = 0
        self._writer = Writer()
        self._saved: tuple[str, int, int] = ("", 0, 0)  # checkpoint, lines, alerts begun
        self.set_back = 0.0  # s that the clock, and so the log, is behind the true time
        self._ticked_at = self.now
        self.up = True
        self.boxes = [Direct(Log("info")), Direct(webhook("warning")), Direct(webhook("critical"))]
        self.watch = Watch(self.config, {SOURCE: Watched(Reading(SOURCE))})
        self._deliver(Checkpoint())
        self.watch.following(SOURCE, live=True)
        self.turn()

    @property
    def now(self) -> float:
        """Return the true time; only a clock can be set back."""
        return self.log.now + self.set_back

    # ---- what happens

    def sets_back(self, seconds: float) -> None:
        """Set the clock back, or right again, where that is so long ago that nobody would see it."""
        self.set_back += seconds
        self.log.wait(-seconds)

    def gets_a_sink(self) -> None:
        """Add one to the configuration, for the next start."""
        sink = webhook("warning")
        sink.name = f"webhook-{len(self.boxes)}"
        self.boxes.append(Direct(sink))

    def turn(self) -> list[Notice]:
        """Let the daemon read and tell, if it is up; return what it told."""
        self._print()
        notices: list[Notice] = []
        if self.up:
            notices = self._feed()
            notices += self.watch.tick(self.log.now, self.now - self._ticked_at)
            self._ticked_at = self.now
            self.hear(notices)
        return notices

    def systemd(self, kind: str) -> None:
        """Let systemd say that the server stopped or failed."""
        self._print()
        text = b"ollama.service: Failed with result 'signal'."
        line = Line(text, len(self._lines) + 1, self.log.now, f"c{len(self._lines)}")
        self._lines.append(replace(line, kind=kind))  # type: ignore[arg-type]  # one of the words
        self.log.wait(0.1)

    def adopt(self, config: Config) -> list[Notice]:
        """Change the configuration: by a reload, or while the daemon is down."""
        self.config = config
        notices = self.watch.adopt(self.config) if self.up else []
        self.hear(notices)
        return notices

    def dies(self) -> None:
        """Kill the daemon."""
        self.up = False

    def comes_up(self, *, upgraded: bool = False) -> list[Notice]:
        """Start it again, with what it saved last; `upgraded`: that was a release that knew less."""
        text, fed, _ = self._saved
        if upgraded:
            self.ledger.forget_how_grave()
        return self.resume(_older(text) if upgraded else text, fed)

    def resume(self, checkpoint: str, fed: int = 0) -> list[Notice]:
        """Start the daemon with a checkpoint, empty: with none, after `fed` lines of the log."""
        found = (
            read(checkpoint, {rule.id: rule for rule in self.config.rules}) if checkpoint else Checkpoint()
        )
        watched = found.sources[SOURCE].watched if checkpoint else Watched(Reading(SOURCE))
        self.watch = Watch(self.config, {SOURCE: watched}, found.book, found.moments)
        self.up, self._fed, self._ticked_at = True, fed, self.now
        self._deliver(found)
        self._print()
        notices = self._feed()  # history
        self.hear(notices)
        self.watch.following(SOURCE, live=True)
        return [*notices, *self.turn()]

    # ---- what is

    @property
    def active(self) -> dict[str, Alert]:
        return {alert.key: alert for alert in self.watch.book.active()}

    @property
    def running(self) -> set[str]:
        """Return the digests of the models that run."""
        return {record.subject for record in self.watch.sources[SOURCE].reading.fleet.runners}

    @property
    def speaking(self) -> set[tuple[str, str]]:
        """Return (subject, id) of the alerts that make others silent, as the API shows them."""
        return {
            (alert.finding.subject, alert.id)
            for alert in self.active.values()
            if alert.rule in ("thrashing", "server-down") and alert.state == "firing"
        }

    def hear(self, notices: list[Notice]) -> None:
        """Take in what people are told; write the checkpoint as the daemon does."""
        self.ledger.take(notices, self.now)
        self._deliveries.collect()
        self._deliveries.add(notices)
        self._deliveries.catch_up(self.watch.known)
        alerts = self.watch.book.active()
        assert len({alert.key for alert in alerts}) == len(alerts)
        for alert in alerts:
            assert self.ids.setdefault(alert.id, alert.key) == alert.key, "an id is used again"
            assert alert.id not in self.ledger.over, "an alert that has ended is shown"
        begun = self.watch.book.begun != self._saved[2]
        if notices or begun or self._deliveries.changed or not self._saved[0]:
            self._saved = (self._text(), self._fed, self.watch.book.begun)
        self._deliveries.go_on()
        for box in self._new:
            for alert in self.watch.known():
                assert alert.key in box.open or not box.sink.wants(alert), f"a new sink lacks {alert}"

    # ---- how

    def _deliver(self, saved: Checkpoint) -> None:
        """Connect the sinks as the daemon does at its start."""
        held = {box.sink.name: standing(self.watch.book, saved.told, box.sink) for box in self.boxes}
        told = {name: [one.key for one in alerts] for name, alerts in held.items()} | (saved.told or {})
        new = set(held) - set(held if saved.told is None else saved.told)
        self._new = [box for box in self.boxes if box.sink.name in new]
        boxes = cast("list[Outbox]", self.boxes)
        self._deliveries = Deliveries(boxes, saved.undelivered, told, new)

    def _print(self) -> None:
        texts = str(self.log).splitlines()
        for text in texts[self._printed :]:
            self._lines.append(Line(text.encode(), len(self._lines) + 1, self.log.now, ""))
        self._printed = len(texts)

    def _feed(self) -> list[Notice]:
        fed, self._fed = self._fed, len(self._lines)
        return [notice for line in self._lines[fed:] for notice in self.watch.feed(SOURCE, line)]

    def _text(self) -> str:
        resumed = Resumed(target=SOURCE, position=None, watched=self.watch.sources[SOURCE])
        book, moments = self.watch.book, self.watch.judging.moments
        return self._writer.write(
            Checkpoint(
                sources={SOURCE: resumed},
                book=book,
                moments=moments,
                undelivered=self._deliveries.undelivered,
                told=self._deliveries.told,
            )
        )


def webhook(severity: Severity) -> Webhook:
    """Return one that takes what is at least so grave."""
    return Webhook(f"webhook-{severity}", Receiver(), page=str, instance="", min_severity=severity)


def key(rule: str, model: str) -> str:
    """Return the key of an alert of a made-up model."""
    return f"/{SOURCE}/{rule}/{digest(model)}"


def _older(text: str) -> str:
    return json.dumps(_without(json.loads(text)))


def _without(data: Any) -> Any:
    if isinstance(data, dict):
        return {name: _without(value) for name, value in data.items() if name not in _NEW}
    return [_without(one) for one in data] if isinstance(data, list) else data
