"""Which sinks `--sink` means: those of the configuration by their names, and those that need none."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from ollama_watch.app.sinksconfig import SinkConfig
from ollama_watch.errors import UserError
from ollama_watch.verify.slips import nearest

_BARE = ("log", "desktop")
_NEEDS = {  # what each of the others cannot do without
    "alertmanager": 'url: "http://127.0.0.1:9093"',
    "webhook": "url_file: /run/credentials/…, or url: …",
    "command": "run: [/usr/local/bin/on-alert]",
}


def choose(
    names: Iterable[str], configured: Sequence[SinkConfig] | None, file: Path
) -> tuple[SinkConfig, ...]:
    """Return the sinks of these names; `file`: where the configuration is, or would be. Raises UserError."""
    known = {sink.name: sink for sink in configured or ()}
    return tuple(known.get(name) or _bare(name, known, file) for name in dict.fromkeys(names))


def _bare(name: str, known: Iterable[str], file: Path) -> SinkConfig:
    kind = name.partition("-")[0]
    if name in _BARE:
        return SinkConfig(name)
    if kind in _NEEDS:
        hint = f"write it into {file}: sinks: {{{name}: {{{_NEEDS[kind]}}}}}"
        raise UserError(f"--sink {name}: such a sink needs a configuration", hint=hint)
    raise UserError(f"--sink {name}: there is no such sink", hint=nearest(name, {*_BARE, *_NEEDS, *known}))
