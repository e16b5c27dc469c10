"""No wording without a sample: what the parser claims to read stands in a golden log."""

import json
import re
from pathlib import Path
from typing import get_args

import pytest

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.parse import parse
from ollama_watch.parse.eras import ERAS
from ollama_watch.parse.flags import FLAGS
from ollama_watch.parse.llamacpp import ROWS
from ollama_watch.parse.logfmt import message
from ollama_watch.parse.server import MESSAGES
from ollama_watch.parse.version import version

HERE = Path(__file__).parent
LINES = [line for log in sorted(HERE.glob("*.log")) for line in log.read_bytes().splitlines()]
EVENTS = [(line, stamped.event) for line in LINES for stamped in parse(Line(line, 1, 0.0))]
# What the releases print, by span; the tests hold without it.
REFERENCE = Path(__file__).parents[3] / "shared/reference/ollama-launch-eras.json"


def test_every_era_has_a_golden_launch() -> None:
    told = {event.era.id for _, event in EVENTS if isinstance(event, ev.LaunchLine)}

    assert [era.id for era in ERAS if era.id not in told] == []


def test_every_spelling_of_a_flag_with_a_fact_has_a_golden_launch() -> None:
    commands = b"\n".join(line for line, event in EVENTS if isinstance(event, ev.LaunchLine)).decode()
    told = set(re.findall(r"(?<=\s)--?[A-Za-z][\w-]*(?=[\s=\"])", commands))

    assert [name for name, flag in FLAGS.items() if flag.fact and name not in told] == []


def test_every_message_has_a_golden_record_that_announces_something() -> None:
    told = {found[0] for line, _ in EVENTS if (found := message(line))}

    assert sorted(words for words in MESSAGES if words not in told) == []


def test_every_row_of_llama_cpp_has_a_golden_line_of_its_own() -> None:
    """The first row that fits a line reads it: a row that another always precedes is never read."""
    told = set()
    for line in LINES:
        fitting = (row for row in ROWS if b"msg=" not in line and row[0] in line and row[1].search(line))
        told.add(next(fitting, None))

    assert [row[0] for row in ROWS if row not in told] == []


def test_every_event_has_a_golden_line() -> None:
    told = {type(event) for _, event in EVENTS}

    assert {kind.__name__ for kind in get_args(ev.Event)} - {kind.__name__ for kind in told} == set()


@pytest.mark.skipif(not REFERENCE.is_file(), reason="the reference of releases is not beside the repository")
def test_every_release_span_of_the_reference_has_a_golden_log_with_its_launch() -> None:
    eras = json.loads(REFERENCE.read_text(encoding="utf-8"))["eras"]
    logs = [(version(_release(log)), log.read_text()) for log in HERE.glob("*-[0-9]*.log")]

    lacking = []
    for era in eras:
        words = era["msg"].partition("<")[0].strip()
        since, until = version(era["first_tag"]), version(era["last_tag"])
        assert since is not None
        assert until is not None
        if not any(at and since <= at <= until and f'msg="{words}' in text for at, text in logs):
            lacking.append(era["id"])
    assert lacking == []


def _release(log: Path) -> str:
    found = re.search(r"-(\d+\.\d+\.\d+(?:-rc\d+)?)$", log.stem)
    return found[1] if found else ""
