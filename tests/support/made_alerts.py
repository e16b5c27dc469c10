"""Alerts made by the shipped rules, without a log: for what tells people about them."""

from dataclasses import replace

from ollama_watch.alerts.alert import Alert, End, key
from ollama_watch.alerts.notice import Notice, What
from ollama_watch.alerts.worst import worse
from ollama_watch.cause.causes import causes
from ollama_watch.cause.fixes import fixes
from ollama_watch.cause.known import Known
from ollama_watch.model import Finding, Launch, Severity, Value
from ollama_watch.sinks.sink import Sink
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.judge import render
from ollama_watch.verify.rulefile import load_rules
from ollama_watch.verify.shipped import shipped_rules

BEGIN = 1767225600.0  # s since the epoch
_RULES = {rule.id: rule for rule in load_rules(shipped_rules(), [])}


def launch(name: str, **known: Value) -> Launch:
    """Return a launch of the model `name`; facts that are not given are unknown."""
    facts: dict[str, Value] = dict.fromkeys(FACTS)
    digest = ascii(name).encode().hex().ljust(64, "0")[:64]
    facts |= {"model": (name,), "model_digest": digest, "ctx_wanted_from": "none", **known}
    return Launch(
        index=0,
        source="ollama.service",
        host=None,
        line=871,
        cursor="",
        at=BEGIN,
        era="command-line",
        complete=True,
        started=True,
        failed=False,
        facts=facts,
    )


def alert(
    rule: str,
    name: str,
    *,
    fields: dict[str, Value] | None = None,
    count: int = 1,
    lasted: float = 0.0,
    severity: Severity | None = None,
    host: str | None = None,
    **facts: Value,
) -> Alert:
    """Return a firing alert of the shipped `rule`; `fields` are an occurrence's, `lasted` is in seconds."""
    made = launch(name, **facts)
    finding = Finding(
        rule=rule,
        severity=severity or _RULES[rule].severity,
        launch=made,
        source=made.source,
        host=host,
        subject=made.subject,
        line=made.line,
        at=made.at,
        fact="ctx_per_slot",
        expected=None,
        actual=made.facts["ctx_per_slot"],
        message=render(_RULES[rule].summary, {**made.facts, **(fields or {})}, made.name),
        count=count,
        causes=causes(Known(rule=rule, launch=made)),
        fixes=fixes(Known(rule=rule, launch=made)),
        fields=fields or {},
    )
    return Alert(
        id="1",
        key=key(finding),
        state="firing",
        finding=finding,
        since=BEGIN,
        updated=BEGIN + lasted,
        worst=worse(_RULES[rule].on, None, finding),
    )


def over(alert: Alert, how: End = "fixed") -> Alert:
    """Return its end."""
    return replace(alert, state="resolved", ended=how)


def tell(sink: Sink, alert: Alert, *, quiet: bool = False) -> None:
    """Deliver it as an outbox does: only what the sink wants, and what follows on that."""
    what: What = "end" if alert.state == "resolved" else "change" if quiet else "begin"
    assert what != "begin" or sink.wants(alert)
    sink.tell(Notice(alert, what))


def reverted(name: str = "qwen2.5-coder:7b", wanted_from: str = "history") -> Alert:
    """Return what 4 slots of 2048 are where 32768 is wanted."""
    return alert(
        "context-reverted",
        name,
        ctx_size=8192,
        parallel=4,
        ctx_per_slot=2048,
        ctx_wanted=32768,
        ctx_wanted_from=wanted_from,
        ctx_is_default=True,
        ctx_trained=32768,
        ollama_version="0.6.2",
    )


def small(name: str = "qwen2.5-coder:7b") -> Alert:
    """Return what 4 slots of 2048 are where nobody wants anything."""
    return alert(
        "context-small",
        name,
        ctx_size=8192,
        parallel=4,
        ctx_per_slot=2048,
        ctx_is_default=True,
        ctx_trained=32768,
        ollama_version="0.5.7",
    )


def at_default(name: str = "llama3.2:3b") -> Alert:
    """Return what a fresh install gives."""
    return alert(
        "context-at-default",
        name,
        ctx_size=4096,
        parallel=1,
        ctx_per_slot=4096,
        ctx_is_default=True,
        ctx_trained=131072,
        ollama_version="0.12.3",
    )


def truncated(name: str = "llama3.1:8b", count: int = 12, lasted: float = 500.0) -> Alert:
    """Return what `count` cut prompts in `lasted` seconds are."""
    loss = "at least 21300 of 25400 tokens were dropped (limit 4096)"
    cut: dict[str, Value] = {"prompt": 25400, "limit": 4096, "kept": 4100, "dropped": 21300, "loss": loss}
    return alert("prompt-truncated", name, fields=cut, count=count, lasted=lasted, ctx_per_slot=4096)


def later(before: Alert, *, dropped: int, ctx_per_slot: int = 4096) -> Alert:
    """Return what one more cut prompt makes of it: the newest, that lost `dropped` tokens."""
    loss = f"at least {dropped} of 4106 tokens were dropped (limit 4096)"
    fields: dict[str, Value] = {"prompt": 4106, "limit": 4096, "kept": 4096, "dropped": dropped, "loss": loss}
    newest = alert(
        "prompt-truncated",
        before.model,
        fields=fields,
        count=before.finding.count + 1,
        ctx_per_slot=ctx_per_slot,
    )
    worst = worse("prompt_truncated", before.worst, newest.finding)
    return replace(before, finding=newest.finding, worst=worst)
