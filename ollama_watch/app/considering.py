"""Holding what lines told against the rules one by one, with the reasons: the judging half of `rules try`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from math import inf

from ollama_watch.app.trial import Trial
from ollama_watch.model import SEVERITIES, Facts, Launch, Occurrence
from ollama_watch.verify.explained import Step, steps
from ollama_watch.verify.judge import judge
from ollama_watch.verify.occurrences import Occurrences
from ollama_watch.verify.rule import Broken, Rule, Unknown, Verdict

_DIGEST = 64  # hex digits


@dataclass(frozen=True, slots=True, kw_only=True)
class Considered:
    """One rule held against one launch, or one occurrence; neither: its event did not come."""

    rule: Rule
    facts: Facts = field(default_factory=dict)
    verdict: Verdict | None = None
    steps: tuple[Step, ...] = ()
    name: str = ""  # what people call the model that it is about
    seen: int = 1  # occurrences within the rule's `within`
    lasted: float = inf  # s of log time since it is broken, where the rule waits for that

    @property
    def fires(self) -> bool:
        """Tell whether the daemon would have an alert that fires, once at least."""
        enough = self.seen >= self.rule.count and self.lasted >= self.rule.pending_for
        return isinstance(self.verdict, Broken) and enough


def consider(rules: Sequence[Rule], trial: Trial, launch: Launch | None) -> Iterator[Considered]:
    """Yield what comes of each rule: for one launch, or for all that happened of its event."""
    for rule in rules:
        if rule.on:
            yield _event(rule, trial)
        elif launch:
            verdict = judge(rule, launch.facts)
            lasted = _broken_for(rule, launch, trial) if rule.pending_for else inf
            yield Considered(
                rule=rule,
                facts=launch.facts,
                verdict=verdict,
                steps=tuple(steps(rule, launch.facts)),
                name=launch.name,
                lasted=lasted,
            )
        else:
            yield Considered(rule=rule)


def _broken_for(rule: Rule, launch: Launch, trial: Trial) -> float:
    """Return how long launches of this model have broken the rule without a break, to the end of the log."""
    same = [one for one in trial.launches if one.subject == launch.subject and one.superseded_by is None]
    before = [one for one in same if one.index <= launch.index]
    after = [one for one in same if one.index > launch.index]
    not_kept = list(takewhile(lambda one: not _ends(rule, one), reversed(before)))
    since = min((one.at for one in not_kept if isinstance(judge(rule, one.facts), Broken)), default=launch.at)
    return next((one.at for one in after if _ends(rule, one)), trial.ended) - since


def _ends(rule: Rule, launch: Launch) -> bool:
    """Tell whether a launch ends an alert of the rule; what is unknown does not."""
    return not isinstance(judge(rule, launch.facts), Broken | Unknown)


@dataclass(frozen=True, slots=True)
class _Met:
    """One occurrence that a rule met."""

    occurrence: Occurrence
    facts: Facts
    verdict: Verdict
    seen: int  # 0: it was none of those that the rule counts


def _event(rule: Rule, trial: Trial) -> Considered:
    """Return what comes of an event rule: its gravest alert that fires, else what is nearest to one."""
    met = list(_met(rule, trial.occurrences))
    if not met:
        return Considered(rule=rule)
    alerts = list(_alerts(rule, [one for one in met if one.seen >= rule.count], trial.ended))
    if alerts:
        chosen, lasted = max(
            reversed(alerts), key=lambda alert: (alert[1] >= rule.pending_for, _grave(alert[0]))
        )
    else:
        chosen, lasted = max(reversed(met), key=lambda one: one.seen), inf
    return Considered(
        rule=rule,
        facts={**chosen.facts, "count": chosen.seen},
        verdict=chosen.verdict,
        steps=tuple(steps(rule, chosen.facts)),
        name=_name(chosen.occurrence),
        seen=chosen.seen,
        lasted=lasted,
    )


def _met(rule: Rule, occurrences: Sequence[Occurrence]) -> Iterator[_Met]:
    counter = Occurrences([replace(rule, enabled=True, count=1)])
    for one in occurrences:
        if one.kind == rule.on:
            known: Facts = one.launch.facts if one.launch else {}
            facts = {**known, **one.fields}
            seen = next((int(str(told["count"])) for _, _, told in counter.take(one, known)), 0)
            yield _Met(one, facts, judge(rule, facts), seen)


def _alerts(rule: Rule, reached: Sequence[_Met], ended: float) -> Iterator[tuple[_Met, float]]:
    """Yield the gravest moment of each alert, and how long it lasted (s): until its hold is over."""
    lasting: dict[str, list[_Met]] = {}
    alerts: list[list[_Met]] = []
    for one in reached:
        alert = lasting.get(subject := _subject(one.occurrence))
        if alert is None or one.occurrence.at - alert[-1].occurrence.at >= rule.hold:
            alert = lasting[subject] = []
            alerts.append(alert)
        alert.append(one)
    for alert in alerts:
        over = alert[-1].occurrence.at + rule.hold
        lasted = max(min(ended, over) - alert[0].occurrence.at, 0.0)
        yield max(reversed(alert), key=_grave), lasted


def _grave(met: _Met) -> int:
    return SEVERITIES.index(met.verdict.severity) if isinstance(met.verdict, Broken) else -1


def _subject(occurrence: Occurrence) -> str:
    return occurrence.launch.subject if occurrence.launch else occurrence.subject


def _name(occurrence: Occurrence) -> str:
    if occurrence.launch:
        return occurrence.launch.name
    subject = occurrence.subject
    return f"sha256:{subject[:12]}" if len(subject) == _DIGEST else subject or "unknown model"
