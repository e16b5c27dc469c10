"""Event rules: how often something happens within a span of log time."""

from dataclasses import replace

from ollama_watch.model import Occurrence
from ollama_watch.verify.occurrences import Occurrences
from ollama_watch.verify.rulefile import load_rules

RULE = """\
rules:
  - id: often
    severity: info
    summary: s
    on: prompt_truncated
    when: {dropped: "> 10"}
    count: 3
    within: 10m
    escalate: {critical: {dropped: "> 1000"}}
"""
CUT = Occurrence(
    kind="prompt_truncated",
    at=0.0,
    line=1,
    cursor="",
    source="s",
    host=None,
    launch=None,
    subject="a",
    fields={"dropped": 50},
)


def counts(*occurrences: Occurrence) -> list[int]:
    """Return the count that each firing tells."""
    counter = Occurrences(load_rules([("r.yaml", RULE)]))
    return [int(str(facts["count"])) for one in occurrences for _, _, facts in counter.take(one, {})]


def at(*moments: float) -> list[Occurrence]:
    return [replace(CUT, at=moment) for moment in moments]


def test_it_fires_from_the_third_on() -> None:
    assert counts(*at(0, 1, 2, 3)) == [3, 4]


def test_what_is_longer_ago_than_the_span_does_not_count() -> None:
    assert counts(*at(0, 1, 601)) == []
    assert counts(*at(0, 1, 600)) == [3]


def test_sources_hosts_and_subjects_are_counted_apart() -> None:
    first, second = at(0, 1)

    for other in (replace(CUT, source="t"), replace(CUT, host="h"), replace(CUT, subject="b")):
        assert counts(first, second, other) == []


def test_what_when_rules_out_is_not_counted() -> None:
    assert counts(*at(0, 1), replace(CUT, fields={"dropped": 5})) == []


def test_unknown_fields_count() -> None:
    assert counts(*at(0, 1), replace(CUT, fields={"dropped": None})) == [3]


def test_other_events_are_not_counted() -> None:
    assert counts(*at(0, 1), replace(CUT, kind="thrashing")) == []


def test_an_occurrence_may_be_graver_than_the_rule() -> None:
    counter = Occurrences(load_rules([("r.yaml", RULE.replace("count: 3", "count: 1"))]))
    grave = replace(CUT, fields={"dropped": 5000})

    assert [broken.severity for one in (CUT, grave) for _, broken, _ in counter.take(one, {})] == [
        "info",
        "critical",
    ]


def test_a_noisy_source_pushes_out_nothing_of_a_quiet_one() -> None:
    noise = [replace(CUT, host="h", subject=str(number)) for number in range(1001)]

    assert counts(*at(0, 1), *noise, *at(2)) == [3]
    assert counts(*at(0, 1), *(replace(one, host=None) for one in noise), *at(2)) == []


def test_what_another_counter_counted_is_bounded_by_source_too() -> None:
    before = Occurrences(load_rules([("r.yaml", RULE)]))
    for number in range(1000):
        list(before.take(replace(CUT, subject=str(number)), {}))
    after = Occurrences(load_rules([("r.yaml", RULE)]), before.moments)
    list(after.take(replace(CUT, subject="new"), {}))

    assert len(after.moments) == 1000
    assert (None, "s", "often", "0") not in after.moments
