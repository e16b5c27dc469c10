"""packaging/reference/configuration.md: every key that the loader takes, as it says itself."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.docs.reference.configkeys import DEFAULTS, MEANINGS
from tests.docs.reference.markdown import code, page, table
from tests.docs.reference.taken import taken

WHOLE = Path(__file__).with_name("whole.yaml")  # every mapping that there can be, once
_HEAD = """\
Nothing has to be configured. What can be stands in `/etc/ollama-watchd/config.yaml` (a service), or in
`$XDG_CONFIG_HOME/ollama-watchd/config.yaml` (yours, by default `~/.config/…`), which is taken instead where
it exists. Beside it:

| Place | Holds |
|---|---|
| `want.d/*.yaml` | more files with a `want:`; `ollama-watchd accept` writes there |
| `rules.d/*.yaml` | your rules and their cases; see [rules](../../rules/README.md) |

Their names end in `.yaml` or `.yml`; hidden files are passed over. A mistake is one message with file,
line, column and a hint, and all mistakes are told at once. Changed wishes and rules are taken in while the
daemon runs, or at once with SIGHUP; a mistake in them keeps the old ones in force. `sources`, `http`,
`sinks` and `models` are read at its start.

Paths that do not begin with `/` begin beside the file. A span of time is `30s`, `10m`, `24h` or `7d`.
*NAME* and *TAG* are yours to choose."""


def text() -> str:
    found = taken(WHOLE.read_text("utf-8"))
    sections = [_section(path, keys) for path, keys in found.items()]
    return page("Configuration", _HEAD, *sections, _example())


def _section(path: str, keys: Iterable[str]) -> str:
    title = f"## {code(path)}" if path else "## The whole file"
    return f"{title}\n\n{table(('Key', 'Default', 'Is'), _rows(path, keys))}"


def _rows(path: str, keys: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    for key in keys:
        whole = f"{path}.{key}" if path else key
        default = DEFAULTS.get(whole)
        yield code(key), "" if default is None else code(default), MEANINGS[whole]


def _example() -> str:
    return (
        f"## An example\n\nWith every part; nobody needs them all.\n\n```yaml\n{WHOLE.read_text('utf-8')}```"
    )
