"""Cases in a rule and beside it, and the mistakes that people make in them."""

import pytest

from ollama_watch.errors import UserError
from ollama_watch.verify.case import Case
from ollama_watch.verify.casefile import cases_beside
from ollama_watch.verify.yamlfile import Document
from tests.verify.ruletext import complaints, rule

LOG = "name: c, log: time=2026-03-01T12:00:00Z"


def own(case: str) -> Case:
    (found,) = rule(f"expect: {{parallel: 1}}\ncases: [{{{case}}}]").cases
    return found


def beside(text: str, *ids: str) -> tuple[tuple[Case, ...], list[UserError]]:
    document = Document(text, "r.test.yaml")
    return cases_beside(document, ids), document.errors


def test_a_case_in_its_rule() -> None:
    case = own(
        f"{LOG}, want: {{'*': 8192, 'q*': {{context: 4096}}}}, alerts: [{{severity: info, actual: 4}}]"
    )

    assert (case.name, case.rule, case.origin) == ("c", "r", "r.yaml:6")
    assert case.log == "time=2026-03-01T12:00:00Z"
    assert case.want == {"*": 8192, "q*": 4096}
    assert [(one.at, one.alerts) for one in case.moments] == [(None, ({"severity": "info", "actual": "4"},))]


def test_a_case_of_facts_alone() -> None:
    case = own("name: c, facts: {parallel: 4, model: a, lora: [b], embedding: yes, mlock: null}, alerts: []")

    assert case.facts == {"parallel": 4, "model": ("a",), "lora": ("b",), "embedding": True}


def test_moments_are_spans_in_their_order_and_the_end_is_last() -> None:
    case = own(f"{LOG}, moments: {{end: [], 5m: [], 0s: [{{}}]}}")

    assert [moment.at for moment in case.moments] == [0.0, 300.0, None]


def test_a_case_beside_is_for_the_one_rule_of_its_file() -> None:
    (case,), errors = beside(f"cases: [{{{LOG}, alerts: []}}]", "r")

    assert (case.rule, errors) == ("r", [])


def test_where_there_are_several_it_names_its_rule() -> None:
    (case,), errors = beside(f"cases: [{{rule: b, {LOG}, alerts: []}}]", "a", "b")
    _, nameless = beside(f"cases: [{{{LOG}, alerts: []}}]", "a", "b")

    assert (case.rule, errors) == ("b", [])
    assert nameless[0].message == "key 'rule' is missing"


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("name: c, alerts: []", "a case has exactly one of: log, file, facts"),
        ("name: c, log: a, file: b, alerts: []", "a case has exactly one of: log, file, facts"),
        (LOG, "a case that expects nothing"),
        (f"{LOG}, alerts: [], moments: {{}}", "alerts beside moments"),
        (f"{LOG}, alerts: null", "nothing stands here"),
        (f"{LOG}, moments: {{0s: null}}", "nothing stands here"),
        (f"{LOG}, told: null", "nothing stands here"),
        (f"{LOG}, told: [{{what: started}}]", "unknown kind of notice 'started'"),
        (f"{LOG}, told: [{{at: soon}}]", "expected a span of time, not 'soon'"),
        (f"{LOG}, told: [{{severity: grave}}]", "unknown severity 'grave'"),
        (f"{LOG}, until: 11y, told: []", "expected a span of time, not '11y'"),
        (f"{LOG}, until: 3651d, told: []", "a span of more than ten years"),
        ("name: c, log: a line, moments: {5m: []}", "none of its lines carries a time"),
        ("name: c, log: a line, told: [{at: 5m}]", "none of its lines carries a time"),
        ("name: c, facts: {parallel: 4}, told: []", "facts have no time, which `told` needs"),
        ("name: ' ', log: a line, alerts: []", "an empty name"),
        ("name: c, facts: {engine: llama-servr}, alerts: []", "unknown word for engine 'llama-servr'"),
        ("log: a, alerts: []", "key 'name' is missing"),
        (f"{LOG}, alerts: [{{sevrity: info}}]", "unknown key 'sevrity'"),
        (f"{LOG}, alerts: [{{severity: grave}}]", "unknown severity 'grave'"),
        (f"{LOG}, alerts: {{severity: info}}", "expected a list"),
        (f"{LOG}, moments: {{soon: []}}", "expected a span of time, not 'soon'"),
        (f"{LOG}, moments: {{}}", "no moment to look at"),
        (f"{LOG}, alerts: [], want: {{'*': much}}", "expected a whole number, not 'much'"),
        (f"{LOG}, alerts: [], wnat: {{}}", "unknown key 'wnat'"),
        ("name: c, facts: {parallel: four}, alerts: []", "expected a number, not 'four'"),
        ("name: c, facts: {paralel: 4}, alerts: []", "unknown fact 'paralel'"),
    ],
)
def test_mistakes(case: str, message: str) -> None:
    text = f"rules: [{{id: r, severity: info, summary: s, expect: {{parallel: 1}}, cases: [{{{case}}}]}}]"

    assert message in [error.message for error in complaints(text)]
