"""Restarts, reloads and kills of the real daemon."""

import os
import signal
from contextlib import suppress
from pathlib import Path

from tests.support.daemon import append, daemon
from tests.support.logs import START, launch
from tests.support.wait import until


def test_a_restart_tells_nothing_twice_and_loses_nothing(tmp_path: Path) -> None:
    log, state = tmp_path / "server.log", str(tmp_path / "state")
    append(log, *START, launch(ctx_size=8192, parallel=4, started=True))
    with daemon(["--file", str(log), "--state", state]) as first:
        until(lambda: "warning context-small" in first.said)
        (before,) = first.firing("context-small")
    append(log, launch(ctx_size=1024, parallel=1, started=True, digest="cd" * 32, port=40002))

    with daemon(["--file", str(log), "--state", state]) as second:
        until(lambda: "warning context-small" in second.said)
        by_id = {alert["id"]: alert for alert in second.firing("context-small")}

        assert len(by_id) == 2
        assert by_id[before["id"]]["actual"] == 2048
        assert second.said.count("warning context-small") == 1
        assert "1024 tokens" in second.said


def test_a_kill_gives_no_begin_a_second_id(tmp_path: Path) -> None:
    log, state = tmp_path / "server.log", str(tmp_path / "state")
    append(log, *START, launch(ctx_size=8192, parallel=4, started=True))
    with daemon(["--file", str(log), "--state", state]) as first:
        until(lambda: "warning context-small" in first.said)
        (before,) = first.firing("context-small")
        os.kill(first.process.pid, signal.SIGKILL)

    with daemon(["--file", str(log), "--state", state]) as second:
        until(lambda: second.get("/-/ready")[0] == 200)
        (after,) = until(lambda: second.firing("context-small"))

    assert after["id"] == before["id"]


def test_a_kill_before_anything_was_told_loses_no_launch_that_was_rotated_since(tmp_path: Path) -> None:
    log, state = tmp_path / "server.log", str(tmp_path / "state")
    append(log, *START)
    with daemon(["--file", str(log), "--state", state]) as first:
        until(lambda: first.get("/-/ready")[0] == 200)
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
    append(log, launch(ctx_size=8192, parallel=4, started=True))
    log.rename(tmp_path / "server.log.1")
    log.touch()

    with daemon(["--file", str(log), "--state", state]) as second:
        until(lambda: second.firing("context-small"))


def test_an_alert_that_is_shown_is_in_the_checkpoint(tmp_path: Path) -> None:
    """Else it could come back under another id after a kill, if lines before it are gone by then."""
    log, state = tmp_path / "server.log", tmp_path / "state"
    append(log, *START)
    with daemon(["--file", str(log), "--state", str(state)]) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        append(log, launch(ctx_size=8192, parallel=4))  # nobody is told before it started, or did not
        (alert,) = until(lambda: running.firing("context-small"))

        assert alert["id"] in _what_a_start_finds(state)
        assert "context-small" not in running.said


def _what_a_start_finds(state: Path) -> str:
    """A checkpoint that is written and not yet on the disk comes first: it outlives a kill."""
    with suppress(FileNotFoundError):
        return (state / "checkpoint.new").read_text()
    return (state / "checkpoint.json").read_text()


def test_another_file_of_that_name_is_another_source(tmp_path: Path) -> None:
    one, other, state = tmp_path / "a" / "server.log", tmp_path / "b" / "server.log", str(tmp_path / "state")
    for log, digest in ((one, "5b" * 32), (other, "cd" * 32)):
        log.parent.mkdir()
        append(log, *START, launch(ctx_size=8192, parallel=4, started=True, digest=digest))
    with daemon(["--file", str(one), "--state", state]) as first:
        until(lambda: first.firing("context-small"))

    with daemon(["--file", str(other), "--state", state]) as second:
        until(lambda: second.firing("context-small"))
        (runner,) = second.json("/api/v1/status")["runners"]

    assert runner["facts"]["model_digest"] == "cd" * 32


def test_a_changed_wish_is_taken_in_and_a_mistake_keeps_the_old_one(tmp_path: Path) -> None:
    log, config = tmp_path / "server.log", tmp_path / "config.yaml"
    append(log, *START, launch(ctx_size=8192, parallel=1, started=True))
    config.write_text("want:\n  '*': {context: 4096}\n")
    arguments = ["--config", str(config), "--file", str(log)]
    with daemon(arguments) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        assert running.firing("context-below-wanted") == []

        config.write_text("want:\n  '*': {context: 16384}\n")
        (alert,) = until(lambda: running.firing("context-below-wanted"))
        assert alert["expected"] == "16384"

        config.write_text("want:\n  '*': {contxt: 4096}\n")
        os.kill(running.process.pid, signal.SIGHUP)
        until(lambda: running.metric("ollama_watch_config_last_reload_successful") == 0)
        assert f"{config}:2:9: unknown key 'contxt'" in running.said
        assert running.firing("context-below-wanted")

        config.write_text("want:\n  '*': {context: 8192}\n")
        until(lambda: running.metric("ollama_watch_config_last_reload_successful") == 1)
        assert running.firing("context-below-wanted") == []
        until(lambda: "accepted: context-below-wanted" in running.said)


def test_a_changed_rule_file_is_taken_in(tmp_path: Path) -> None:
    log, rules = tmp_path / "server.log", tmp_path / "rules"
    append(log, *START, launch(ctx_size=8192, parallel=4, started=True))
    rules.mkdir()
    with daemon(["--file", str(log), "--rules", str(rules)]) as running:
        until(lambda: running.firing("context-small"))

        (rules / "mine.yaml").write_text("rules: [{id: context-small, enabled: false}]")
        until(lambda: not running.firing("context-small"))


def test_a_source_that_is_another_one_by_the_same_name_starts_anew(tmp_path: Path) -> None:
    """What the first log told was of another server; the second has a launch of the same number."""
    first, second, state = (
        tmp_path / "one" / "server.log",
        tmp_path / "two" / "server.log",
        tmp_path / "state",
    )
    for log, tokens in ((first, 8192), (second, 4096)):
        log.parent.mkdir()
        append(log, *START, launch(ctx_size=tokens, parallel=4, started=True))
    with daemon(["--file", str(first), "--state", str(state)]) as running:
        until(lambda: "warning context-small" in running.said)
        (before,) = running.firing("context-small")

    with daemon(["--file", str(second), "--state", str(state)]) as running:
        until(lambda: "over: context-small" in running.said)
        until(lambda: "warning context-small" in running.said)
        (after,) = running.firing("context-small")

    assert after["id"] != before["id"]
    assert (before["actual"], after["actual"]) == (2048, 1024)


def test_what_a_changed_rule_ends_while_we_are_down_is_told(tmp_path: Path) -> None:
    """By each sink that told of it."""
    log, config = tmp_path / "server.log", tmp_path / "config.yaml"
    config.touch()
    append(log, *START, launch(ctx_size=8192, parallel=4, started=True))
    arguments = ["--file", str(log), "--state", str(tmp_path / "state"), "--config", str(config)]
    with daemon(arguments) as running:
        until(lambda: "warning context-small" in running.said)
    config.write_text('want: {"*": {context: 2048}}\n')

    with daemon(arguments) as running:
        until(lambda: "accepted: context-small" in running.said)
