"""What the log says, as lines and as entries of a real journal."""

import json
import logging
import os
from dataclasses import replace
from pathlib import Path

import pytest

from ollama_watch.alerts.notice import Notice
from ollama_watch.sinks import journal
from ollama_watch.sinks.log import MESSAGE_IDS, Log, fields, sentence
from tests.support import made_alerts as made
from tests.support.journald import Journald


def test_a_transition_is_one_line_and_a_change_none(caplog: pytest.LogCaptureFixture) -> None:
    sink = Log()
    with caplog.at_level(logging.INFO):
        made.tell(sink, made.reverted("\x1b[31mred"))
        made.tell(sink, made.reverted("\x1b[31mred"), quiet=True)
        made.tell(sink, made.over(made.reverted("\x1b[31mred")))

    begin, end = caplog.messages
    assert begin.startswith("critical context-reverted: \ufffd[31mred ")
    assert end == "fixed: context-reverted of \ufffd[31mred [ollama.service]"


def test_an_end_that_no_launch_brought_says_what_did() -> None:
    gone = sentence(made.over(made.small("a:1b"), "replaced"))

    assert gone == "replaced: context-small of a:1b, the rule does not apply any more [ollama.service]"
    by = replace(made.over(made.small(), "replaced"), ended_by=made.launch("a", ctx_per_slot=4096))
    assert sentence(by).endswith(", runs with 4096 tokens now [ollama.service]")


def test_the_worst_of_several_is_told_beside_the_newest_and_at_the_end() -> None:
    one = made.later(made.truncated(), dropped=10)
    worst = "llama3.1:8b cut a prompt: at least 21300 of 25400 tokens were dropped (limit 4096)"

    assert f"; the worst of 13: {worst}; " in sentence(one)
    assert sentence(made.over(one, "over")) == (
        f"over: prompt-truncated of llama3.1:8b, 13 times, the worst: {worst} [ollama.service]"
    )
    assert fields(Notice(one, "repeat"))["OLLAMA_WATCH_WORST"] == worst
    assert "worst" not in sentence(made.truncated(count=1))


def test_an_entry_of_the_journal_has_the_numbers_in_fields() -> None:
    with Journald() as journald:
        path = journald.path("/run/systemd/journal/socket")
        sink = Log(send=lambda entry: journal.send(entry, path))
        made.tell(sink, made.reverted())
        made.tell(sink, made.over(made.reverted()))
        journald.sync()
        wanted = f"MESSAGE_ID={MESSAGE_IDS['begin']}"
        (begin,) = journald.run(["journalctl", "-o", "json", wanted]).stdout.splitlines()
        (end,) = journald.run(["journalctl", "-o", "json", "OLLAMA_WATCH_WHAT=end"]).stdout.splitlines()

    entry = json.loads(begin)
    assert entry["MESSAGE"].startswith("critical context-reverted: qwen2.5-coder:7b runs with 2048")
    assert {name: entry[name] for name in ("PRIORITY", "SYSLOG_IDENTIFIER", "_PID")} == {
        "PRIORITY": "2",
        "SYSLOG_IDENTIFIER": "ollama-watchd",
        "_PID": str(os.getpid()),
    }
    assert {
        name.removeprefix("OLLAMA_WATCH_"): value for name, value in entry.items() if "OLLAMA" in name
    } == {
        "WHAT": "begin",
        "ALERT_ID": "1",
        "RULE": "context-reverted",
        "SEVERITY": "critical",
        "SOURCE": "ollama.service",
        "MODEL": "qwen2.5-coder:7b",
        "FACT": "ctx_per_slot",
        "ACTUAL": "2048",
        "COUNT": "1",
        "CAUSE": made.reverted().finding.causes[0].text,
        "FIX": made.reverted().finding.fixes[0],
    }
    assert (json.loads(end)["PRIORITY"], json.loads(end)["OLLAMA_WATCH_ENDED"]) == ("6", "fixed")


@pytest.mark.parametrize("name", ["a\nPRIORITY=0", "\ud800", "x" * 100_000, "\x00"])
def test_a_name_forges_no_field(name: str) -> None:
    with Journald() as journald:
        path = journald.path("/run/systemd/journal/socket")
        made.tell(Log(send=lambda entry: journal.send(entry, path)), made.small(name))
        journald.sync()
        (line,) = journald.run(["journalctl", "-o", "json", "OLLAMA_WATCH_WHAT=begin"]).stdout.splitlines()

    assert json.loads(line)["PRIORITY"] == "4"


def test_a_text_of_several_lines_is_one_field() -> None:
    with Journald() as journald:
        journal.send({"MESSAGE": "one\ntwo", "OTHER": "x"}, journald.path("/run/systemd/journal/socket"))
        journald.sync()
        (line,) = journald.run(["journalctl", "-o", "json", "OTHER=x"]).stdout.splitlines()

    assert json.loads(line)["MESSAGE"] == "one\ntwo"


def test_a_week_without_a_launch_is_told_as_such(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    made.tell(Log(), made.over(made.small(), "forgotten"))

    line = "forgotten: context-small of qwen2.5-coder:7b, not launched for 7 days [ollama.service]"
    assert caplog.messages == [line]


def test_without_a_journald_it_is_a_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    made.tell(Log(send=lambda entry: journal.send(entry, tmp_path / "socket")), made.reverted())

    assert [message.split(":")[0] for message in caplog.messages] == ["critical context-reverted"]


def test_only_what_goes_to_the_journal_is_the_journals(tmp_path: Path) -> None:
    """A daemon that inherited the variable may have its output elsewhere."""
    with (tmp_path / "file").open("w") as there, (tmp_path / "other").open("w") as elsewhere:
        status = os.fstat(there.fileno())
        environ = {"JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}"}

        assert journal.is_ours(environ, there.fileno())
        assert not journal.is_ours(environ, elsewhere.fileno())
        assert not journal.is_ours({}, there.fileno())
        assert not journal.is_ours({"JOURNAL_STREAM": "nonsense"}, there.fileno())
    assert not journal.is_ours(environ, 987)


def test_the_ids_of_messages_stay() -> None:
    """People search for them, and catalogs explain them."""
    assert fields(Notice(made.small(), "repeat"))["MESSAGE_ID"] == "05a38af5828848e8943340508eb0c668"
    assert MESSAGE_IDS["begin"] == "d2ee8c2e1c20478ca7e469ae214ff2e6"
    assert MESSAGE_IDS["end"] == "9d42050205524d1f826a25d46a36b6dc"
