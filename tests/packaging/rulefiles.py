"""The rule files that are shipped for Prometheus, and promtool, which judges them."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from tests.support.need import need

PACKAGING = Path(__file__).parents[2] / "packaging"
FOLDER = PACKAGING / "prometheus"
RULE_FILES = sorted(FOLDER.glob("*.rules.yml"))
TEST_FILES = sorted((FOLDER / "tests").glob("*.test.yml"))


class Alert(NamedTuple):
    """One alerting rule, and where it stands."""

    file: Path
    name: str
    rule: dict[str, Any]


def rules(file: Path) -> Iterator[dict[str, Any]]:
    for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]:
        yield from group["rules"]


ALERTS = [Alert(file, rule["alert"], rule) for file in RULE_FILES for rule in rules(file) if "alert" in rule]
RECORDS = [rule for file in RULE_FILES for rule in rules(file) if "record" in rule]


def promtool(*words: str | Path) -> "subprocess.CompletedProcess[str]":
    """Run promtool to its end, whatever its exit code."""
    command = [need("promtool", package="prometheus"), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def promtool_metrics(page: bytes) -> str:
    """Return what promtool has to say about a page; empty: nothing."""
    command = [need("promtool", package="prometheus"), "check", "metrics"]
    done = subprocess.run(command, input=page, capture_output=True, check=False)
    return (done.stdout + done.stderr).decode()
