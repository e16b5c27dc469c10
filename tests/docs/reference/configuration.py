"""packaging/reference/configuration.md: every key, with the words of ollama-watchd-config(5)."""

from collections.abc import Iterator
from pathlib import Path

from tests.docs.configuration import KEYS, LISTS, PATTERN, Key
from tests.docs.reference.markdown import code, page, table

WHOLE = Path(__file__).with_name("whole.yaml")  # every part, once
_HEAD = """\
Nothing has to be configured. What can be stands in `/etc/ollama-watchd/config.yaml` (a service), or in
`$XDG_CONFIG_HOME/ollama-watchd/config.yaml` (yours, by default `~/.config/…`), which is taken instead where
it exists. Beside it:

| Place | Holds |
|---|---|
| `want.d/*.yaml` | more files with a `want:`; `ollama-watchd accept` writes there |
| `rules.d/*.yaml` | your rules and their cases; see [writing rules](../../rules/writing.md) |

They count where that file exists, which may be empty. Their names end in `.yaml` or `.yml`; hidden files
are passed over. A mistake is one message with file, line, column and a hint, and all mistakes are told at
once. Changed wishes and rules are taken in while the daemon runs, or at once with SIGHUP, also from files
and folders that were not there when it was started; a mistake in them keeps the old ones in force.
`sources`, `http`, `sinks` and `models` are read at its start: where they change it says that it needs a
restart, in its log, `systemctl status` and `doctor`.

Paths that do not begin with `/` begin beside the file. A span of time is `30s`, `10m`, `24h` or `7d`. `TAG`
is a model's tag or a pattern. Of a kind of sink there may be several, such as `webhook-ops` and
`command-phone`; `log` and `desktop` are one each."""
_EXAMPLE = "## An example\n\nWith every part; nobody needs them all."


def text() -> str:
    tops = [key for key in KEYS if "." not in key.path]
    return page("Configuration", _HEAD, *map(_section, tops), f"{_EXAMPLE}\n\n```yaml\n{_whole()}```")


def _section(top: Key) -> str:
    rows = (_row(key) for key in KEYS if key.path.startswith(f"{top.path}."))
    return f"## {top.path}\n\n{top.meaning}\n\n{table(('Key', 'For example', 'Is'), rows)}"


def _row(key: Key) -> tuple[str, str, str]:
    return code("".join(_shown(key.path.split(".")))), code(key.value) if key.value else "", key.meaning


def _shown(words: list[str]) -> Iterator[str]:
    for number, word in enumerate(words):
        yield "." if number else ""
        yield "TAG" if word == PATTERN else word
        yield "[]" if ".".join(words[: number + 1]) in LISTS else ""


def _whole() -> str:
    return WHOLE.read_text(encoding="utf-8")
