"""The ways of telling people: one row each."""

from collections.abc import Sequence

from ollama_watch.app.config import SinkConfig
from ollama_watch.errors import UserError
from ollama_watch.sinks.log import Log
from ollama_watch.sinks.sink import Sink


def open_sinks(configured: Sequence[SinkConfig] | None) -> list[Sink]:
    """Return the configured sinks; without any, the log, and the desktop if there is one."""
    if configured is None:
        desktop = _desktop(SinkConfig("desktop"))
        return [Log(), desktop] if desktop else [Log()]
    return [_OPEN[one.name](one) for one in configured]


def _open_log(config: SinkConfig) -> Sink:
    return Log(config.min_severity)


def _open_desktop(config: SinkConfig) -> Sink:
    sink = _desktop(config)
    if sink is None:
        hint = "is jeepney installed, and does the daemon run inside a desktop session?"
        raise UserError("the desktop sink cannot be had: no session bus", hint=hint)
    return sink


def _desktop(config: SinkConfig) -> Sink | None:
    from ollama_watch.sinks.desktop import Desktop, available  # noqa: PLC0415  # jeepney costs memory

    return Desktop(config.min_severity) if available() else None


_OPEN = {"log": _open_log, "desktop": _open_desktop}
