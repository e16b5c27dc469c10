"""Event rules: how often something happened within a span."""

from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence

from ollama_watch.model import Facts, Occurrence
from ollama_watch.verify.judge import judge
from ollama_watch.verify.rule import Broken, Rule

_MOST = 1000  # (rule, subject) pairs remembered of one source
_ENOUGH = 1000  # moments kept for one of them
_SOURCES = 10_000  # files and hosts come and go

Key = tuple[str | None, str, str, str]  # host, source, rule, subject

Moments = OrderedDict[Key, deque[float]]


class Occurrences:
    """Counts by host, source, rule and subject. Belongs to one thread.

    `moments`: what an earlier counter with other rules, or an earlier process, has counted.
    """

    def __init__(self, rules: Sequence[Rule], moments: Moments | None = None) -> None:
        self._rules = [rule for rule in rules if rule.on and rule.enabled]
        self.moments: Moments = OrderedDict() if moments is None else moments
        # The same keys by source: what happens on a noisy host pushes out nothing of a quiet one's.
        self._own: OrderedDict[tuple[str | None, str], OrderedDict[Key, None]] = OrderedDict()
        for key in self.moments:
            self._own.setdefault(key[:2], OrderedDict())[key] = None

    def take(self, occurrence: Occurrence, facts: Facts) -> Iterator[tuple[Rule, Broken, Facts]]:
        """Yield each rule that `occurrence` breaks, and its fields with the launch's facts and `count`."""
        for rule in self._rules:
            if rule.on != occurrence.kind:
                continue
            known = {**facts, **occurrence.fields}
            verdict = judge(rule, known)
            if not isinstance(verdict, Broken):
                continue
            seen = self._seen(rule, occurrence)
            if seen >= rule.count:
                yield rule, verdict, {**known, "count": seen}

    def _seen(self, rule: Rule, occurrence: Occurrence) -> int:
        subject = occurrence.launch.subject if occurrence.launch else occurrence.subject
        key = (occurrence.host, occurrence.source, rule.id, subject)
        moments = self._kept(key)
        moments.append(occurrence.at)
        while len(moments) > _ENOUGH or occurrence.at - moments[0] > rule.within:
            moments.popleft()
        return len(moments)

    def _kept(self, key: Key) -> deque[float]:
        """Return the moments of a key, which is the newest now; the oldest of its source make room."""
        moments = self.moments.setdefault(key, deque())
        self.moments.move_to_end(key)
        own = self._own.setdefault(key[:2], OrderedDict())
        own[key] = None
        own.move_to_end(key)
        self._own.move_to_end(key[:2])
        if len(own) > _MOST:
            del self.moments[own.popitem(last=False)[0]]
        if len(self._own) > _SOURCES:
            for old in self._own.popitem(last=False)[1]:
                del self.moments[old]
        return moments
