"""What came of cases, as JUnit XML: one suite a rule."""

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from ollama_watch.app.rehearsal import Played
from ollama_watch.cli.paint import Paint, clean
from ollama_watch.cli.rules.played_text import block


def render(played: Sequence[Played]) -> str:
    """Return the document, with its declaration."""
    failed = sum(not one.passed for one in played)
    counts = {"tests": str(len(played)), "failures": str(failed), "errors": "0"}
    suites = ET.Element("testsuites", name="ollama-watchd rules test", attrib=counts)
    for rule, cases in groupby(sorted(played, key=_rule), _rule):
        suites.append(_suite(rule, list(cases)))
    ET.indent(suites, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode")


def _rule(one: Played) -> str:
    return one.case.rule


def _suite(rule: str, played: Sequence[Played]) -> ET.Element:
    failures = str(sum(not one.passed for one in played))
    suite = ET.Element(
        "testsuite", name=rule, tests=str(len(played)), failures=failures, errors="0", time="0"
    )
    for one in played:
        file, _, line = one.case.origin.rpartition(":")
        case = ET.SubElement(
            suite, "testcase", classname=rule, name=clean(one.case.name), file=file, line=line, time="0"
        )
        if not one.passed:
            failure = ET.SubElement(case, "failure", message="fires otherwise than expected")
            failure.text = "\n".join(clean(row) for row in block(one, Paint(width=1 << 16)))
    return suite
