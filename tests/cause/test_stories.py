"""Each cause is told by a story, with its evidence and a fix that the release of the story knows."""

from collections import Counter
from pathlib import Path

import pytest

from tests.cause.stories import STORIES
from tests.cause.telling import NOTHING, Story, play
from tests.cause.typed import commands, wrong_in

of_each = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)


@of_each
def test_what_happened_is_said(story: Story, tmp_path: Path) -> None:
    played = play(story, tmp_path)
    if story.says == NOTHING:
        assert [cause.text for cause in played.finding.causes if cause.confidence != "possible"] == []
        return

    cause = played.cause
    assert cause.confidence == story.confidence
    assert len(cause.evidence) == len(set(cause.evidence)) >= len(story.evidence)
    if story.evidence:
        shown = [played.text[line - 1] for line in cause.evidence]
        assert [words in line for words, line in zip(story.evidence, shown, strict=True)].count(False) == 0, (
            shown
        )


@of_each
def test_what_helps_is_said_first(story: Story, tmp_path: Path) -> None:
    found = play(story, tmp_path).finding

    assert all(words in found.fixes[0] for words in story.fix), found.fixes
    told = [*(cause.text for cause in found.causes), *found.fixes]
    assert not [(words, text) for words in story.silent for text in told if words in text]


@of_each
def test_what_is_to_be_typed_is_known_to_the_release(story: Story, tmp_path: Path) -> None:
    played = play(story, tmp_path)

    assert [wrong for fix in played.finding.fixes for wrong in wrong_in(fix, story.release)] == []


@of_each
def test_every_line_of_evidence_is_a_line_of_the_log(story: Story, tmp_path: Path) -> None:
    played = play(story, tmp_path)

    for cause in played.finding.causes:
        assert cause.evidence or cause.confidence != "certain", cause
        assert all(0 < line <= len(played.text) for line in cause.evidence), cause


def test_no_story_is_told_twice() -> None:
    assert [name for name, count in Counter(story.name for story in STORIES).items() if count > 2] == []


def test_some_fixes_are_commands(tmp_path: Path) -> None:
    """Else the check of what is typed proves nothing."""
    named = next(story for story in STORIES if story.of == "v1-with-a-name")

    assert commands(play(named, tmp_path).finding.fixes[0])
