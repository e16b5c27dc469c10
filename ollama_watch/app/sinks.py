"""The ways of telling people: one row each."""

import os
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ollama_watch.alerts.alert import Alert
from ollama_watch.app.sandboxed import Kept
from ollama_watch.app.sinksconfig import SinkConfig
from ollama_watch.serve.status import described
from ollama_watch.sinks import journal
from ollama_watch.sinks.alertmanager import Alertmanager
from ollama_watch.sinks.command import Command
from ollama_watch.sinks.log import Log
from ollama_watch.sinks.outbox import GRACE, Outbox
from ollama_watch.sinks.sink import Sink
from ollama_watch.sinks.webhook import Webhook


@dataclass(slots=True)
class Here:
    """What sinks tell of us, and may do here; the page is known once it listens."""

    page: str = ""  # URL of the status page
    instance: str = ""  # name of this machine
    external: str = ""  # `http.external_url`
    lacking: Sequence[Kept] = ()  # what they cannot do here
    accept: Callable[[Alert], str] | None = None  # see `Pressing`; None: nothing may be wanted
    state: Path | None = None  # folder for what is to outlive us

    def url(self) -> str:
        """Return the page's address as others may reach it: as configured, or by our name at any address."""
        if self.external:
            return self.external
        for anywhere in ("//0.0.0.0:", "//[::]:"):
            if anywhere in self.page:
                return self.page.replace(anywhere, f"//{self.instance}:", 1)
        return self.page


def here(external: str, accept: Callable[[Alert], str] | None) -> Here:
    """Return what can be known before anything listens."""
    return Here(instance=socket.gethostname(), external=external, accept=accept)


def open_sinks(configured: Sequence[SinkConfig] | None, place: Here) -> list[Sink]:
    """Return the configured sinks; without any, the log, and the desktop if there is one.

    One that lacks what it needs fails as long as it does (`app.lacking`), and costs the others nothing.
    """
    if configured is None:
        log, pop_ups = SinkConfig("log"), SinkConfig("desktop")
        desktop = [_open_desktop(pop_ups, place, patient=True)] if _has_desktop() else []
        return [_open_log(log, place), *desktop]
    return [_OPEN[one.kind](one, place) for one in configured]


def _open_log(config: SinkConfig, _: Here) -> Sink:
    return Log(config.min_severity, journal.send if journal.is_ours(os.environ) else None)


def _has_desktop() -> bool:
    from ollama_watch.sinks.session import available  # noqa: PLC0415  # jeepney costs memory

    return available()


def _open_desktop(config: SinkConfig, place: Here, *, patient: bool = False) -> Sink:
    from ollama_watch.sinks.desktop import Desktop  # noqa: PLC0415  # as above

    state = place.state / "popups.json" if place.state else None
    least = config.min_severity
    return Desktop(least, page=place.url, accept=place.accept, state=state, patient=patient)


def _open_alertmanager(config: SinkConfig, place: Here) -> Sink:
    return Alertmanager(
        config.name,
        config.receiver,
        page=place.url,
        instance=place.instance,
        min_severity=config.min_severity,
        intervals=config.intervals,
    )


def _open_webhook(config: SinkConfig, place: Here) -> Sink:
    return Webhook(
        config.name,
        config.receiver,
        page=place.url,
        instance=place.instance,
        min_severity=config.min_severity,
    )


def _open_command(config: SinkConfig, _: Here) -> Sink:
    return Command(
        config.name,
        config.run,
        describe=described,
        min_severity=config.min_severity,
        timeout=config.timeout,
    )


_OPEN: dict[str, Callable[[SinkConfig, Here], Sink]] = {
    "log": _open_log,
    "desktop": _open_desktop,
    "alertmanager": _open_alertmanager,
    "webhook": _open_webhook,
    "command": _open_command,
}


def close_all(boxes: Iterable[Outbox]) -> None:
    """Close them together: one that is stuck costs the others none of their time."""
    boxes, end = list(boxes), time.monotonic() + GRACE
    for box in boxes:
        box.hurry()
    for box in boxes:
        box.close(max(end - time.monotonic(), 0))
