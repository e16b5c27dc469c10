"""Several mistakes at once, and the places of those that files in `broken` cannot show."""

import pytest

from tests.verify.ruletext import complaints

HEAD = "rules:\n  - id: mine\n    severity: info\n    summary: s\n"


def test_the_value_of_a_misspelt_key_is_read_all_the_same() -> None:
    """The second mistake is told in the same run; and `expect`, which it can only mean, is not missing."""
    told = complaints(HEAD + "    expct: {paralel: 1}\n")

    assert [error.message for error in told] == ["unknown key 'expct'", "unknown fact 'paralel'"]


@pytest.mark.parametrize(
    "keys", ["expct: {parallel: 1}, expect: {parallel: 1}", "expect: {parallel: 1}, expct: 1"]
)
def test_a_misspelt_key_beside_the_right_one_is_no_second_one(keys: str) -> None:
    (error,) = complaints(f"rules: [{{id: mine, severity: info, summary: s, {keys}}}]")

    assert error.message == "unknown key 'expct'"


def test_mistakes_are_told_in_the_order_of_the_lines() -> None:
    told = complaints(HEAD + "    when: {paralel: 1}\n    expect: {parallel: x1}\n    tell: never\n")

    assert [error.place.line for error in told if error.place] == [5, 6, 7]
    assert all("^" in str(error) for error in told)


@pytest.mark.parametrize("text", ["\ufeffrule: []", "\r\n\r\nrule: []", "# \u2028# \x85rule: []"])
def test_columns_and_lines_count_as_an_editor_counts_them(text: str) -> None:
    (error,) = complaints(text)

    assert error.place is not None
    assert (error.place.source, error.place.column, error.place.width) == ("rule: []", 1, 4)


def test_a_long_word_is_not_shown_whole() -> None:
    word = "x" * 1000
    lines = (f"{word}: 1", f"{word}: 1", f"within: {word}", f"on: {word}", f"tell: {word}")
    told = complaints(HEAD + "".join(f"    {line}\n" for line in lines))

    assert len(told) == 5
    assert all(len(error.message) < 150 for error in told)


def test_a_rule_shipped_twice_is_a_mistake() -> None:
    whole = "{id: a, severity: info, summary: s, on: thrashing}"

    assert len(complaints(shipped=f"rules: [{whole}, {whole}]")) == 1
