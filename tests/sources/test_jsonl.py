"""What log pipelines hand on: which field is the line, whose it is, when it was logged."""

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from ollama_watch.sources import jsonl
from ollama_watch.sources.jsonl import Jsonl, JsonLines, found, moment
from ollama_watch.sources.stdin import HostLines, StandardInput

_AT = 1767225600.0  # 2026-01-01T00:00:00Z
# A record as each of them writes it by default, and the options for it.
_VECTOR = {
    "host": "gpu-1",
    "message": "the line",
    "source_type": "journald",
    "timestamp": "2026-01-01T00:00:00.123456789Z",
}
_FLUENT_BIT = {
    "date": 1767225600.123456,
    "log": "the line\n",
    "kubernetes": {"host": "gpu-1", "labels": {"app.kubernetes.io/name": "ollama"}},
}
_LOGCLI = {
    "labels": {"host": "gpu-1", "unit": "ollama.service"},
    "line": "the line",
    "timestamp": "2026-01-01T01:00:00.123456789+01:00",
}


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        (_VECTOR, Jsonl(host="host", time="timestamp")),
        (_FLUENT_BIT, Jsonl(message="log", host="kubernetes.host", time="date")),
        (_LOGCLI, Jsonl(message="line", host="labels.host", time="timestamp")),
    ],
    ids=["vector", "fluent-bit", "logcli"],
)
def test_records_as_they_are_delivered(record: Mapping[str, Any], fields: Jsonl) -> None:
    (line,) = JsonLines(fields, print).feed(json.dumps(record).encode(), 7, 5.0)

    assert (line.text, line.host, line.number) == (b"the line", "gpu-1", 7)
    assert line.at == pytest.approx(_AT + 0.123456, abs=1e-6)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a", {"b": 1, "c.d": {"e": 2}}),
        ("a.b", 1),
        ("a.c.d.e", 2),
        ("f.g", 3),
        ("a.x", None),
        ("a.b.x", None),
        ("x", None),
        ("", None),
        (".", None),
    ],
)
def test_a_field_is_named_by_its_path_and_names_may_hold_dots(path: str, value: object) -> None:
    assert found({"a": {"b": 1, "c.d": {"e": 2}}, "f.g": 3}, path) == value


@pytest.mark.parametrize(
    ("value", "at"),
    [
        ("2026-01-01T00:00:00Z", _AT),
        ("2026-01-01T02:00:00+02:00", _AT),
        (1767225600, _AT),
        (1767225600000, _AT),
        (1767225600000000, _AT),
        (1767225600000000000, _AT),
        ("1767225600000000000", _AT),
        ("yesterday", None),
        ("²", None),
        (-1, None),
        (True, None),
        (float("inf"), None),
        (None, None),
        ([], None),
    ],
)
def test_moments(value: object, at: float | None) -> None:
    assert moment(value) == at


def test_what_is_no_record_is_counted_and_told_once() -> None:
    said: list[str] = []
    lines = JsonLines(Jsonl(), said.append)
    texts = [b"plain", b"[1]", b'{"line": "x", "labels": {"host": "h"}}', b'{"message": 1}', b"", b"[" * 9999]

    assert [line for n, text in enumerate(texts, 1) for line in lines.feed(text, n, 0.0)] == []
    assert lines.malformed == 5
    assert len(said) == 1
    assert said[0].startswith("line 1 is no JSON: ")
    assert said[0].endswith(": such lines are counted and passed over")


def test_a_field_that_is_missing_is_told_with_those_that_are_there() -> None:
    said: list[str] = []
    lines = JsonLines(Jsonl(host="host"), said.append)
    list(lines.feed(json.dumps(_LOGCLI).encode(), 1, 0.0))
    list(lines.feed(b'{"message": "m", "kubernetes": {"node": "h"}}', 2, 0.0))

    there = "labels.host, labels.unit, line, timestamp"
    assert said == [
        f"line 1 has no text in the field 'message'; it has {there}: such lines are counted and passed over",
        "line 2 has no field 'host'; it has message, kubernetes.node: such lines are taken to be of one host",
    ]


def test_parts_of_a_line_are_joined_host_by_host() -> None:
    lines = JsonLines(Jsonl(host="host"), print)
    given = []
    for host, text in [("a", "P one "), ("b", "P other "), ("a", "F line"), ("b", "F line")]:
        record = {"host": host, "message": f"2026-01-01T00:00:00Z stdout {text}"}
        given += [(line.host, line.text) for line in lines.feed(json.dumps(record).encode(), 1, 0.0)]

    assert given == [("a", b"one line"), ("b", b"other line")]


def test_hosts_are_told_apart_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonl, "_HOSTS", 2)
    said: list[str] = []
    lines = JsonLines(Jsonl(host="host"), said.append)
    texts = [json.dumps({"host": f"h{n}", "message": "m"}).encode() for n in (1, 2, 3, 1, 4)]

    assert [line.host for text in texts for line in lines.feed(text, 1, 0.0)] == ["h1", "h2", "", "h1", ""]
    assert said == ["more than 2 hosts: the others are taken to be one"]


@pytest.fixture
def piped() -> Callable[[bytes], StandardInput]:
    def open_it(text: bytes) -> StandardInput:
        out, into = os.pipe()
        os.write(into, text)
        os.close(into)
        return StandardInput(file=out, jsonl=Jsonl(host="host"))

    return open_it


def test_standard_input_has_not_ended_before_each_host_s_lines_were_taken(
    piped: Callable[[bytes], StandardInput],
) -> None:
    stdin = piped(b'{"host": "a", "message": "1"}\n{"message": "2"}\n{"host": "a", "message": "3"}')
    own = [line.text for _ in range(3) for line in stdin.read()]

    assert (own, stdin.ended) == ([b"2"], False)
    host = HostLines("stdin@a", "a", stdin)
    assert [line.text for line in host.read()] == [b"1", b"3"]
    assert stdin.ended
    assert host.ended


def test_an_input_without_a_single_line_is_trouble(piped: Callable[[bytes], StandardInput]) -> None:
    stdin = piped(b'{"log": "x"}\n')
    stdin.read()

    assert stdin.trouble == "line 1 has no text in the field 'message'; it has log"
    assert stdin.counters.malformed == 1
