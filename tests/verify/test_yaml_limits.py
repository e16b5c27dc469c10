"""Files that would take our memory or time are refused, each with a message and the place."""

from pathlib import Path

import pytest

from ollama_watch.app.config import load_config
from ollama_watch.errors import UserError
from ollama_watch.verify.yamlfile import LARGEST, Document
from tests.verify.ruletext import complaints

LAUGHS = "a: &a [ha, ha]\nb: &b [*a, *a]\nc: &c [*b, *b]\nwant: *c\n"


def test_an_alias_is_refused_where_it_stands() -> None:
    (error,) = Document(LAUGHS, "config.yaml").errors

    assert str(error) == (
        "config.yaml:2:8: an alias: *a\n"
        "    b: &b [*a, *a]\n"
        "           ^^\n"
        "hint: write it out"
    )  # fmt: skip


def test_a_merged_mapping_is_an_alias_too() -> None:
    (error,) = complaints("rules: [&a {id: a, <<: *a}]")

    assert error.message == "an alias: *a"


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
@pytest.mark.parametrize("levels", [21, 500])
def test_what_is_nested_too_deep_is_refused(opening: str, levels: int) -> None:
    document = Document(opening * levels, "rules.yaml")

    (error,) = document.errors
    assert error.message == "nested more than 20 levels deep"
    assert error.place is not None
    assert (error.place.line, document.root) == (1, None)


def test_what_is_nested_as_deep_as_allowed_is_read() -> None:
    assert Document("[" * 20 + "]" * 20, "a.yaml").errors == []


def test_a_file_that_is_too_large_is_refused() -> None:
    assert Document("#" * LARGEST, "a.yaml").errors == []
    assert [str(one) for one in Document("#" * (LARGEST + 1), "a.yaml").errors] == [
        "a.yaml: larger than 1 MiB"
    ]


@pytest.mark.parametrize("place", ["config.yaml", "rules.d/mine.yaml", "want.d/mine.yaml"])
def test_no_more_of_a_file_is_read_than_allowed(tmp_path: Path, place: str) -> None:
    for path in (tmp_path / "config.yaml", tmp_path / place):
        path.parent.mkdir(exist_ok=True)
        path.touch()
    with (tmp_path / place).open("r+b") as stream:
        stream.truncate(1 << 40)  # takes no room

    with pytest.raises(UserError, match=f"{place}: larger than 1 MiB"):
        load_config(tmp_path / "config.yaml")


@pytest.mark.parametrize("digits", [5000, 100_000])
@pytest.mark.parametrize("value", ["%s", "%s..%s", ">= %s"])
def test_a_number_of_too_many_digits_is_a_mistake(value: str, digits: int) -> None:
    number = "9" * digits
    text = value.replace("%s", number)
    rule = f"rules: [{{id: a, severity: info, summary: s, for: {number}, expect: {{parallel: '{text}'}}}}]"

    told = complaints(rule)

    assert len(told) == 2


def test_what_not_even_the_library_follows_is_refused() -> None:
    (error,) = Document("[" * 100_000, "rules.yaml").errors

    assert error.message.startswith(("not YAML: exceeded maximum nesting depth", "nested more than 20"))
