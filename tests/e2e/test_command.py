"""The daemon and the programs it runs, and what it writes to a real journal."""

import json
import os
import socket
import stat
import sys
from pathlib import Path

from ollama_watch.sinks.log import MESSAGE_IDS
from tests.support.daemon import append, daemon
from tests.support.journald import Journald
from tests.support.logs import START, launch
from tests.support.wait import until

BROKEN = launch(ctx_size=8192, parallel=4, started=True)
MENDED = launch(ctx_size=32768, parallel=1, port=40002, started=True)


def test_a_program_gets_begin_and_end_as_json(tmp_path: Path) -> None:
    log, got = tmp_path / "server.log", tmp_path / "got"
    program = tmp_path / "on-alert"
    program.write_text(f"#!/bin/sh\ncat >>{got}\n")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    config = tmp_path / "config.yaml"
    config.write_text(f"sinks: {{command: {{run: [{program}]}}}}\n")
    append(log, *START, BROKEN)

    with daemon(["--config", str(config), "--file", str(log)]) as running:
        until(got.exists)
        (own,) = running.firing("context-small")
        append(log, MENDED)
        until(lambda: got.read_text().count("\n") == 2)

    begin, end = map(json.loads, got.read_text().splitlines())
    assert begin == {
        "what": "begin",
        **{key: own[key] for key in own if key not in ("told", "repeat", "inhibited_by")},
    }
    assert (end["what"], end["id"], end["state"]) == ("end", own["id"], "resolved")


def test_in_the_journal_a_transition_is_an_entry_with_fields(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *START, BROKEN)
    with Journald() as journald, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
        stream.connect(str(journald.path("/run/systemd/journal/stdout")))
        stream.sendall(b"ollama-watchd\nollama-watchd.service\n6\n1\n0\n0\n0\n")
        status = os.fstat(stream.fileno())
        words = ["run", "--listen", "127.0.0.1:0", "--file", str(log), "--sink", "log"]
        process = journald.popen(
            [sys.executable, "-m", "ollama_watch", *words],
            stderr=stream,
            env={
                **os.environ,
                "JOURNAL_STREAM": f"{status.st_dev}:{status.st_ino}",
                "XDG_STATE_HOME": str(tmp_path),
                "XDG_CONFIG_HOME": str(tmp_path),
            },
        )
        try:
            wanted = f"MESSAGE_ID={MESSAGE_IDS['begin']}"
            show = ["journalctl", "-o", "json", wanted]
            entry = json.loads(until(lambda: journald.run(show).stdout))
            told = journald.run(["journalctl", "-o", "cat"]).stdout
        finally:
            process.terminate()
            process.wait(10)

    assert entry["OLLAMA_WATCH_RULE"] == "context-small"
    assert (entry["OLLAMA_WATCH_ACTUAL"], entry["PRIORITY"]) == ("2048", "4")
    assert told.count("context-small") == 1  # an entry, and no line besides
    assert "watching" in told
