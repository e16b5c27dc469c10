"""Where an alert comes from, for people. Pure: a finding in, a sentence out."""

from ollama_watch.model import Finding, source_label
from ollama_watch.sinks.own import SINK_FAILING
from ollama_watch.sinks.wording import sentence

_USUAL = "ollama.service"  # source of most machines, which have one


def where(finding: Finding) -> str:
    """Return where it is, unless it is the usual Ollama of this machine: then two are never told alike."""
    label = source_label(finding.source)
    source = "" if label == _USUAL or finding.rule == SINK_FAILING else label
    host = f"On {finding.host}" if finding.host else ""
    return sentence(", ".join(part for part in (host, f"from {source}" if source else "") if part))
