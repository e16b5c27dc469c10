"""The report of `check` as JUnit XML: one suite an input, one case a launch and broken rule.

Only findings that make `check` fail are failures; milder ones are passed cases that say what was found.
"""

from collections import Counter
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from ollama_watch.app.check import Input, Report
from ollama_watch.cli.paint import clean
from ollama_watch.cli.places import Places, at_least
from ollama_watch.cli.report_json import timestamp
from ollama_watch.model import Finding, Severity


def render(report: Report, fail_on: Severity = "warning") -> str:
    """Return the document, with its declaration."""
    suites = ET.Element("testsuites", name="ollama-watchd check")
    for one in report.inputs:
        suite = _suite(report, one, fail_on)
        suites.append(suite)
    for name in ("tests", "failures", "errors"):
        suites.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    ET.indent(suites, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(suites, encoding="unicode")


def _suite(report: Report, one: Input, fail_on: Severity) -> ET.Element:
    cases = list(_cases(report, Places(one), fail_on))
    failures = sum(case.find("failure") is not None for case in cases)
    suite = ET.Element(
        "testsuite",
        name=clean(one.name),
        tests=str(len(cases)),
        failures=str(failures),
        errors="0",
        skipped="0",
        time="0",
    )
    if began := timestamp(one.began or 0.0):
        suite.set("timestamp", began.removesuffix("Z").split(".")[0])  # the schema knows no zone
    suite.extend(cases)
    return suite


def _cases(report: Report, places: Places, fail_on: Severity) -> Iterator[ET.Element]:
    findings = [found for found in report.findings if found.source == places.input.name]
    broken = Counter(found.launch.index for found in findings if found.launch)
    for found in findings:
        case = _case(found.model, f"{found.rule}, {places.line(found.line)}")
        if at_least(found, fail_on):
            failure = ET.SubElement(case, "failure", message=clean(found.message), type=found.rule)
            failure.text = _details(found, places)
        else:
            ET.SubElement(case, "system-out").text = clean(found.message)
        yield case
    for launch in report.launches:
        if launch.source == places.input.name and launch.superseded_by is None and not broken[launch.index]:
            yield _case(launch.name, f"launch, {places.line(launch.line)}")


def _case(model: str, name: str) -> ET.Element:
    return ET.Element("testcase", classname=clean(model), name=clean(name), time="0")


def _details(found: Finding, places: Places) -> str:
    where = ", ".join(part for part in (places.line(found.line), places.moment(found.at)) if part)
    rows = [
        f"{found.severity}: {found.message}",
        f"{places.input.name}, {where}",
        f"count: {found.count}" if found.count > 1 else "",
        *(f"why, {cause.confidence}: {cause.text}" for cause in found.causes),
        *(f"fix: {fix}" for fix in found.fixes),
    ]
    return "\n".join(clean(row) for row in rows if row)
