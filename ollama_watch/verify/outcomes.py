"""Reading what comes of a case: alerts at its end or at moments, and what people are told over it."""

from math import inf

import yaml

from ollama_watch.model import SEVERITIES
from ollama_watch.verify.case import TOLD, WHATS, Moment, Notice, Told
from ollama_watch.verify.yamlfile import Document, positions

END = "end"  # the moment after the last line
_OTHER_WORDS = {"count": "times"}


def moments(document: Document, keys: dict[str, yaml.Node]) -> tuple[Moment, ...]:
    """Return what `alerts` or `moments` among the keys of a case say, in the order of time."""
    if "alerts" in keys:
        return (Moment(at=None, alerts=_alerts(document, keys["alerts"])),)
    if "moments" not in keys:
        return ()
    found = [
        Moment(at=None if name == END else document.span(key), alerts=_alerts(document, value))
        for name, (key, value) in document.mapping(keys["moments"]).items()
    ]
    if not found:
        document.complain(keys["moments"], "no moment to look at", "write `5m: []` for quiet after 5 minutes")
    return tuple(sorted(found, key=lambda moment: inf if moment.at is None else moment.at))


def told(document: Document, node: yaml.Node) -> tuple[Notice, ...]:
    """Return what `told` says."""
    if document.is_null(node):
        document.complain(node, "nothing stands here", "write [] if nobody is told anything")
    return tuple(_notice(document, one) for one in document.sequence(node))


def _notice(document: Document, node: yaml.Node) -> Notice:
    keys = positions(document.mapping(node, ("at", "what", *TOLD), (), _OTHER_WORDS))
    return Notice(
        at=document.span(keys["at"]) if "at" in keys else None,
        what=document.one_of(keys["what"], "kind of notice", WHATS) if "what" in keys else None,
        alert=_told(document, {key: value for key, value in keys.items() if key in TOLD}),
    )


def _alerts(document: Document, node: yaml.Node) -> tuple[Told, ...]:
    if document.is_null(node):
        document.complain(node, "nothing stands here", "write [] if the rule stays quiet")
    return tuple(
        _told(document, positions(document.mapping(one, TOLD, (), _OTHER_WORDS)))
        for one in document.sequence(node)
    )


def _told(document: Document, keys: dict[str, yaml.Node]) -> Told:
    if "severity" in keys:
        document.one_of(keys["severity"], "severity", SEVERITIES)
    return {key: document.text(value) for key, value in keys.items()}
