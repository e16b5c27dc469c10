"""What the dashboard says where nothing is scraped, and what it counts after a gap in scraping."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.packaging.dashboard import PANELS, Query, filled, queries
from tests.packaging.rulefiles import promtool

_VALUES = {"job": "j", "instance": "i", "source": "s", "model": ".*", "__rate_interval": "1m"}
_COUNTER = re.compile(r"ollama_watch_\w+_total")
_KEPT = re.compile(r"sum by \((\w+)\)")
_LABELS = 'job="j", instance="i", source="s"'
_BORN = [query for query in queries() if " unless " in query.expr]
# Four hours, two without a scrape, one more; samples are 15 s apart.
_GAP = "1x960 _x480 1x240"
_CASES = (
    ("5000x960 _x480 5000x240", 0),
    ("_x1441 5000x240", 0),  # it came within the gap, and nobody knows when
    ("_x1441 _ 5000x239", 5000),  # and here after it
    ("4997x960 _x480 4997 4999x239", 2.5),  # 2 of 30 s, reckoned up to what they stand for
)


def test_the_panels_of_what_is_born_with_its_first_event_are_held() -> None:
    titles = {query.where[:-2] for query in _BORN}

    assert titles == {
        "Launches, by reason",
        "Changes of context",
        "Prompts cut",
        "Tokens lost",
        "Understood, by event",
    }
    assert titles <= {panel["title"] for panel in PANELS}


@pytest.mark.parametrize("query", _BORN, ids=lambda query: query.where)
@pytest.mark.parametrize(("values", "counted"), _CASES, ids=["before", "within", "after", "more"])
def test_what_was_counted_before_a_gap_is_not_counted_again(
    query: Query, values: str, counted: int, tmp_path: Path
) -> None:
    (name,) = set(_COUNTER.findall(query.expr))
    (label,) = _KEPT.findall(query.expr)
    series = {f"{name}{{{_LABELS}, {label}='x'}}": values, f"ollama_watch_source_up{{{_LABELS}}}": _GAP}
    found = [{"labels": "{}", "value": counted}] if counted else []

    _hold(tmp_path, series, {f"sum({filled(query.expr, _VALUES)}) > 0": found})


@pytest.mark.parametrize("title", ["Runners", "Below what is wanted", "Alerts"])
def test_what_nobody_can_see_is_not_none(title: str, tmp_path: Path) -> None:
    (query,) = (query for query in queries() if query.where == f"{title} A")
    expr = filled(query.expr, _VALUES)

    for up, found in (("0", []), ("_", []), ("1", [{"labels": "{}", "value": 0}])):
        series = {f"up{{{_LABELS}}}": "0x1500", f"ollama_watch_source_up{{{_LABELS}}}": f"{up}x1500"}
        _hold(tmp_path, series, {expr: found})


def _hold(folder: Path, series: Mapping[str, str], expected: Mapping[str, list[dict[str, Any]]]) -> None:
    """Let promtool evaluate expressions 45 s after the gap."""
    case = {
        "interval": "15s",
        "input_series": [{"series": one, "values": values} for one, values in series.items()],
        "promql_expr_test": [
            {"expr": expr, "eval_time": "6h45s", "exp_samples": found} for expr, found in expected.items()
        ],
    }
    file = folder / "case.test.yml"
    file.write_text(yaml.safe_dump({"evaluation_interval": "15s", "tests": [case]}), encoding="utf-8")

    done = promtool("test", "rules", file)
    assert done.returncode == 0, done.stdout + done.stderr
