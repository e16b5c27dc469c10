"""The dashboard that is shipped, and the queries in it as Grafana would send them."""

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.packaging.rulefiles import PACKAGING

FOLDER = PACKAGING / "grafana"
FILE = FOLDER / "ollama-watchd.json"
DASHBOARD: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
ROWS = [panel for panel in DASHBOARD["panels"] if panel["type"] == "row"]
ANNOTATIONS: list[dict[str, Any]] = DASHBOARD["annotations"]["list"]
VARIABLES = {one["name"]: one for one in DASHBOARD["templating"]["list"]}

_LABEL_VALUES = re.compile(r"label_values\((.+), (\w+)\)")
_VARIABLE = re.compile(r"\$(\w+)")


class Query(NamedTuple):
    """PromQL, and where it stands."""

    where: str
    expr: str


class Values(NamedTuple):
    """The values of a label on series: what a variable offers."""

    variable: str
    series: str
    label: str


def queries() -> Iterator[Query]:
    for panel in PANELS:
        for target in panel["targets"]:
            yield Query(f"{panel['title']} {target['refId']}", target["expr"])
    for annotation in ANNOTATIONS:
        yield Query(f"annotation {annotation['name']}", annotation["expr"])


def offers() -> Iterator[Values]:
    for name, variable in VARIABLES.items():
        if variable["type"] == "query":
            found = _LABEL_VALUES.fullmatch(variable["query"]["query"])
            assert found, name
            yield Values(name, found[1], found[2])


def filled(text: str, values: dict[str, str]) -> str:
    """Put values in the place of variables; one without a value is an error."""
    return _VARIABLE.sub(lambda found: values[found[1]], text)
