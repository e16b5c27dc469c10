"""ollama-watchd-config(5): every key of the configuration."""

from collections.abc import Iterator
from pathlib import Path

from tests.docs.configuration import KEYS, PATTERN, Key
from tests.docs.mdoc import block, head, literal, text

PAGE = Path(__file__).parents[2] / "packaging" / "man" / "ollama-watchd-config.5"
_ABOUT = """\
Nothing has to be configured. What can be is YAML, in the user's file if there is one, else in the
machine's, or in the file of `--config`. A mistake is one message with file, line, column and a hint, and
all mistakes are told at once, by every command that reads the file.

Files in `want.d` beside it, each with a `want:`, and rules in `rules.d` are read too, if their names end in
`.yaml` or `.yml` and do not begin with a dot. They count where that file is, and it may be empty.
`ollama-watchd accept` writes into `want.d`.

Wishes and rules are taken in while the daemon runs, or at once with SIGHUP; a mistake in them keeps the old
ones in force. `sources`, `http`, `sinks` and `models` are read at its start.

Paths that are not absolute begin where the configuration stands, and those that begin with
`$CREDENTIALS_DIRECTORY/` are files that systemd hands to the service alone: see LoadCredential= in
systemd.exec(5). Spans of time are written as `30s`, `4m`, `24h` or `7d`.

Below, each key stands with a value that it may have, and `TAG` for any tag or pattern. `sources` is a list.

Of a kind of sink there may be several: give each a name, as in `webhook-ops` or `command-phone`. `log` and
`desktop` are one each.
""".split("\n\n")
_EXAMPLE = """\
want:
  "qwen2.5-coder:*": {context: 32768, parallel: 1, gpu_layers: all}
  "*": {context: 8192}
sources:
  - {name: workstation, journal: {unit: ollama.service}}
  - {name: pods, file: {path: "/var/log/pods/*/ollama/*.log"}}
sinks:
  log: {}
  alertmanager: {url: "http://127.0.0.1:9093"}
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield from head("ollama-watchd-config", 5, "configuration of ollama-watchd")
    yield ".Sh SYNOPSIS"
    yield ".Pa ~/.config/ollama-watchd/config.yaml"
    yield ".Pp"
    yield ".Pa /etc/ollama-watchd/config.yaml"
    yield ".Sh DESCRIPTION"
    for index, paragraph in enumerate(_ABOUT):
        yield from (".Pp",) if index else ()
        yield from text(paragraph)
    for top in (key for key in KEYS if "." not in key.path):
        yield f".Sh {top.path.upper()}"
        yield from text(top.meaning)
        yield ".Bl -tag -width Ds"
        for key in KEYS:
            if key.path.startswith(f"{top.path}."):
                yield _item(key)
                yield from text(key.meaning)
        yield ".El"
    yield ".Sh EXAMPLES"
    yield from block(_EXAMPLE.splitlines())
    yield ".Sh SEE ALSO"
    yield ".Xr ollama-watchd 1 ,"
    yield ".Xr ollama-watchd-rules 5 ,"
    yield ".Xr systemd.exec 5"


def _item(key: Key) -> str:
    shown = key.path.replace(f".{PATTERN}.", ".TAG.")
    return f".It Cm {literal(shown)}{f' Ar {literal(key.value)}' if key.value else ''}"
