"""Prometheus takes the rule files, and their own unit tests pass and would notice a change."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.exported import exported
from tests.packaging.rulefiles import ALERTS, FOLDER, RECORDS, RULE_FILES, TEST_FILES, Alert, promtool, rules
from tests.support.checked import SHIPPED

_NAME = re.compile(r"\b(?:[a-z_]+:)?ollama_watch_[a-z0-9_]+(?::[a-z0-9_]+)?")
_VERDICT = re.compile(r'rule="([\w-]+)"')
# Ways to get an expression wrong, each of which its tests have to notice where it can be applied.
_SLIPS = (
    (r'rule="[\w-]+"', 'rule=~".+"'),
    (r"max without \(severity\) ", ""),
    (r"> 0", ">= 0"),
    (r"> 5", "> 0"),
    (r"3 \* 86400", "1 * 86400"),
    (r"3 \* 86400", "9 * 86400"),
    (r"== 0", "!= 2"),
    (r"== 1", ">= 0"),
    (r" unless on [^)]*\) ollama_watch_server_info", ""),
    (r" unless on [^)]*\) ollama_watch_parse_events_total", ""),
    (r"\[1h\]", "[1d]"),
    (r" or absent.*", ""),
    (r".* or absent", "absent"),
    (r'"failed\|dropped"', '".+"'),
    (r"sum without \(outcome\) ", ""),
    (r".+", "vector(0) > 1"),
)


def test_promtool_takes_the_configuration_with_all_rules() -> None:
    done = promtool("check", "config", FOLDER / "prometheus.yml")

    assert done.returncode == 0, done.stderr
    config = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    assert sorted(config["rule_files"]) == [file.name for file in RULE_FILES]


@pytest.mark.parametrize("file", RULE_FILES, ids=lambda file: file.name)
def test_promtool_has_nothing_to_say_about_the_rules(file: Path) -> None:
    done = promtool("check", "rules", "--lint=all", "--lint-fatal", file)

    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("file", TEST_FILES, ids=lambda file: file.name)
def test_unit_tests_of_the_rules(file: Path) -> None:
    done = promtool("test", "rules", file)

    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_each_alert_has_a_case_that_is_quiet_then_fires_then_is_over(alert: Alert) -> None:
    assert any(
        [bool(fires) for fires in told] == [*sorted(map(bool, told[:-1])), False] and any(told)
        for told in _told(alert.name)
    )


def test_each_record_has_a_case() -> None:
    asked = {expr for test in _cases() for expr in map(_expression, test.get("promql_expr_test", []))}

    assert {rule["record"] for rule in RECORDS} <= asked


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_a_slip_in_an_alert_is_noticed(alert: Alert, tmp_path: Path) -> None:
    unnoticed = [slip for slip in _slips(alert.rule) if _passes(alert, slip, tmp_path)]

    assert _passes(alert, alert.rule, tmp_path)
    assert unnoticed == []


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_no_alert_pages(alert: Alert) -> None:
    assert alert.rule["labels"] in ({"severity": "info"}, {"severity": "warning"})


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: alert.name)
def test_an_alert_that_carries_a_verdict_on_is_named_as_the_alertmanager_sink_names_it(alert: Alert) -> None:
    for rule in _VERDICT.findall(alert.rule["expr"]):
        assert rule in {shipped.id for shipped in SHIPPED}
        assert alert.name == "Ollama" + rule.title().replace("-", "")


@pytest.mark.parametrize("rule", [rule for file in RULE_FILES for rule in rules(file)], ids=str)
def test_rules_ask_for_series_that_exist(rule: dict[str, Any]) -> None:
    known = exported() | {record["record"] for record in RECORDS}
    texts = [rule["expr"], *rule.get("annotations", {}).values()]

    assert {name for text in texts for name in _NAME.findall(text)} - known == set()


@pytest.mark.parametrize("rule", RECORDS, ids=lambda rule: rule["record"])
def test_records_are_named_after_their_level_metric_and_operation(rule: dict[str, Any]) -> None:
    assert re.fullmatch(
        r"job(_instance(_source)?)?(_model|_version|_rule_severity)?:ollama_watch_[a-z_]+:[a-z0-9_]+",
        rule["record"],
    )


class _AsWritten(yaml.SafeLoader):
    """Reads `values: 0x200`, two hundred times 0, as promtool does: not as a number."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # where yaml looks
        first: [(tag, form) for tag, form in found if tag != "tag:yaml.org,2002:int"]
        for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }


@cache
def _cases() -> tuple[dict[str, Any], ...]:
    read = (yaml.load(file.read_bytes(), _AsWritten) for file in TEST_FILES)  # noqa: S506  # it is a safe one
    return tuple(case for file in read for case in file["tests"])


def _expression(test: dict[str, Any]) -> str:
    return str(test["expr"])


def _told(name: str) -> Iterator[list[list[Any]]]:
    """Yield what each case expects of an alert, in the order of time."""
    for case in _cases():
        yield [one["exp_alerts"] for one in case.get("alert_rule_test", []) if one["alertname"] == name]


def _slips(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the rule with one thing changed."""
    for wrong, instead in _SLIPS:
        changed = re.sub(wrong, instead, rule["expr"], count=1, flags=re.DOTALL)
        if changed != rule["expr"]:
            yield {**rule, "expr": changed}
    if "for" in rule:
        yield {**rule, "for": "0s"}
        yield {**rule, "for": "2h"}


def _passes(alert: Alert, slip: dict[str, Any], folder: Path) -> bool:
    """Tell whether an alert's own unit tests pass with `slip` in the place of its rule."""
    rules = folder / "slip.rules.yml"
    rules.write_text(yaml.safe_dump({"groups": [{"name": "slip", "rules": [slip]}]}), encoding="utf-8")
    tests = [folder / f"{number}.test.yml" for number, _ in enumerate(_of(alert.name))]
    records = [str(FOLDER / "recording.rules.yml")] if ":ollama_watch_" in str(slip) else []
    for file, case in zip(tests, _of(alert.name), strict=True):
        text = {
            "rule_files": [rules.name, *records],
            "evaluation_interval": case["interval"],
            "tests": [case],
        }
        file.write_text(yaml.safe_dump(text), encoding="utf-8")
    return promtool("test", "rules", *tests).returncode == 0


def _of(name: str) -> Iterator[dict[str, Any]]:
    """Yield the cases that say something of an alert, with that alone."""
    for case in _cases():
        if told := [one for one in case.get("alert_rule_test", []) if one["alertname"] == name]:
            yield {**{key: case[key] for key in ("interval", "input_series")}, "alert_rule_test": told}
