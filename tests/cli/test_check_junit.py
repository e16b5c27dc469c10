"""The report for CI servers, held against what they agree on about JUnit's XML."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support.command import run

LOGS = Path(__file__).parent / "text"
ALL = sorted(LOGS.glob("*.log"))
# Of the schema that Jenkins publishes: what each element may carry and hold.
SCHEMA = {
    "testsuites": ({"name", "time", "tests", "failures", "errors", "disabled"}, {"testsuite"}),
    "testsuite": (
        {*"name tests failures errors skipped time timestamp hostname id package".split()},
        {"properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": (
        {"name", "classname", "time", "assertions", "status"},
        {"skipped", "error", "failure", "system-out", "system-err"},
    ),
    "failure": ({"message", "type"}, set()),
    "system-out": (set(), set()),
}


def _junit(*words: str | Path) -> tuple[ET.Element, int]:
    done = run("check", "--format", "junit", *words)
    assert done.stderr == ""
    assert done.stdout.startswith('<?xml version="1.0" encoding="utf-8"?>\n<testsuites')
    return ET.fromstring(done.stdout.encode()), done.returncode  # noqa: S314  # our own document


@pytest.mark.parametrize("limit", ["info", "warning", "critical"])
def test_document(limit: str) -> None:
    """Elements and attributes are known ones, the numbers agree, and failures are what fails the command."""
    root, code = _junit(*ALL, "--fail-on", limit)

    for element in root.iter():
        attributes, children = SCHEMA[element.tag]
        assert set(element.keys()) <= attributes
        assert {child.tag for child in element} <= children
    for suite in root:
        assert int(suite.get("tests", "")) == len(suite.findall("testcase"))
        assert int(suite.get("failures", "")) == len(suite.findall("testcase/failure"))
    assert int(root.get("tests", "")) == len(root.findall("*/testcase"))
    assert int(root.get("failures", "")) == len(root.findall("*/*/failure"))
    assert (root.get("failures") != "0") is (code == 1)
    assert [suite.get("name") for suite in root] == [str(log) for log in ALL]


def test_one_case_a_broken_rule_and_a_passing_launch() -> None:
    (suite,), _ = _junit(LOGS / "reverted.log")

    names = [(case.get("name"), case.find("failure") is not None) for case in suite]
    assert ("context-reverted, line 30", True) in names
    assert ("prompt-truncated, line 36", True) in names
    assert len([name for name, failed in names if (name or "").startswith("launch, ") and not failed]) == 3
    failure = suite.find("testcase/failure[@type='context-reverted']")
    assert failure is not None
    assert failure.text
    assert 'OLLAMA_CONTEXT_LENGTH=32768"' in failure.text


def test_a_milder_finding_passes_and_is_told() -> None:
    (suite,), code = _junit(LOGS / "notes.log")

    assert (suite.get("failures"), code) == ("0", 0)
    case = suite.find("testcase[@name='context-at-default, line 5']/system-out")
    assert case is not None
    assert case.text == "llama3.2:3b runs with Ollama's default of 4096 tokens"


def test_an_input_without_launches_is_an_empty_suite() -> None:
    (suite,), code = _junit(LOGS / "empty.log")

    assert (suite.get("tests"), code) == ("0", 0)
