"""The `sinks` part of the configuration: how people are told."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from ollama_watch.app.credentials import located
from ollama_watch.errors import UserError
from ollama_watch.model import SEVERITIES, Severity
from ollama_watch.sinks.alertmanager import Intervals
from ollama_watch.sinks.post import Receiver, wrong_with
from ollama_watch.verify.yamlfile import Document, Pairs, positions

_RECEIVER = ("url", "url_file", "bearer_token_file", "ca_file", "timeout")
_INTERVALS = ("resend", "ends_after", "resolved_for")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LONGEST = 30  # characters of a name: it is a label of metrics
_SECRET = re.compile(r"(?<=://)[^\s\"',}]*")  # of a URL: it may hold a password, or be one


@dataclass(frozen=True, slots=True)
class SinkConfig:
    """One way of telling people; its name begins with its kind."""

    name: str
    min_severity: Severity = "warning"
    receiver: Receiver = field(default_factory=Receiver)  # of alertmanager and webhook
    intervals: Intervals = field(default_factory=Intervals)  # of alertmanager
    run: tuple[str, ...] = ()  # of command: the program and its arguments
    timeout: float = 30.0  # s that a command may take

    @property
    def kind(self) -> str:
        return self.name.partition("-")[0]


def sinks(document: Document, node: yaml.Node, beside: Path) -> tuple[SinkConfig, ...]:
    """Return what `node` says; paths that are not absolute begin at `beside`."""
    before = len(document.errors)
    found = []
    for name, (key, value) in document.mapping(node).items():
        kind, _, suffix = name.partition("-")
        if kind not in _KINDS or (suffix and kind in _ONE_EACH):
            document.unknown(key, "sink", name, _KINDS)
        elif "-" in name and (not _NAME.fullmatch(suffix) or len(name) > _LONGEST):
            hint = f"write {kind}-NAME in small letters, digits and -, with at most {_LONGEST} characters"
            document.complain(key, f"{name!r} is no name of a sink", hint)
        else:
            found.append(_KINDS[kind](document, name, value, beside))
    document.errors[before:] = map(_without_secrets, document.errors[before:])
    return tuple(found)


def _plain(document: Document, name: str, node: yaml.Node, beside: Path) -> SinkConfig:
    pairs = document.mapping(node, ("min_severity",))
    return SinkConfig(name, _severity(document, pairs))


def _webhook(document: Document, name: str, node: yaml.Node, beside: Path) -> SinkConfig:
    pairs = document.mapping(node, ("min_severity", *_RECEIVER))
    receiver = _receiver(document, node, pairs, beside)
    return SinkConfig(name, _severity(document, pairs), receiver=receiver)


def _alertmanager(document: Document, name: str, node: yaml.Node, beside: Path) -> SinkConfig:
    pairs = document.mapping(node, ("min_severity", *_RECEIVER, *_INTERVALS))
    receiver = _receiver(document, node, pairs, beside)
    intervals = _intervals(document, pairs)
    return SinkConfig(name, _severity(document, pairs), receiver=receiver, intervals=intervals)


def _command(document: Document, name: str, node: yaml.Node, beside: Path) -> SinkConfig:
    pairs = document.mapping(node, ("min_severity", "run", "timeout"), ("run",))
    found = SinkConfig(name, _severity(document, pairs))
    if "timeout" in pairs:
        found = replace(found, timeout=_span(document, pairs["timeout"][1]))
    return replace(found, run=_argv(document, pairs["run"][1])) if "run" in pairs else found


def _argv(document: Document, node: yaml.Node) -> tuple[str, ...]:
    if isinstance(node, yaml.ScalarNode) and not document.is_null(node):
        words = ", ".join(str(node.value).split())
        document.complain(node, "expected a list: the program and its arguments", f"write run: [{words}]")
        return ()
    argv = tuple(document.text(word) for word in document.sequence(node))
    if isinstance(node, yaml.SequenceNode) and not (argv and argv[0]):
        document.complain(node, "no program stands here", "write run: [/usr/local/bin/on-alert]")
    elif argv and not argv[0].startswith("/"):
        hint = "a service has another PATH than you: write it whole, /usr/local/bin/…"
        document.complain(node.value[0], f"{argv[0]!r} is no whole path", hint)
    return argv


def _receiver(document: Document, node: yaml.Node, pairs: Pairs, beside: Path) -> Receiver:
    keys = positions(pairs)
    if ("url" in keys) == ("url_file" in keys):
        hint = "a URL that holds a secret belongs into a file: url_file: $CREDENTIALS_DIRECTORY/webhook"
        document.complain(node, "expected either `url:` or `url_file:`", hint)
    url = document.text(keys["url"]) if "url" in keys else ""
    if url and (trouble := _wrong_with(url)):
        document.complain(keys["url"], *trouble)
    files = {
        name: located(document.text(keys[name]), beside)
        for name in ("url_file", "bearer_token_file", "ca_file")
        if name in keys
    }
    timeout = _span(document, keys["timeout"]) if "timeout" in keys else Receiver().timeout
    return Receiver(url=url, timeout=timeout, **files)


def _wrong_with(url: str) -> tuple[str, str] | None:
    if trouble := wrong_with(url):
        return trouble, "write http://127.0.0.1:9093, with the scheme and the host"
    if "@" in url.partition("://")[2].partition("/")[0]:
        return (
            "a password does not belong here",
            "put the whole URL into a file: url_file: $CREDENTIALS_DIRECTORY/webhook",
        )
    return None


def _intervals(document: Document, pairs: Pairs) -> Intervals:
    given = {name: _span(document, pairs[name][1]) for name in _INTERVALS if name in pairs}
    found = Intervals(**given)
    if found.ends_after <= found.resend and given:
        name = next(name for name in ("ends_after", "resend") if name in given)
        text = (
            f"an alert would end after {found.ends_after:g} s, before it is said again ({found.resend:g} s)"
        )
        document.complain(pairs[name][1], text, "make ends_after some times as long as resend")
    return found


def _severity(document: Document, pairs: Pairs) -> Severity:
    if "min_severity" not in pairs:
        return "warning"
    least = document.one_of(pairs["min_severity"][1], "severity", SEVERITIES)
    return next((known for known in SEVERITIES if known == least), "warning")


def _span(document: Document, node: yaml.Node) -> float:
    """Return a span that is not zero; once complained of, any."""
    before = len(document.errors)
    found = document.span(node)
    if not found and len(document.errors) == before:
        document.complain(node, "expected a span of time that is not zero", "write 30s, 1m or 4m")
    return found or 1e9


def _without_secrets(error: UserError) -> UserError:
    """Blacken in the line that is shown whatever stands behind a URL's scheme, for it may be a password."""
    if error.place is None:
        return error
    source = _SECRET.sub(lambda found: "*" * len(found[0]), error.place.source)
    message = _SECRET.sub("…", error.message)
    return UserError(message, replace(error.place, source=source), error.hint)


_Read = Callable[[Document, str, yaml.Node, Path], SinkConfig]
_KINDS: Mapping[str, _Read] = {
    "log": _plain,
    "desktop": _plain,
    "alertmanager": _alertmanager,
    "webhook": _webhook,
    "command": _command,
}
_ONE_EACH = ("log", "desktop")
