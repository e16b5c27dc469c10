"""Why a launch got its arguments, from a log and from the daemon; and every way to get what is wanted."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cause.telling import Tale
from tests.support.command import run
from tests.support.daemon import append, daemon
from tests.support.logs import START, launch
from tests.support.models import Models
from tests.support.ollama_log import OllamaLog
from tests.support.wait import until

REVERTED = Path(__file__).parent / "text" / "reverted.log"


def explained(*words: str | Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("explain", "--json", *words).stdout)["explanations"]
    return found


def setting(one: dict[str, Any], fact: str) -> dict[str, Any]:
    found: dict[str, Any] = next(row for row in one["settings"] if row["fact"] == fact)
    return found


def test_a_lost_variable_is_named_with_its_lines() -> None:
    said = run("explain", "--log", REVERTED).stdout

    assert (
        "why, certain   the server was started without OLLAMA_CONTEXT_LENGTH; before, it had 32768 [lines"
        in said
    )
    assert (
        "context, a request  ?           ?           –             2048        probably Ollama's own" in said
    )
    assert (
        'fix           sudo systemctl edit ollama  →  [Service] Environment="OLLAMA_CONTEXT_LENGTH=32768"'
        "\n    then          sudo systemctl restart ollama\n" in said
    )


def test_the_same_reasons_are_said_once() -> None:
    assert run("explain", "--log", REVERTED).stdout.count("why           as above") == 1


def test_the_table_as_json() -> None:
    log = str(OllamaLog().server("0.32.1", {"OLLAMA_CONTEXT_LENGTH": 32768}, tier=4096).runs(ctx=32768))

    (one,) = json.loads(run("explain", "--json", "--log", "-", given=log.encode()).stdout)["explanations"]

    row = setting(one, "ctx_per_slot")
    assert (row["environment"], row["became"], row["winner"]) == (32768, 32768, "environment")
    assert one["findings"] == []


def test_a_launch_of_a_line(tmp_path: Path) -> None:
    log = tmp_path / "two.log"
    log.write_text(str(OllamaLog().server("0.32.1").runs("a", ctx=2048).runs("a", ctx=32768)))

    assert [one["facts"]["ctx_per_slot"] for one in explained("--log", log)] == [32768]
    assert [one["facts"]["ctx_per_slot"] for one in explained("--log", log, "--line", "4")] == [2048]


def test_mistakes_are_told(tmp_path: Path) -> None:
    assert "launched: sha256:a1a1a1a1a1a1 (line " in run("explain", "qwen", "--log", REVERTED).stderr
    assert run("explain", "--line", "3").returncode == 2
    assert "no ollama-watchd answers" in run("explain", "--listen", "127.0.0.1:9").stderr
    assert "No such file" in run("explain", "--log", tmp_path / "gone.log").stderr


def test_the_running_daemon_explains_the_same(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *START, launch(ctx_size=8192, parallel=4, started=True))

    with daemon(["--file", str(log)]) as running:
        until(lambda: running.firing("context-small"))
        (live,) = explained("--listen", running.url.removeprefix("http://").rstrip("/"))
    (past,) = explained("--log", log)

    for key in ("model", "facts", "settings", "request", "prompts", "platform"):
        assert {**live, "facts": {**live["facts"], "source": None}}[key] == (
            {**past, "facts": {**past["facts"], "source": None}}[key]
        )
    first = {found["rule"]: found for found in past["findings"]}["context-small"]
    same = {found["rule"]: found for found in live["findings"]}["context-small"]
    assert (first["causes"], first["fixes"]) == (same["causes"], same["fixes"])


@pytest.mark.parametrize(
    ("path", "own", "got", "winner", "sure"),
    [
        ("/api/chat", 1500, 4096, "request", False),  # Ollama's own default is outranked
        ("/api/chat", 1500, 1500, "model", False),
        ("/v1/completions", 1500, 1500, "model", True),
        ("/v1/completions", 1500, 4096, "model", False),  # its options may be others now
        ("/api/chat", None, 4096, "built-in", False),
    ],
)
def test_what_the_model_says_outranks_the_default(
    tmp_path: Path,
    path: str,
    own: int | None,
    got: int,
    winner: str,
    sure: bool,  # noqa: FBT001
) -> None:
    models = Models(tmp_path / "models")
    models.tag("own:1b", models.blob(b"a"), {"num_ctx": own} if own else None)
    (config := tmp_path / "config.yaml").write_text(f"models: {{directory: {models.directory}}}\n")
    log = Tale().server("0.24.0", {}).load_by(path, ctx=got)
    (tmp_path / "server.log").write_text(str(log))

    (one,) = explained("--log", tmp_path / "server.log", "--config", config)

    row = setting(one, "ctx_per_slot")
    assert (row["model"], row["winner"], row["sure"]) == (own, winner, sure)


# ---- every way to get it


def test_every_way_in_order_of_precedence() -> None:
    found = json.loads(run("explain", "--want", "context=32768", "--release", "0.32.1", "--json").stdout)

    assert [way["source"] for way in found["ways"]] == ["request", "v1", "model", "environment", "built-in"]
    assert [way["settable"] for way in found["ways"]] == [True, False, True, True, False]
    assert "OLLAMA_CONTEXT_LENGTH=32768" in found["ways"][3]["recipes"]["linux"]


def test_a_release_that_does_not_know_the_variable() -> None:
    said = run("explain", "--want", "context=32768", "--release", "0.5.7").stdout

    assert "for the whole server (environment)  not possible: known from 0.5.13 on" in said
    assert "OLLAMA_CONTEXT_LENGTH=" not in said


def test_release_platform_and_name_come_from_the_log() -> None:
    said = run("explain", "--want", "context=32768", "--log", REVERTED).stdout

    assert said.startswith("ctx_per_slot = 32768 in Ollama 0.6.2; ")
    assert "launchctl" not in said


def test_a_context_beyond_what_the_model_was_trained_for_is_no_more() -> None:
    """The log's model was trained for 32768 tokens."""
    asked = ("explain", "--log", REVERTED, "--release", "0.12.6", "--want")

    assert "trained" not in run(*asked, "context=32768").stdout
    assert (
        "the model was trained for 32768 tokens: Ollama 0.12.6 gives no more"
        in run(*asked, "context=65536").stdout
    )


@pytest.mark.parametrize(
    ("wish", "message"),
    [
        ("context", "--want 'context' is no FACT=VALUE"),
        ("contxt=5", "'contxt' cannot be set"),
        ("context=much", "ctx_per_slot is a number, not 'much'"),
        ("model=qwen", "'model' cannot be set"),
        ("context=0", "ctx_per_slot is at least 1, not 0"),
        ("context=32k", "ctx_per_slot is a number, not '32k'"),
        ("mmap=banana", "mmap is on or off, not 'banana'"),
        ("flash_attention=maybe", "flash_attention is one of on, off, auto, not 'maybe'"),
        ("kv_type=q9", "kv_cache_type is one of f16, q8_0, q4_0, not 'q9'"),
    ],
)
def test_a_wish_that_is_none(wish: str, message: str) -> None:
    done = run("explain", "--want", wish, "--release", "0.32.1")

    assert done.returncode == 2
    assert done.stderr.startswith(f"ollama-watchd: {message}\n")
    assert "hint: " in done.stderr


@pytest.mark.parametrize(
    "wish",
    "context=8192 batch=1024 gpu_layers=all threads=8 main_gpu=1 mmap=off mlock=on parallel=2 "
    "flash_attention=on kv_type=q8_0 num_ctx=8192 num_gpu=-1 GPU-layers=0 flash-attention=0".split(),
)
def test_each_setting_can_be_asked_for(wish: str) -> None:
    done = run("explain", "--want", wish, "--release", "0.32.1", "qwen3:8b")

    assert done.returncode == 0
    assert "in Ollama 0.32.1; each outranks those below it" in done.stdout
