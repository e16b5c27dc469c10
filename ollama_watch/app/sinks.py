"""The ways of telling people: one row each."""

import os
import socket
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ollama_watch.alerts.alert import Alert
from ollama_watch.app.credentials import hint
from ollama_watch.app.sinksconfig import SinkConfig
from ollama_watch.errors import UserError
from ollama_watch.serve.status import described
from ollama_watch.sinks import journal
from ollama_watch.sinks.alertmanager import Alertmanager
from ollama_watch.sinks.command import Command
from ollama_watch.sinks.log import Log
from ollama_watch.sinks.outbox import GRACE, Outbox
from ollama_watch.sinks.post import Receiver
from ollama_watch.sinks.sink import Sink, Undelivered
from ollama_watch.sinks.webhook import Webhook


@dataclass(slots=True)
class Here:
    """What sinks tell of us, and may do here; the page is known once it listens."""

    page: str = ""  # URL of the status page
    instance: str = ""  # name of this machine
    external: str = ""  # `http.external_url`
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

    Raises UserError where one lacks what it needs from the start.
    """
    if configured is None:
        desktop = _desktop(SinkConfig("desktop"), place)
        log = _open_log(SinkConfig("log"), place)
        return [log, desktop] if desktop else [log]
    return [_OPEN[one.kind](one, place) for one in configured]


def _open_log(config: SinkConfig, _: Here) -> Sink:
    return Log(config.min_severity, journal.send if journal.is_ours(os.environ) else None)


def _open_desktop(config: SinkConfig, place: Here) -> Sink:
    sink = _desktop(config, place)
    if sink is None:
        hint = "is jeepney installed, and does the daemon run inside a desktop session?"
        raise UserError("the desktop sink cannot be had: no session bus", hint=hint)
    return sink


def _desktop(config: SinkConfig, place: Here) -> Sink | None:
    from ollama_watch.sinks.desktop import Desktop  # noqa: PLC0415  # jeepney costs memory
    from ollama_watch.sinks.session import available  # noqa: PLC0415  # as above

    if not available():
        return None
    state = place.state / "popups.json" if place.state else None
    return Desktop(config.min_severity, page=place.url, accept=place.accept, state=state)


def _open_alertmanager(config: SinkConfig, place: Here) -> Sink:
    return Alertmanager(
        config.name,
        _receiver(config),
        page=place.url,
        instance=place.instance,
        min_severity=config.min_severity,
        intervals=config.intervals,
    )


def _open_webhook(config: SinkConfig, place: Here) -> Sink:
    return Webhook(
        config.name,
        _receiver(config),
        page=place.url,
        instance=place.instance,
        min_severity=config.min_severity,
    )


def _open_command(config: SinkConfig, _: Here) -> Sink:
    program = config.run[0]
    if not os.access(program, os.X_OK) or os.path.isdir(program):  # noqa: PTH112  # as exec sees it
        hint = "is it there, executable, and not hidden from the service by ProtectHome=?"
        raise UserError(f"sink {config.name}: {program} cannot be run", hint=hint)
    return Command(
        config.name,
        config.run,
        describe=described,
        min_severity=config.min_severity,
        timeout=config.timeout,
    )


def _receiver(config: SinkConfig) -> Receiver:
    """Return it once its files are read: what is missing now would be missed at the first alert."""
    receiver = config.receiver
    try:
        receiver.check()
    except Undelivered as error:
        files = (receiver.url_file, receiver.bearer_token_file, receiver.ca_file)
        raise UserError(f"sink {config.name}: {error}", hint=hint(files)) from error
    return receiver


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
