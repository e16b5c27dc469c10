"""Holding launches and occurrences against the rules in force, with what the user wants."""

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType

from ollama_watch.app.config import WANTED, Config, Want
from ollama_watch.app.sinkrule import SINK_FAILING
from ollama_watch.cause.causes import causes
from ollama_watch.cause.fixes import fixes
from ollama_watch.cause.known import Known
from ollama_watch.model import Facts, Finding, Launch, Occurrence
from ollama_watch.state.promptsizes import PromptSizes
from ollama_watch.state.record import Record
from ollama_watch.state.updates import Reported
from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.facts import launch as as_launch
from ollama_watch.verify.judge import judge, render
from ollama_watch.verify.occurrences import Moments, Occurrences
from ollama_watch.verify.rule import Broken, NotFor, Rule, Verdict

Names = Callable[[Record], Record]
Sizes = Mapping[str, PromptSizes]
_NO_SIZES: Sizes = MappingProxyType({})

_DIGEST = re.compile(r"[0-9a-f]{64}")


def nameless(record: Record) -> Record:
    return record


class Judging:
    """Rules and wishes; counts occurrences. Belongs to one thread."""

    def __init__(self, config: Config, moments: Moments | None = None, names: Names = nameless) -> None:
        """`names` adds to a launch what its model is called."""
        self.config, self.names = config, names
        self.rules = {rule.id: rule for rule in config.rules if rule.enabled}
        self._state_rules = [rule for rule in config.rules if not rule.on and rule.enabled]
        self._occurrences = Occurrences(config.rules, moments)
        if any(want.others for want in config.want):
            self.rules[WANTED] = Want("*", None).rule()
        self.rules[SINK_FAILING.id] = SINK_FAILING

    @property
    def moments(self) -> Moments:
        """What has been counted so far."""
        return self._occurrences.moments

    @property
    def fingerprint(self) -> str:
        """Return what tells these rules and wishes from others."""
        logic = [replace(rule, cases=(), origin="") for rule in self.config.rules]
        return hashlib.sha256(repr((logic, self.config.want)).encode("utf-8", "replace")).hexdigest()[:16]

    def launch(self, record: Record) -> Launch:
        """Return the launch with what the configuration wants of it."""
        record = self.names(record)
        want = self.config.want_for(record.tags)
        return as_launch(record, want.context if want else None)

    def verdicts(self, launch: Launch) -> Iterator[tuple[Rule, Verdict]]:
        """Yield what comes of each rule; a launch that a retry replaced is not judged."""
        if launch.superseded_by is not None:
            return
        for rule in self._state_rules:
            yield rule, judge(rule, launch.facts)
        want = self.config.want_for(_tags(launch))
        if want and want.others:
            yield want.rule(), judge(want.rule(), launch.facts)
        elif WANTED in self.rules:
            yield self.rules[WANTED], NotFor()  # nothing, or nothing any more

    def finding(
        self, rule: Rule, launch: Launch, verdict: Broken, record: Record, sizes: Sizes = _NO_SIZES
    ) -> Finding:
        """Return a broken rule as people and programs are told it.

        `record` is the launch's own, `sizes` are those of prompts by subject.
        """
        prompts = sizes.get(launch.subject)
        known = Known(rule=rule.id, launch=launch, record=self.names(record), prompts=prompts)
        return Finding(
            rule=rule.id,
            severity=verdict.severity,
            launch=launch,
            source=launch.source,
            host=launch.host,
            subject=launch.subject,
            line=launch.line,
            at=launch.at,
            fact=verdict.fact,
            expected=verdict.expected,
            actual=verdict.actual,
            message=render(rule.summary, launch.facts, launch.name),
            causes=causes(known),
            fixes=fixes(known) or _filled(rule.fix, launch.facts, launch.name),
            runbook=rule.runbook,
        )

    def counted(
        self,
        reported: Reported,
        launch: Launch | None,
        source: str,
        host: str | None,
        sizes: Sizes = _NO_SIZES,
    ) -> Iterator[Finding]:
        """Yield a finding for each event rule that `reported` breaks; it was read in `source` of `host`."""
        occurrence = self.occurrence(reported, launch, source, host)
        facts: Facts = launch.facts if launch else {}
        for rule, verdict, told in self._occurrences.take(occurrence, facts):
            name = launch.name if launch else _name(occurrence.subject)
            record = self.names(reported.record) if reported.record else None
            known = Known(
                rule=rule.id,
                launch=launch,
                record=record,
                fields=occurrence.fields,
                line=occurrence.line,
                server=reported.server,
                prompts=sizes.get(launch.subject) if launch else None,
            )
            yield Finding(
                rule=rule.id,
                severity=verdict.severity,
                launch=launch,
                source=occurrence.source,
                host=occurrence.host,
                subject=launch.subject if launch else occurrence.subject,
                line=occurrence.line,
                at=occurrence.at,
                fact=None,
                expected=None,
                actual=None,
                message=render(rule.summary, told, name),
                causes=causes(known),
                fixes=fixes(known) or _filled(rule.fix, told, name),
                of_model=EVENTS[occurrence.kind].of_model,
                fields=occurrence.fields,
                runbook=rule.runbook,
            )

    def occurrence(
        self, reported: Reported, launch: Launch | None, source: str, host: str | None
    ) -> Occurrence:
        """Return what happened with what the configuration wants of it."""
        fields = dict(reported.fields)
        if "config_wanted" in fields:
            want = self.config.want_for(_tags(launch) if launch else ())
            fields["config_wanted"] = want.context if want else None
        return Occurrence(
            kind=reported.kind,
            at=reported.at,
            line=reported.line,
            cursor=reported.cursor,
            source=source,
            host=host,
            launch=launch,
            subject=reported.subject,
            fields=fields,
        )


def _name(subject: str) -> str:
    """Return what people call something that no launch is about; a digest is shortened, a tag is not."""
    return f"sha256:{subject[:12]}" if _DIGEST.fullmatch(subject) else subject or "unknown model"


def _filled(texts: Iterable[str], facts: Facts, name: str) -> tuple[str, ...]:
    return tuple(render(text, facts, name) for text in texts)


def _tags(launch: Launch) -> tuple[str, ...]:
    tags = launch.facts["model"]
    return tuple(str(tag) for tag in tags) if isinstance(tags, tuple) else ()
