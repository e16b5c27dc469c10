"""Whatever stands in front of a record, it is the same record."""

import html
import json
from collections.abc import Callable

import pytest

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.parse import parse
from tests.golden.test_golden import shown
from tests.support.checked import checked, launches
from tests.support.golden import LINES, LOGS

PREFIXES = {
    "journald": "Jan 02 03:04:05 box1 ollama[123]: ",
    "journald, localized": "1月 02 03:04:05 box1 ollama[123]: ",
    "journald, no host": "Jan 02 03:04:05 ollama[123]: ",
    "journald, precise": "2026-01-02T03:04:05.123456+00:00 box1 ollama[123]: ",
    "docker compose": "ollama  | ",
    "docker compose, stamped": "2026-01-02 03:04:05 web-ollama-1   | ",
    "Docker Desktop": "2026-01-02 03:04:05 ",
    "kubectl": "[pod/ollama-7abc-xyz/ollama] ",
    "CRI": "2026-01-02T03:04:05.123456789Z stderr F ",
    "syslog": "<30>Jan  2 03:04:05 box1 ollama[123]: ",
    "quoted": "> ",
    "spinner": "⠙ ",
    "colours": "\x1b[33mollama\x1b[0m: ",
}


@pytest.mark.parametrize("prefix", PREFIXES.values(), ids=PREFIXES)
@pytest.mark.parametrize("name", LOGS)
def test_a_prefix_changes_nothing(name: str, prefix: str) -> None:
    wrapped = b"".join(prefix.encode() + line + b"\n" for line in LOGS[name].splitlines())

    assert shown(checked(wrapped)) == shown(checked(LOGS[name]))


@pytest.mark.parametrize("name", LOGS)
def test_lines_of_other_programs_in_between_change_only_line_numbers(name: str) -> None:
    other = b'192.0.2.1 - - [02/Jan/2026:03:04:05] "GET / HTTP/1.1" 200\n\n'
    mixed = checked(b"".join(other + line + b"\n" for line in LOGS[name].splitlines()))
    alone = checked(LOGS[name])

    assert [one.facts for one in mixed.launches] == [one.facts for one in alone.launches]
    assert [one.message for one in mixed.findings] == [one.message for one in alone.findings]


@pytest.mark.parametrize("key", ["log", "msg", "MESSAGE"])
def test_a_launch_inside_a_field_of_json_is_the_same_launch(key: str) -> None:
    """Other programs and docker's json-file put a whole record, escaped, into a field of their own."""
    for line in LINES:
        alone = [stamped.event for stamped in parse(Line(line, 1, 0.0))]
        if alone and isinstance(alone[0], ev.LaunchLine):
            wrapped = json.dumps(
                {"level": 30, key: f"{line.decode()}\n", "stream": "stderr"}, ensure_ascii=False
            )

            assert [stamped.event for stamped in parse(Line(wrapped.encode(), 1, 0.0))] == alone


def test_colours_inside_a_record_change_nothing() -> None:
    for text in LOGS.values():
        coloured = text.replace(b"level=", b"\x1b[36mlevel=\x1b[0m").replace(b"msg=", b"\x1b[1mmsg=\x1b[0m")

        assert shown(checked(coloured)) == shown(checked(text))


@pytest.mark.parametrize(
    "wrap",
    [
        lambda text: json.dumps({"level": 30, "msg": text + "\n"}, ensure_ascii=False),
        lambda text: json.dumps({"MESSAGE": text, "_PID": "1"}, ensure_ascii=False),
        lambda text: json.dumps({"log": json.dumps({"message": text})}).replace("{", "{ ", 1),
        lambda text: text + "<br/>",
        lambda text: f"`{text}`",
        lambda text: html.escape(text, quote=False).replace('"', "&quot;"),
        lambda text: html.escape(text, quote=False).replace('"', "&#34;"),
    ],
    ids=["pino", "journald's export", "twice", "br", "backticks", "page", "Go's page"],
)
@pytest.mark.parametrize("name", ["load-request-0.24.0", "llama-server-0.32.15", "mlx-0.33.0-rc2"])
def test_whole_logs_in_fields_of_json_or_copied_from_a_page_tell_the_same(
    name: str, wrap: Callable[[str], str]
) -> None:
    """The numbers too that stand bare at the end of a line, and load requests, whose msg= has no quotes."""
    wrapped = "\n".join(wrap(line) if "msg=" in line else line for line in LOGS[name].decode().splitlines())

    assert [one.facts for one in launches(wrapped)] == [one.facts for one in launches(LOGS[name])]


FAKE = 'msg="starting llama server" cmd="ollama runner --model /m --ctx-size 1 --parallel 1 --port 2"'


@pytest.mark.parametrize(
    "line",
    [
        f"[GIN] 2026/03/01 - 12:00:00 | 404 | 1.1ms | 10.0.0.7 | GET      {json.dumps('/' + FAKE)}",
        f"[GIN] 2026/03/01 - 12:00:00 | 404 | 1.1ms | 10.0.0.7 | GET      {json.dumps(f'/x{chr(10)}{FAKE}')}",
        "[GIN] 2026/03/01 - 12:00:00 | 404 | 1.1ms | 10.0.0.7 | GET      "
        + json.dumps("/" + FAKE.replace('"', "&quot;")),
        f'time=2026-03-01T12:00:00.000Z level=WARN msg="invalid option provided" option={json.dumps(FAKE)}',
        'time=2026-03-01T12:00:00.000Z level=WARN msg="invalid option provided" option='
        + json.dumps("x\n" + FAKE),
    ],
    ids=["path", "path of two lines", "path with entities", "option", "option of two lines"],
)
@pytest.mark.parametrize("wrap", [str, lambda line: json.dumps({"MESSAGE": line})], ids=["plain", "json"])
def test_what_a_client_sends_makes_no_launch(line: str, wrap: Callable[[str], str]) -> None:
    events = [stamped.event for stamped in parse(Line(wrap(line).encode(), 1, 0.0))]

    assert not any(isinstance(event, ev.LaunchLine | ev.Unreadable | ev.Probe) for event in events)
    if wrap is str:
        assert [type(event) for event in events] in ([ev.Access], [ev.InvalidOption])


def test_a_request_and_a_record_on_one_line_are_both_read() -> None:
    request = '[GIN] 2026/03/01 - 12:00:00 | 200 | 1.1ms | 10.0.0.7 | POST     "/api/chat"'
    events = [stamped.event for stamped in parse(Line(f"{request}time=x {FAKE}".encode(), 1, 0.0))]

    assert [type(event) for event in events] == [ev.Access, ev.LaunchLine]
