"""What is proposed helps: no less than there is, no more than the model takes, and as it is done there."""

from dataclasses import replace

import pytest

from ollama_watch.cause.causes import causes
from ollama_watch.cause.fixes import fixes
from ollama_watch.cause.known import Known
from ollama_watch.model import Launch, Platform
from tests.support.checked import launches

BLOB = "/usr/share/ollama/.ollama/models/blobs/sha256-" + "5b" * 32


def launch(platform: Platform = "linux", **facts: object) -> Launch:
    known = {
        "ctx_size": 4096, "parallel": 1, "ctx_per_slot": 4096, "ctx_trained": 131072, "ctx_builtin": 4096,
        "ctx_default": 4096, "ctx_is_default": True, "ctx_wanted": None, "ctx_wanted_from": "none",
        "ollama_version": "0.32.1",
    }  # fmt: skip
    return Launch(
        index=0, source="s", host=None, line=7, cursor="", at=0.0, era="llama-server", complete=True,
        started=True, failed=False, platform=platform, facts={**known, **facts},  # type: ignore[dict-item]
    )  # fmt: skip


def first_fix(about: Launch, rule: str = "prompt-truncated", prompt: int | None = None) -> str:
    return fixes(Known(rule=rule, launch=about, fields={"prompt": prompt}))[0]


@pytest.mark.parametrize("has", [4096, 16384, 32768, 65536])
def test_no_less_is_proposed_than_there_is(has: int) -> None:
    about = launch(ctx_size=has, ctx_per_slot=has, ctx_is_default=False)

    proposed = int(first_fix(about).split()[2])
    assert has < proposed <= 131072


def test_what_is_proposed_holds_the_prompt() -> None:
    assert first_fix(launch(ctx_is_default=False), prompt=40000).startswith("PARAMETER num_ctx 65536 ")


def test_no_more_is_proposed_than_the_model_takes() -> None:
    about = launch(ctx_is_default=False, ctx_trained=8192)

    assert first_fix(about, prompt=40000).startswith("PARAMETER num_ctx 8192 ")


def test_at_its_trained_length_the_model_takes_no_more() -> None:
    about = launch(ctx_trained=4096)

    assert [cause.text for cause in causes(Known(rule="prompt-truncated", launch=about))] == [
        "the model was trained for 4096 tokens"
    ]
    assert fixes(Known(rule="prompt-truncated", launch=about)) == (
        "a model that was trained for longer prompts, or shorter prompts",
    )


def test_a_variable_that_is_obeyed_is_no_default_of_ollamas() -> None:
    about = launch(ctx_default=8192, ctx_per_slot=8192, ctx_wanted=8192, ctx_wanted_from="environment")

    assert [cause.text for cause in causes(Known(rule="prompt-truncated", launch=about))] == [
        "the server's OLLAMA_CONTEXT_LENGTH gives 8192"
    ]
    assert 'OLLAMA_CONTEXT_LENGTH=32768"' in first_fix(about)


@pytest.mark.parametrize(
    ("era", "version", "knows"),
    [
        ("command-line", "0.5.12", False),
        ("command-line", "0.5.13", True),
        ("command-line", None, False),
        ("load-request", None, True),  # a wording of 0.11.5 and later
        ("llama-server", None, True),
    ],
)
def test_a_variable_is_proposed_to_releases_that_know_it(
    era: str,
    version: str | None,
    knows: bool,  # noqa: FBT001
) -> None:
    about = replace(launch(ollama_version=version), era=era)

    assert ("OLLAMA_CONTEXT_LENGTH" in first_fix(about, "context-at-default")) == knows


@pytest.mark.parametrize(
    ("platform", "words"),
    [
        ("linux", "sudo systemctl edit ollama"),
        ("windows", "setx OLLAMA_CONTEXT_LENGTH"),
        ("macos", "launchctl setenv OLLAMA_CONTEXT_LENGTH"),
        ("container", "docker run -e OLLAMA_CONTEXT_LENGTH="),
    ],
)
def test_a_variable_is_set_as_it_is_there(platform: Platform, words: str) -> None:
    assert first_fix(launch(platform), "context-at-default").startswith(words)


def test_a_server_started_by_hand_gets_its_own_advice() -> None:
    about = launch(
        ctx_builtin=(), ctx_default=(), ctx_is_default=None, ctx_size=2048, parallel=4, ctx_per_slot=512
    )

    assert [cause.text for cause in causes(Known(rule="context-small", launch=about))] == [
        "the 2048 of the command line is the total of 4 slots"
    ]
    assert fixes(Known(rule="context-small", launch=about)) == (
        "--ctx-size 131072 on the command line of llama-server",
        "fewer slots: --parallel 1 gives one request 2048",
    )


@pytest.mark.parametrize(
    ("path", "platform"),
    [
        (BLOB, "linux"),
        ("/root/.ollama/models/blobs/sha256-" + "5b" * 32, "container"),
        ("/Users/me/.ollama/models/blobs/sha256-" + "5b" * 32, "macos"),
        (r"C:\\Users\\me\\.ollama\\models\\blobs\\sha256-" + "5b" * 32, "windows"),
    ],
)
def test_where_the_server_runs_is_told_by_where_its_models_are(path: str, platform: Platform) -> None:
    line = f'msg="starting llama server" cmd="/o/runner --model {path} --ctx-size 2048 --port 4000"'

    assert launches(line)[0].platform == platform
