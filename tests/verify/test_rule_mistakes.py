"""A mistake in a rule: its place, the line, a caret under it, and what to write instead."""

import pytest

from tests.verify.ruletext import complaints

HEAD = "rules:\n  - id: mine\n    severity: info\n    summary: s\n"


def mistake(body: str) -> tuple[str, str, str]:
    """Return (message, what the caret underlines, hint) of the only mistake in a rule with `body`."""
    (error,) = complaints(HEAD + "".join(f"    {line}\n" for line in body.splitlines()))
    assert error.place is not None
    start = error.place.column - 1
    return error.message, error.place.source[start : start + error.place.width], error.hint


def test_a_mistake_is_shown_with_its_line_and_a_caret() -> None:
    (error,) = complaints(HEAD + '    expect: {ctx_per_slt: ">= 8192"}\n')

    assert str(error) == (
        "a.yaml:5:14: unknown fact 'ctx_per_slt'\n"
        '        expect: {ctx_per_slt: ">= 8192"}\n'
        "                 ^^^^^^^^^^^\n"
        "hint: did you mean 'ctx_per_slot'?"
    )


@pytest.mark.parametrize(
    ("body", "message", "spot", "hint"),
    [
        ("expct: {parallel: 1}\non: thrashing", "unknown key 'expct'", "expct", "did you mean 'expect'?"),
        (
            "on: prompt_trunkated",
            "unknown event 'prompt_trunkated'",
            "prompt_trunkated",
            "'prompt_truncated'?",
        ),
        ("on: load_failed\nwhen: {eror: x}", "unknown fact 'eror'", "eror", "did you mean 'error'?"),
        ("on: load_failed\nseverity: info", "key 'severity' is given twice", "severity", ""),
        ("expect: {parallel: 1, parallel: 2}", "key 'parallel' is given twice", "parallel", ""),
        ('expect: {parallel: ">= ctx_wnted"}', "unknown fact 'ctx_wnted'", '">= ctx_wnted"', "'ctx_wanted'?"),
        (
            "expect: {parallel: 1.5}",
            "expected a number, a comparison such as >= 8192, or a range, not '1.5'",
            "1.5",
            "",
        ),
        (
            "expect: {parallel: 8k}",
            "expected a number, a comparison such as >= 8192, or a range, not '8k'",
            "8k",
            "",
        ),
        ("expect: {embedding: maybe}", "expected true or false, not 'maybe'", "maybe", ""),
        ("expect: {flash_attention: 2}", "expected on, off or auto, not '2'", "2", ""),
        ('expect: {ollama_version: ">= new"}', "expected a release such as 0.15.5", '">= new"', ""),
        ("expect: {parallel: [[1]]}", "expected one value", "[1]", ""),
        ("expect: {parallel: {a: 1}}", "expected one value", "{a: 1}", ""),
        ("expect: 5", "expected a mapping of keys to values", "5", ""),
        ("on: thrashing\nunless: {busy: 5}", "expected a mapping of keys to values", "5", ""),
        ("on: thrashing\nescalate: {grave: {changes: 5}}", "unknown key 'grave'", "grave", "known: critical"),
        ("on: thrashing\ntell: twice", "unknown telling 'twice'", "twice", ""),
        ("on: thrashing\nenabled: sometimes", "expected true or false, not 'sometimes'", "sometimes", ""),
        ("on: thrashing\ncount: many", "expected a whole number, not 'many'", "many", ""),
        (
            "on: thrashing\nwithin: 10 minutes",
            "expected a span of time, not '10 minutes'",
            "10 minutes",
            "10m",
        ),
        ("on: thrashing\nhold: 5", "expected a span of time, not '5'", "5", "write 30s, 10m, 24h or 7d"),
        ("on: thrashing\nrunbook: [a]", "expected one value", "[a]", ""),
    ],
)
def test_a_mistake_is_named_where_it_stands(body: str, message: str, spot: str, hint: str) -> None:
    told, underlined, advice = mistake(body)

    assert told.startswith(message)
    assert underlined == spot
    assert hint in advice


def test_a_summary_may_name_facts_only() -> None:
    (error,) = complaints(
        "rules: [{id: a, severity: info, summary: 'x {ctx_per_slo}', expect: {parallel: 1}}]"
    )

    assert (error.message, error.hint) == ("unknown fact 'ctx_per_slo'", "did you mean 'ctx_per_slot'?")


def test_an_unknown_severity_is_answered_with_the_known_ones() -> None:
    (error,) = complaints("rules: [{id: a, severity: fatal, summary: x, on: thrashing}]")

    assert error.message == "unknown severity 'fatal'"
    assert "critical" in error.hint


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("rules: [{severity: info}]", ["key 'id' is missing"]),
        (
            "rules: [{id: a}]",
            ["rule 'a' lacks 'severity'", "rule 'a' lacks 'summary'", "rule 'a' expects nothing"],
        ),
        ("rules: [{id: a, severity: info, summary: s}]", ["rule 'a' expects nothing"]),
        ("rules: {id: a}", ["expected a list"]),
        ("rules: [5]", ["expected a mapping of keys to values"]),
        ("- id: a", ["expected a mapping of keys to values"]),
        ("rule: []", ["unknown key 'rule'", "key 'rules' is missing"]),
        ("rules: [", ["not YAML: did not find expected node content"]),
        ("rules: &a [*b]", ["an alias: *b"]),
        ("", []),
        ("rules:", []),
    ],
)
def test_a_file_that_is_no_list_of_whole_rules_is_refused(text: str, messages: list[str]) -> None:
    told = [error.message for error in complaints(text)]

    assert len(told) == len(messages)
    assert all(
        one.startswith(message.partition(" '")[0]) for one, message in zip(told, messages, strict=True)
    )


def test_a_value_that_holds_itself_is_a_mistake_like_others() -> None:
    (error,) = complaints(HEAD + "    expect: {parallel: &me [*me]}\n")

    assert error.message == "an alias: *me"


def test_a_rule_given_twice_in_a_file_is_a_mistake() -> None:
    whole = "{id: a, severity: info, summary: s, on: thrashing}"

    assert [str(error).splitlines()[0] for error in complaints(f"rules:\n  - {whole}\n  - {whole}\n")] == [
        "a.yaml:3:10: rule 'a' is given twice"
    ]


def test_a_rule_shipped_twice_is_a_mistake() -> None:
    whole = "{id: a, severity: info, summary: s, on: thrashing}"

    assert len(complaints(shipped=f"rules: [{whole}, {whole}]")) == 1


def test_all_mistakes_of_all_files_are_told_at_once() -> None:
    first = HEAD + "    expect: {paralel: 1, parallel: x1}\n    tell: never\n"
    second = "rules: [{id: other, severity: grave}]"

    places = [str(error.place) for error in complaints(first, second) if error.place]

    assert [place.partition(":")[0] for place in places] == ["a.yaml"] * 3 + ["b.yaml"] * 3


def test_several_mistakes_are_shown_one_under_the_other() -> None:
    errors = complaints(HEAD + "    expect: {paralel: 1}\n    tell: never\n")

    assert len(errors) == 2
    assert all("^" in str(error) for error in errors)
