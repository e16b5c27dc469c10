"""`check --running` with the logs of a machine: found, named and configured ones."""

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import run
from tests.support.gguf import write_model
from tests.support.llamacpp import llama_server
from tests.support.ollama_log import OllamaLog
from tests.support.served import served, showing


def _log(*, ctx: int) -> OllamaLog:
    return OllamaLog().server("0.5.7").runs(ctx=ctx)


def _command(log: object) -> str:
    """Return the command of its launch, as a process has it."""
    found = re.search(r'msg="starting [^"]*" cmd="ollama ([^"]*)"', str(log))
    assert found
    return f"/usr/local/bin/ollama {found[1]}"


def _json(*words: str | Path, alone: Sequence[str]) -> tuple[int, Any]:
    done = run("check", "--running", "--format", "json", *words, before=alone)
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def test_a_running_server_s_own_log_is_found_and_compared(tmp_path: Path) -> None:
    """Where its standard error goes."""
    log = _log(ctx=8192)
    own = _command(log)
    with served(tmp_path, own, own.replace("8192", "4096"), log=log) as server:
        code, report = _json(alone=server.alone)
        text = run("check", "--running", before=server.alone).stdout

    (found,) = [one for one in report["findings"] if one["rule"] == "runner-differs"]
    assert (code, found["severity"], found["line"]) == (1, "warning", server.runners[1])
    assert found["message"] == (
        f"process {server.runners[1]} has ctx_size 4096 (logged: 8192); its launch is line 4 of {server.log}"
    )
    assert found["fixes"][0].startswith(f"`ps -ww -o args -p {server.runners[1]}` shows ")
    (remark,) = report["inputs"][0]["remarks"]
    assert str(server.log) in remark
    assert "1 as logged, 1 with other arguments" in remark
    assert "! warning   runner-differs" in text
    assert "\n· compared " in text


def test_a_named_log_is_compared_instead(tmp_path: Path) -> None:
    log, other = _log(ctx=8192), tmp_path / "other.log"
    other.write_text(str(_log(ctx=2048)))
    own = _command(log)
    with served(tmp_path, own, log=log) as server:
        found = _json("--log", other, alone=server.alone)[1]["findings"]

    assert [one["rule"] for one in found if one["severity"] == "warning"] == ["runner-differs"]
    assert str(other) in found[0]["message"]


def test_a_configured_log_is_compared(tmp_path: Path) -> None:
    config, configured = tmp_path / "config.yaml", tmp_path / "box.log"
    config.write_text(f"sources:\n  - {{name: box, file: {{path: {json.dumps(str(configured))}}}}}\n")
    log = _log(ctx=8192)
    own = _command(log)
    with served(tmp_path, own) as server:
        absent = _json("--config", config, alone=server.alone)[1]["inputs"][0]["remarks"]
        configured.write_text(str(log))
        (remark,) = _json("--config", config, alone=server.alone)[1]["inputs"][0]["remarks"]

    assert absent == [f"not compared with {configured}: {configured}: No such file or directory"]
    assert remark.startswith(f"compared with {configured}: 1 as logged")


def test_a_real_llama_server_is_held_against_what_ollama_logged(tmp_path: Path) -> None:
    (tmp_path / "blobs").mkdir()
    model = write_model(tmp_path / f"blobs/sha256-{'ab' * 32}")
    log = tmp_path / "ollama.log"
    with llama_server(model, tmp_path / "server.log", context=4096, slots=1) as server:
        alone = showing(tmp_path / "proc", server.pid)
        launch = f'"starting llama-server" cmd="{" ".join(server.argv)}"'
        log.write_text(str(OllamaLog().server("0.32.15").says(launch)))
        same = _json("--log", log, alone=alone)[1]
        log.write_text(log.read_text().replace("--ctx-size 4096", "--ctx-size 32768"))
        other = _json("--log", log, alone=alone)[1]

    assert [one for one in same["findings"] if one["rule"].startswith("runner-")] == []
    (found,) = [one for one in other["findings"] if one["rule"] == "runner-differs"]
    assert found["line"] == server.pid
    assert "has ctx_size 4096 (logged: 32768); " in found["message"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--log", "x.log"), "--log needs --running"),
        (("--running", "--log", "/nonexistent/x.log"), "/nonexistent/x.log: No such file or directory"),
    ],
)
def test_a_mistake_with_the_log_is_told(words: tuple[str, ...], message: str) -> None:
    done = run("check", *words)

    assert done.returncode == 2
    assert message in done.stderr
