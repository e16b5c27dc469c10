"""The JSON Schema accepts and refuses the same rule files as the loader, save where noted."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings

from ollama_watch.errors import UserError
from ollama_watch.model import SEVERITIES
from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.folders import case_files_in
from ollama_watch.verify.operators import OPERATORS
from ollama_watch.verify.rulefile import KEYS, load_rules
from ollama_watch.verify.schema import schema
from ollama_watch.verify.shipped import shipped_folder
from tests.support.need import missing
from tests.verify import anyrules
from tests.verify.jsonvalues import Yaml12, as_json
from tests.verify.rulefiles import BROKEN, GOOD, SHIPPED

NOT_IN_SCHEMA = {  # broken files that the schema accepts
    "alias": "the editor has already followed it",
    "tag": "the editor has already read it",
    "doubled-key": "a value has each key once; editors complain of it themselves",
    "doubled-fact": "a value has each key once; editors complain of it themselves",
    "doubled-id": "compares two rules",
    "case-name-doubled": "compares two cases",
    "case-without-any-time": "reads a log",
    "glob-that-matches-no-word": "matches one pattern with another",
    "span-beyond-ten-years": "adds numbers",
    "range-backwards": "compares two numbers",
    "fact-beside-itself": "would take a pattern a fact",
    "unknown-field-in-summary": "would take a pattern of all facts, and editors show patterns",
    "unknown-field-in-a-long-summary": "the same",
}


def validator() -> Any:
    try:
        from jsonschema import Draft202012Validator  # noqa: PLC0415  # not on every machine that tests the floor
    except ImportError:
        missing("python3-jsonschema")
    return Draft202012Validator(schema())


@pytest.fixture(scope="module", name="accepts")
def _accepts() -> Any:
    made = validator()

    def accepts(text: str, loader: type[yaml.SafeLoader] = Yaml12) -> bool:
        try:
            return bool(made.is_valid(as_json(text, loader)))
        except yaml.YAMLError:
            return False

    return accepts


def test_it_is_a_schema() -> None:
    made = validator()

    type(made).check_schema(schema())


@pytest.mark.parametrize("loader", [Yaml12, yaml.SafeLoader], ids=["yaml-1.2", "yaml-1.1"])
@pytest.mark.parametrize("file", [*GOOD, *SHIPPED], ids=lambda file: str(file.stem))
def test_it_accepts_what_the_loader_accepts(accepts: Any, file: Path, loader: type[yaml.SafeLoader]) -> None:
    """Whichever YAML the editor reads: in 1.1, `on` is a boolean."""
    assert accepts(file.read_text(encoding="utf-8"), loader)


def test_it_accepts_the_cases_beside_the_shipped_rules(accepts: Any) -> None:
    beside = case_files_in(shipped_folder())

    assert len(beside) == len(SHIPPED)
    assert [file for file in beside if not accepts(file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: str(file.stem))
def test_it_refuses_what_the_loader_refuses_save_where_noted(accepts: Any, file: Path) -> None:
    try:
        accepted = accepts(file.read_bytes().decode())
    except UnicodeDecodeError:
        accepted = False

    assert accepted == (file.stem in NOT_IN_SCHEMA)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(values=anyrules.rules(wild=True))
def test_it_never_refuses_what_the_loader_accepts(accepts: Any, values: Any) -> None:
    text = anyrules.as_yaml(values)
    try:
        load_rules([], [("any.yaml", text)])
    except UserError:
        return
    assert accepts(text)


def test_it_has_every_key_event_and_fact_with_its_meaning() -> None:
    made = schema()

    rule = made["$defs"]["rule"]["properties"]
    assert list(rule) == list(KEYS)
    assert all(key["description"] for key in rule.values())
    assert {one["const"]: one["description"] for one in rule["on"]["oneOf"]} == {
        name: kind.meaning for name, kind in EVENTS.items()
    }
    facts = made["$defs"]["launch"]["properties"]
    shown = {name: made["$defs"][f"fact.{name}"]["description"] for name in facts}
    assert shown == {name: fact.meaning for name, fact in FACTS.items()}


@pytest.mark.parametrize("event", EVENTS)
def test_it_completes_the_fields_of_an_event(event: str) -> None:
    fields = schema()["$defs"][f"on.{event}"]["properties"]

    assert {*EVENTS[event].fields, "count", *FACTS} == set(fields)


@pytest.mark.parametrize("sign", OPERATORS)
def test_it_knows_every_operator(accepts: Any, sign: str) -> None:
    rule = f"{{id: mine, severity: {SEVERITIES[0]}, summary: s, expect: {{parallel: '{sign} %s'}}}}"

    assert accepts(f"rules: [{rule % 8}]")
    assert accepts(f"rules: [{rule % 'threads'}]")
    assert not accepts(f"rules: [{rule % 'thread'}]")
