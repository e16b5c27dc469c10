"""The dashboard is what Grafana's own schema says, and asks for what exists."""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.packaging.dashboard import ANNOTATIONS, DASHBOARD, FOLDER, PANELS, ROWS, VARIABLES, offers, queries
from tests.packaging.exported import exported
from tests.packaging.rulefiles import RULE_FILES

_SCHEMAS = Path(__file__).with_name("grafana")
# Grafana's schema has annotations of its own store only; these the Prometheus plugin reads beside them.
_OF_PROMETHEUS = {"expr": str, "useValueForTime": bool, "titleFormat": str, "textFormat": str}
_TARGET = {"refId": str, "expr": str, "legendFormat": str, "instant": bool, "range": bool, "format": str}
_NAME = re.compile(r"ollama_watch_\w+")
_KEPT = re.compile(r"\bby \(([^)]*)\)")
_COLUMNS = 24
_MACHINE = {"instance", "host"}  # a daemon, and one of the hosts whose journals it reads


def test_the_dashboard_is_what_the_schema_says() -> None:
    assert _complaints(_as_the_schema_knows_it(DASHBOARD), "dashboard", "Dashboard") == []


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (("title",), 7),
        (("panles",), []),
        (("panels", 1, "gridPos", "h"), "four"),
        (("panels", 1, "gridpos"), {}),
        (("panels", 1, "fieldConfig", "defaults", "thresholds", "steps", 0, "colour"), "red"),
        (("templating", "list", 1, "refresh"), "often"),
        (("annotations", "list", 0, "iconColour"), "blue"),
    ],
)
def test_the_schema_notices_a_slip(at: tuple[str | int, ...], value: Any) -> None:
    slipped: Any = deepcopy(DASHBOARD)
    inner = slipped
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value

    assert _complaints(_as_the_schema_knows_it(slipped), "dashboard", "Dashboard")


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_is_what_the_schema_of_its_kind_says(panel: dict[str, Any]) -> None:
    custom = dict(panel["fieldConfig"]["defaults"].get("custom", {}))
    for override in panel["fieldConfig"]["overrides"]:
        for one in override["properties"]:
            if one["id"].startswith("custom."):
                custom[one["id"].removeprefix("custom.")] = one["value"]

    assert _complaints(panel["options"], panel["type"], "Options") == []
    if custom:
        assert _complaints(custom, panel["type"], "FieldConfig") == []
    for target in panel["targets"]:
        assert {key: type(value) for key, value in target.items()}.items() <= _TARGET.items()


def test_panels_have_numbers_of_their_own_and_places_of_their_own() -> None:
    everything = [*PANELS, *ROWS]
    cells = [cell for panel in everything for cell in _cells(panel["gridPos"])]

    assert len({panel["id"] for panel in everything}) == len(everything)
    assert len(set(cells)) == len(cells)
    assert all(x < _COLUMNS for x, _ in cells)
    for annotation in ANNOTATIONS:
        assert set(annotation["filter"]["ids"]) <= {panel["id"] for panel in PANELS}


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_says_what_it_shows(panel: dict[str, Any]) -> None:
    assert panel["description"].endswith(".")


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_a_panel_without_data_does_not_look_well(panel: dict[str, Any]) -> None:
    """Without a value the lowest step colours it, and `noValue` is what stands there."""
    defaults = panel["fieldConfig"]["defaults"]

    assert not defaults.get("noValue", "").isdigit()
    assert defaults.get("thresholds", {}).get("steps", [{}])[0].get("color") != "green"


@pytest.mark.parametrize("panel", PANELS, ids=lambda panel: panel["title"])
def test_machines_are_told_apart(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        kept = [set(found.split(", ")) for found in _KEPT.findall(target["expr"])]
        assert not [labels for labels in kept if "source" in labels and not labels >= _MACHINE]
        if "legendFormat" in target and all("instance" in labels for labels in kept):
            assert "{{instance}}" in target["legendFormat"]
            assert "source=" not in target["expr"] or "{{host}} {{instance}}" in target["legendFormat"]


@pytest.mark.parametrize("title", ["Runners: wanted beside got", "Firing now", "Daemons"])
def test_a_table_of_machines_leads_to_their_status_pages(title: str) -> None:
    (panel,) = (panel for panel in PANELS if panel["title"] == title)
    (links,) = (
        one["value"]
        for override in panel["fieldConfig"]["overrides"]
        if override["matcher"]["options"] == "instance"
        for one in override["properties"]
        if one["id"] == "links"
    )

    page, _, place = links[0]["url"].partition("#")
    assert page == "http://${__value.text}/"
    assert place in {"headline-title", "runs-title", "wrong-title"}


def test_panels_of_what_is_seldom_say_that_there_is_none() -> None:
    for panel in PANELS:
        if panel["title"] in ("Prompts cut", "Tokens lost"):
            assert panel["fieldConfig"]["defaults"]["noValue"].startswith("No ")


def test_rows_are_the_questions_people_have() -> None:
    titles = [row["title"] for row in ROWS]

    assert titles == [
        "Now",
        "Context",
        "Offload and load time",
        "Truncations",
        "Alerts",
        "The watcher itself",
        "Fleet",
    ]


def test_every_query_goes_to_the_chosen_data_source_and_machine() -> None:
    chosen = {"type": "prometheus", "uid": "${datasource}"}

    assert list(VARIABLES) == ["datasource", "job", "instance", "source", "model"]
    for one in [*PANELS, *ANNOTATIONS, *(v for v in VARIABLES.values() if v["type"] == "query")]:
        assert one["datasource"] == chosen
    for where, expr in queries():
        for selector in re.findall(r"(?:ollama_watch_\w+|\bup)\b(\{[^}]*\})?", expr):
            assert 'job=~"$job", instance=~"$instance"' in selector, where


def test_the_dashboard_asks_for_series_that_exist_and_needs_no_recording_rules() -> None:
    asked = {name for text in (*queries(), *offers()) for name in _NAME.findall(" ".join(text))}

    assert asked - exported() == set()


def test_every_series_is_on_the_dashboard_or_in_a_rule() -> None:
    texts = [json.dumps(DASHBOARD), *(file.read_text(encoding="utf-8") for file in RULE_FILES)]

    asked = {name for text in texts for name in _NAME.findall(text)}
    with_buckets = {name.removesuffix("_bucket") + end for name in asked for end in ("_sum", "_count")}

    assert exported() - asked - with_buckets == set()


def test_grafana_is_told_where_the_dashboard_and_prometheus_are() -> None:
    provisioning = FOLDER / "provisioning"
    (provider,) = yaml.safe_load((provisioning / "dashboards" / "ollama-watchd.yaml").read_text())[
        "providers"
    ]
    (source,) = yaml.safe_load((provisioning / "datasources" / "prometheus.yaml").read_text())["datasources"]

    assert provider["type"] == "file"
    assert provider["options"]["path"] in (FOLDER / "README.md").read_text()
    assert source["type"] == VARIABLES["datasource"]["query"]


def _as_the_schema_knows_it(dashboard: dict[str, Any]) -> dict[str, Any]:
    """Return it without what only the Prometheus plugin knows, which is looked at here."""
    known = deepcopy(dashboard)
    for annotation in known["annotations"]["list"]:
        for key, kind in _OF_PROMETHEUS.items():
            assert isinstance(annotation.pop(key, kind()), kind)
    return known


def _complaints(value: Any, file: str, name: str) -> list[str]:
    schema = json.loads((_SCHEMAS / f"{file}.schema.json").read_text(encoding="utf-8"))
    checker = jsonschema.Draft7Validator({**schema, "$ref": f"#/definitions/{name}"})
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(value)]


def _cells(place: dict[str, int]) -> list[tuple[int, int]]:
    across = range(place["x"], place["x"] + place["w"])
    return [(x, y) for x in across for y in range(place["y"], place["y"] + place["h"])]
