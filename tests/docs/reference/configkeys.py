"""What each key of the configuration is, for people. Its default stands in the program."""

from collections.abc import Mapping

from ollama_watch.app.httpconfig import Http
from ollama_watch.app.sinksconfig import SinkConfig
from ollama_watch.sinks.alertmanager import Intervals
from ollama_watch.sinks.post import Receiver

_RECEIVER = {
    "url": "where it is; either this or `url_file`",
    "url_file": "a file that holds the URL, where that is a secret; read anew each time",
    "bearer_token_file": "a file that holds a token, sent as `Authorization: Bearer`",
    "ca_file": "who signs the far side's certificate; absent: whoever this machine trusts",
    "timeout": "for the whole answer, from connecting on",
}
_SEVERITY = {"min_severity": "`info`, `warning` or `critical`: nothing milder is told"}
_SINKS: Mapping[str, Mapping[str, str]] = {
    "log": _SEVERITY,
    "desktop": _SEVERITY,
    "alertmanager": {
        **_SEVERITY,
        **_RECEIVER,
        "resend": "how often it is said again what holds",
        "ends_after": "after so long without a word from us an alert is over, for Alertmanager",
        "resolved_for": "how long it is said again what is over",
    },
    "webhook": {**_SEVERITY, **_RECEIVER},
    "command": {
        **_SEVERITY,
        "run": "the program by its whole path, and its arguments; no shell. It gets the alert as JSON on "
        "standard input",
        "timeout": "how long it may take",
    },
}
_WANTED = {
    "context": "tokens for one request",
    "parallel": "slots",
    "gpu_layers": "layers on the GPU; `all`",
    "batch_size": "logical batch, in tokens",
    "ubatch_size": "physical batch, in tokens",
    "flash_attention": "`on`, `off` or `auto`",
    "kv_cache_type": "`f16`, `q8_0`, …",
    "threads": "CPU threads",
    "mmap": "weights are mapped, not read",
    "mlock": "weights are locked in memory",
}
MEANINGS: Mapping[str, str] = {
    "want": "what you expect of your models, by tag; a tag may be a glob, and the most literal one counts",
    "sources": "the logs to read; absent: what is found on this machine",
    "rules": "which rules are in force",
    "http": "where the pages are, and who may read them",
    "sinks": "who is told; absent: the log, and the desktop if there is one",
    "models": "where names of models come from",
    **{f"want.TAG.{key}": meaning for key, meaning in _WANTED.items()},
    "sources[].name": "the label `source` of metrics and alerts",
    "sources[].journal": "a journal; either this or `file`",
    "sources[].file": "a file, or many",
    "sources[].journal.unit": "of a system service; `.service` may be left out",
    "sources[].journal.user_unit": "of a user's service",
    "sources[].journal.uid": "with `user_unit`: whose; absent: your own, for root everybody's",
    "sources[].journal.container": "a container of docker with the log driver `journald`, by its name",
    "sources[].journal.namespace": "of journald, where the unit has one",
    "sources[].file.path": "the file; a glob: files come and go, and each is a server of its own",
    "sources[].file.format": "`auto`: lines that docker or Kubernetes wrapped are unwrapped",
    "rules.shipped": "`false`: none of ours",
    "rules.paths": "files and folders with rules of yours",
    "http.listen": "address and port; beyond loopback only with `tls` or `allow_cleartext`",
    "http.allowed_hosts": "names by which it may be called; `localhost`, addresses and that of `listen` are",
    "http.allow_cleartext": "`true`: may listen beyond loopback without TLS",
    "http.tls": "TLS 1.2 or newer; absent: none",
    "http.tls.certificate": "a file in PEM form",
    "http.tls.key": "its key, not encrypted",
    "http.tls.client_ca": "only clients with a certificate of this CA are let in",
    "models.directory": "of Ollama's models; `null`: the one that each launch names",
    "models.ollama_api": "`off`: Ollama is never asked; `auto`: on loopback, where no directory tells",
    **{f"sinks.{kind}.{key}": told for kind, keys in _SINKS.items() for key, told in keys.items()},
}


def _span(seconds: float) -> str:
    return f"{seconds / 60:g}m" if seconds % 60 == 0 else f"{seconds:g}s"


_SPANS = {
    "resend": Intervals().resend,
    "ends_after": Intervals().ends_after,
    "resolved_for": Intervals().resolved_for,
}
DEFAULTS: Mapping[str, str] = {
    "http.listen": Http().listen,
    "http.allowed_hosts": "[]",
    "http.allow_cleartext": str(Http().allow_cleartext).lower(),
    "rules.shipped": "true",
    "rules.paths": "[rules.d]",
    "models.directory": "null",
    "models.ollama_api": "auto",
    "sources[].file.format": "auto",
    "sources[].journal.unit": "ollama.service",
    **{f"sinks.{kind}.min_severity": SinkConfig(kind).min_severity for kind in _SINKS},
    **{f"sinks.{kind}.timeout": _span(Receiver().timeout) for kind in ("alertmanager", "webhook")},
    **{f"sinks.alertmanager.{name}": _span(seconds) for name, seconds in _SPANS.items()},
    "sinks.command.timeout": _span(SinkConfig("command").timeout),
}
