"""What came of cases, as JUnit XML: one suite a rule."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from ollama_watch.app.workshop import Outcome
from ollama_watch.cli.paint import Paint, clean
from ollama_watch.cli.rules.played_text import block


def render(outcomes: Sequence[Outcome]) -> str:
    """Return the document, with its declaration."""
    suites = ET.Element("testsuites", name="ollama-watchd rules test", attrib=dict(_counts(outcomes)))
    for rule, cases in groupby(sorted(outcomes, key=_rule), _rule):
        suites.append(_suite(rule, list(cases)))
    ET.indent(suites, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode")


def _rule(one: Outcome) -> str:
    return one.case.rule


def _counts(outcomes: Sequence[Outcome]) -> Mapping[str, str]:
    errors = sum(one.error is not None for one in outcomes)
    failures = sum(not one.passed for one in outcomes) - errors
    return {"tests": str(len(outcomes)), "failures": str(failures), "errors": str(errors)}


def _suite(rule: str, outcomes: Sequence[Outcome]) -> ET.Element:
    suite = ET.Element("testsuite", name=rule, time="0", attrib=dict(_counts(outcomes)))
    for one in outcomes:
        file, _, line = clean(one.case.origin).rpartition(":")
        case = ET.SubElement(
            suite, "testcase", classname=rule, name=clean(one.case.name), file=file, line=line, time="0"
        )
        if not one.passed:
            what = "error" if one.error else "failure"
            message = clean(one.error.message) if one.error else "fires otherwise than expected"
            told = ET.SubElement(case, what, message=message)
            told.text = "\n".join(clean(row) for row in block(one, Paint(width=1 << 16)))
    return suite
