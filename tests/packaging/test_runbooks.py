"""Each alert has a section in the runbooks that says what it means, what to do and how to silence it."""

import re

import pytest

from tests.packaging.rulefiles import ALERTS, PACKAGING, Alert

_PAGE = "packaging/runbooks.md"
_TEXT = (PACKAGING / "runbooks.md").read_text(encoding="utf-8")
_SECTION = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_SECTIONS = dict(_SECTION.findall(_TEXT))


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_an_alert_points_at_its_section(alert: Alert) -> None:
    assert alert.rule["annotations"]["runbook_url"] == f"{_PAGE}#{alert.name.lower()}"
    assert alert.name in _SECTIONS


@pytest.mark.parametrize("title", _SECTIONS)
def test_a_section_says_what_it_means_what_to_do_and_how_to_silence_it(title: str) -> None:
    assert re.findall(r"^\*\*(\w+)\*\*: ", _SECTIONS[title], re.MULTILINE) == ["Means", "Do", "Silence"]


def test_sections_and_alerts_stand_in_the_same_order() -> None:
    assert list(_SECTIONS) == [alert.name for alert in sorted(ALERTS, key=lambda alert: alert.file)]
