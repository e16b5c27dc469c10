"""Who may not read the journal is told what helps them: a service whose user passes is in no group's list."""

from ollama_watch.sources.journalfiles import hint


def test_a_passing_user_gets_its_group_from_its_unit() -> None:
    assert "[Service] SupplementaryGroups=systemd-journal" in hint(61184)
    assert "usermod" not in hint(65519)


def test_everybody_else_is_put_into_the_group() -> None:
    assert hint(1000) == "sudo usermod -aG systemd-journal $USER, then log in again"
