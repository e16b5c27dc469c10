"""`check --running` against a real llama.cpp server, and against command lines of every wording."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ollama_watch.app.alive import records
from ollama_watch.sources.processes import Process, processes
from ollama_watch.verify.facts import facts
from tests.support.gguf import write_model
from tests.support.llamacpp import Server, llama_server

DIGEST = "ab" * 32
BLOB = f"/models/blobs/sha256-{DIGEST}"


def _check(*words: str) -> dict[str, list[dict[str, object]]]:
    done = subprocess.run(
        [sys.executable, "-m", "ollama_watch", "check", "--format", "json", *words],
        capture_output=True,
        check=False,
        env={**os.environ, "XDG_CONFIG_HOME": "/nonexistent"},
    )
    assert done.stderr == b""
    found: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    return found


def test_a_real_server_by_its_process_and_by_its_log(tmp_path: Path) -> None:
    """2048 tokens in four slots are 512 for a request, whoever tells."""
    model = write_model(tmp_path / "tiny.gguf")
    with llama_server(model, tmp_path / "server.log", context=2048, slots=4) as server:
        assert server.argv in {process.argv for process in processes()}
        by_process = _of(_check("--running"), server)
        by_log = _check(str(server.log))

    assert by_process["facts"] == by_process["facts"] | {
        "model": ["tiny"],
        "engine": "llama-server",
        "ctx_size": 2048,
        "parallel": 4,
        "ctx_per_slot": 512,
    }
    (launch,) = by_log["launches"]
    assert launch["facts"] == launch["facts"] | {"ctx_size": 2048, "parallel": 4, "ctx_per_slot": 512}  # type: ignore[operator]
    assert "context-small" in {found["rule"] for found in by_log["findings"]}


def _of(report: dict[str, list[dict[str, object]]], server: Server) -> dict[str, dict[str, object]]:
    (launch,) = [one for one in report["launches"] if one["line"] == server.pid]
    return launch  # type: ignore[return-value]  # of a launch we read the facts


@pytest.mark.parametrize(
    ("command", "known"),
    [
        (
            f"/bin/ollama runner --model {BLOB} --ctx-size 8192 --batch-size 512 --parallel 4 --port 4",
            {
                "engine": "llama-runner",
                "model_digest": DIGEST,
                "ctx_per_slot": 2048,
                "flash_attention": "off",
            },
        ),
        (
            f"/tmp/ollama1/ollama_llama_server --model {BLOB} --ctx-size 2048 --parallel 1 --port 4",
            {"engine": "llama-runner", "ctx_per_slot": 2048},
        ),
        (
            f"/usr/bin/ollama runner --ollama-engine --model {BLOB} --port 4",
            {"engine": "ollama-engine", "model_digest": DIGEST, "ctx_size": None, "ctx_per_slot": None},
        ),
        (
            f"/usr/lib/ollama/llama-server --model {BLOB} --port 4 -c 32768 -np 2 -fa auto -ub 512",
            {"engine": "llama-server", "ctx_size": 32768, "ctx_per_slot": 16384, "ubatch_size": 512},
        ),
        (
            "llama-server -hf some/model:Q4 -c 4096",
            {"model": ("some/model:Q4",), "parallel": None, "ctx_per_slot": 4096},
        ),
        ("llama-server -m /a/b.gguf -c 0", {"model": ("b",), "ctx_size": None, "ctx_per_slot": None}),
        (
            "/usr/bin/ollama runner --mlx-engine --model registry.ollama.ai/library/x:latest --port 4",
            {"engine": "mlx", "model": ("x",), "ctx_per_slot": None},
        ),
    ],
)
def test_command_lines_of_every_wording(command: str, known: dict[str, object]) -> None:
    """What a command line states is exact, what it keeps to itself is unknown."""
    (record,) = records([Process(7, tuple(command.split()))], 1e9)

    found = facts(record)
    assert found == {**found, **known}
    assert (record.line, record.at, record.complete) == (7, 1e9, True)


@pytest.mark.parametrize(
    "command",
    [
        "/usr/local/bin/ollama serve",
        "/usr/local/bin/ollama runner --ollama-engine --port 4",  # looks for GPUs
        "/usr/lib/ollama/llama-server --port 4 --host 127.0.0.1 --no-webui --offline --verbose",
        "vim llama-server --model x",
        "gitlab-runner run",
        "sh",
    ],
)
def test_other_programs_are_no_runners(command: str) -> None:
    assert not list(records([Process(7, tuple(command.split()))], 1e9))
