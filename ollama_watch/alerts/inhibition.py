"""Which alerts keep quiet while another one fires that says more."""

from collections.abc import Iterator

from ollama_watch.alerts.alert import key_of
from ollama_watch.model import Finding

THRASHING, DOWN, SERVER = "thrashing", "server-down", "server"  # two rules, and the subject of the second
SPEAKERS = (THRASHING, DOWN)
_CONTEXT, _CONTEXTS = "context-", ("ctx_size", "ctx_per_slot")


def speakers(finding: Finding) -> Iterator[str]:
    """Yield the keys of the alerts that speak for the one of `finding` while they fire."""
    about_context = finding.rule.startswith(_CONTEXT) or finding.fact in _CONTEXTS
    if about_context and finding.rule != THRASHING:
        yield key_of(finding.host, finding.source, THRASHING, finding.subject)
    if finding.rule != DOWN:
        yield down_key(finding.host, finding.source)


def down_key(host: str | None, source: str) -> str:
    """Return the key of the alert that the server of a source is down."""
    return key_of(host, source, DOWN, SERVER)
