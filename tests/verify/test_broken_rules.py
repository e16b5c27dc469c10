"""Broken rule files, each named for its mistake, and all that the user reads about it.

To accept new messages: UPDATE_GOLDEN=1 pytest tests/verify/test_broken_rules.py, then read the diff as if you
had written the rule.
"""

import os
import re
from pathlib import Path

import pytest

from tests.verify.rulefiles import BROKEN, GOOD, HERE, told

CHUNK = re.compile(
    r"(?P<place>[\w.-]+\.yaml:\d+:\d+): (?P<message>.+)\n"
    r"    (?P<source>.*)\n"
    r"    (?P<caret> *\^+)\n"
    r"hint: (?P<hint>.+)"
)


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: str(file.stem))
def test_a_mistake_is_told_in_these_words(file: Path) -> None:
    """What is wrong, where, the line with a caret under the spot, and what to write instead."""
    seen = told(file)

    golden = file.with_suffix(".txt")
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(seen, encoding="utf-8")
    assert seen == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("golden", sorted((HERE / "broken").glob("*.txt")), ids=lambda file: str(file.stem))
def test_every_message_has_a_place_a_caret_and_a_hint(golden: Path) -> None:
    messages = golden.read_text(encoding="utf-8").rstrip("\n").split("\n\n")

    assert golden.with_suffix(".yaml").is_file()
    for message in messages:
        found = CHUNK.fullmatch(message)
        assert found, message
        assert len(found["caret"]) <= max(len(found["source"]), 1) + 1


def test_all_mistakes_of_all_files_are_told_in_one_run() -> None:
    """A file that is no text, one that is no YAML, one with two mistakes, one with one."""
    names = ("latin-1", "tab", "condition-too-far-left", "shipped-id-misspelt")
    broken = [HERE / "broken" / f"{name}.yaml" for name in names]

    each = [file.with_suffix(".txt").read_text(encoding="utf-8") for file in broken]
    assert told(HERE / "good" / "comments-only.yaml", *broken) == "\n".join(each)


@pytest.mark.parametrize("file", GOOD, ids=lambda file: str(file.stem))
def test_what_only_looks_like_a_mistake_is_none(file: Path) -> None:
    assert told(file) == ""
