"""What pop-ups say, word by word."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_watch.alerts.alert import Alert
from ollama_watch.model import Cause, Value
from ollama_watch.sinks.ends import back_body, back_title
from ollama_watch.sinks.several import defaults_body, defaults_title
from ollama_watch.sinks.texts import body, title
from ollama_watch.verify.rulefile import load_rules
from ollama_watch.verify.shipped import shipped_rules
from tests.support import made_alerts as made

RULES = [rule.id for rule in load_rules(shipped_rules(), [])]
SERVER = 'sudo systemctl edit ollama → [Service] Environment="OLLAMA_CONTEXT_LENGTH=32768"'
CODER = "hf.co/bartowski/Qwen2.5-Coder-32B-Instruct-GGUF:Q4_K_M"


def test_a_reversion_says_what_was_why_and_what_to_type() -> None:
    alert = made.reverted()

    assert title(alert) == "qwen2.5-coder:7b runs with 2048 tokens, was 32768"
    assert body(alert) == (
        "2048 is Ollama's default: neither the server, the model nor the request asked for more.",
        "The log's 8192 is 4 slots × 2048; longer prompts are cut without an error.",
        SERVER,
    )


@pytest.mark.parametrize(
    ("name", "wanted_from", "expected"),
    [
        ("llama3.1:8b", "config", "llama3.1:8b runs with 2048 tokens, wanted 32768"),
        ("llama3.1:8b", "model", "llama3.1:8b runs with 2048 tokens, wanted 32768"),
        ("qwen2.5-coder:7b", "config", "qwen2.5-coder:7b runs with 2048 tokens, not 32768"),
        ("deepseek-coder-v2:16b", "history", "deepseek-cod…:16b runs with 2048 tokens, was 32768"),
        (CODER, "history", "Qwen2.5-C…:Q4_K_M runs with 2048 tokens, was 32768"),
    ],
)
def test_a_title_fits_and_keeps_its_numbers(name: str, wanted_from: str, expected: str) -> None:
    alert = made.reverted(name, wanted_from)

    assert title(alert) == expected
    assert (name in title(alert)) or body(alert)[0] == name


def test_whose_wish_was_not_met_is_said() -> None:
    assert body(made.reverted(wanted_from="config"))[0].startswith("Your configuration wants 32768. 2048 is")
    assert body(made.reverted(wanted_from="model"))[0].startswith("Its Modelfile asks for 32768. 2048 is")


def test_a_small_context_that_nobody_set() -> None:
    alert = made.small()

    assert title(alert) == "qwen2.5-coder:7b runs with 2048 tokens"
    assert body(alert) == (
        "Nobody set a context. The log's 8192 is 4 slots × 2048; longer prompts are cut without an error.",
        "The model takes 32768: PARAMETER num_ctx 32768 in the model's Modelfile",
    )


def test_a_number_is_in_the_body_too() -> None:
    """A server may cut titles after 24 characters."""
    small, reverted = (
        made.alert(rule, "a:1b", ctx_size=1024, parallel=1, ctx_per_slot=1024, ctx_is_default=True)
        for rule in ("context-small", "context-reverted")
    )
    cost = "Prompts longer than 1024 tokens are cut without an error."

    assert body(small)[0] == f"Nobody set a context. {cost}"
    assert body(reverted)[1] == cost
    assert body(made.at_default())[0].startswith("4096 is")
    assert body(made.reverted())[0].startswith("2048 is")


def test_a_small_context_of_one_slot_that_a_client_asked_for() -> None:
    alert = made.alert("context-small", "a:1b", ctx_size=1024, parallel=1, ctx_per_slot=1024)
    alert = replace(alert, finding=replace(alert.finding, host="gpu-box"))
    cost = "Prompts longer than 1024 tokens are cut without an error."

    assert body(alert) == (
        f"num_ctx 1024 was asked for by the request or by the model. {cost}",
        "PARAMETER num_ctx 8192 in the model's Modelfile",
        "On gpu-box.",
    )


@pytest.mark.parametrize(
    ("minutes", "span"), [(0, "10 min"), (10, "10 min"), (11.5, "12 min"), (119, "119 min"), (125, "3 h")]
)
def test_cut_prompts_are_counted_from_the_begin(minutes: float, span: str) -> None:
    alert = made.truncated(lasted=minutes * 60)

    assert title(alert) == f"llama3.1:8b loses prompts: 12 cut in {span}"
    assert body(alert)[0] == "Worst of 12: 21,300 of 25,400 tokens dropped (context 4096)."
    assert body(alert)[-1].startswith("PARAMETER num_ctx ")


def test_models_at_the_default_are_one_note() -> None:
    alerts = [made.at_default("qwen3:8b"), made.at_default("gemma3:4b")]

    assert defaults_title(alerts[:1]) == "qwen3:8b runs with 4096 tokens"
    assert defaults_body(alerts[:1]) == (
        "4096 is Ollama's default: nobody set a context. The model takes 131072.",
        SERVER,
    )
    assert defaults_title(alerts) == "2 models run with Ollama's default context"
    assert defaults_body(alerts) == (
        "gemma3:4b: 4096 tokens, takes 131072",
        "qwen3:8b: 4096 tokens, takes 131072",
        SERVER,
    )


def test_a_long_list_says_how_many_more() -> None:
    alerts = [made.at_default(f"model{number}:1b") for number in range(9)]

    assert defaults_body(alerts)[4:] == (
        "model4:1b: 4096 tokens, takes 131072",
        "… and 4 more",
        SERVER,
    )


@pytest.mark.parametrize(
    ("alert", "expected", "first"),
    [
        (
            made.alert(
                "flash-attention-dropped",
                "llama3.1:8b",
                fields={"by": "gpu", "why": "the GPU does not support it"},
            ),
            "llama3.1:8b runs without flash attention",
            "Although OLLAMA_FLASH_ATTENTION is set: the GPU does not support it.",
        ),
        (
            made.alert("layers-on-cpu", "llama3.1:8b", layers_offloaded=20, layers_total=33),
            "llama3.1:8b has 20 of 33 layers on the GPU",
            "",
        ),
        (
            made.alert("gpu-lost", "server", fields={"gpus": "cuda"}),
            "Ollama found no GPU at its last start",
            "Before it had cuda.",
        ),
        (
            made.alert(
                "load-failed", "llama3.1:8b", fields={"error": "exit status 2: " + "out of memory " * 50}
            ),
            "llama3.1:8b could not be loaded: exit status 2",
            "Out of memory out of",
        ),
    ],
)
def test_other_rules_speak_by_their_message(alert: Alert, expected: str, first: str) -> None:
    lines = body(alert)

    assert title(alert) == expected
    assert (lines[0] if lines else "").startswith(first)
    assert all(len(line) <= 300 for line in lines)


@given(st.sampled_from(RULES), st.text(max_size=80), st.integers(1, 10**7), st.integers(1, 10**7))
def test_whatever_a_model_is_called(rule: str, name: str, tokens: int, wanted: int) -> None:
    """A title fits, and nothing in it or below it steers a screen."""
    alert = made.alert(
        rule, name, count=tokens, ctx_per_slot=tokens, ctx_wanted=wanted, ctx_wanted_from="config"
    )

    assert 0 < len(title(alert)) <= 50
    assert all(text.isprintable() for text in (title(alert), *body(alert), *defaults_body([alert, alert])))
    if rule == "context-reverted":
        assert f"{tokens} tokens" in title(alert)
        assert str(wanted) in title(alert)


def test_a_cut_prompt_of_unknown_length() -> None:
    alert = made.alert("prompt-truncated", "llama3.1:8b", fields={"limit": 2048}, ctx_per_slot=2048)

    assert body(alert)[0] == "Prompts longer than its context of 2048 tokens are cut."


def test_a_model_that_is_loaded_again_and_again() -> None:
    alert = made.alert("thrashing", "llama3.1:8b", fields={"changes": 4, "clients": "10.0.0.7 (4096)"})

    assert title(alert) == "llama3.1:8b is loaded again and again"
    assert body(alert) == (
        "Was loaded again and again with another context: 4 changes within 10 minutes, for 10.0.0.7 (4096).",
    )


def test_where_it_came_by_a_path_that_cannot_ask_for_more_it_says_so() -> None:
    alert = made.truncated()
    text = "the request from 10.0.0.7 came through /v1/chat/completions, which cannot carry num_ctx"
    causes = (*alert.finding.causes, Cause(text, "likely"))
    server = 'sudo systemctl edit ollama  →  [Service] Environment="OLLAMA_CONTEXT_LENGTH=32768"'
    finding = replace(alert.finding, causes=causes, fixes=(server,))
    alert = replace(alert, finding=finding, worst=finding)

    assert body(alert) == (
        "Worst of 12: 21,300 of 25,400 tokens dropped (context 4096).",
        "Came by /v1/chat/completions, which cannot ask for more.",
        SERVER,
    )


def test_the_worst_is_told_however_small_the_last_one_was() -> None:
    """How it came is told of that one, what mends it of what runs now."""
    text = "the request from 10.0.0.7 came through /v1/chat/completions, which cannot carry num_ctx"
    alert = made.later(made.truncated(), dropped=10, ctx_per_slot=8192)
    assert alert.worst
    alert = replace(alert, worst=replace(alert.worst, causes=(Cause(text, "likely"),)))

    assert title(alert) == "llama3.1:8b loses prompts: 13 cut in 10 min"
    assert body(alert)[:2] == (
        "Worst of 13: 21,300 of 25,400 tokens dropped (context 4096).",
        "Came by /v1/chat/completions, which cannot ask for more.",
    )


def test_one_cut_prompt_is_not_the_worst_of_any() -> None:
    assert body(made.truncated(count=1))[0] == "21,300 of 25,400 tokens dropped (context 4096)."


def test_the_worst_of_another_event_is_told_in_its_own_words() -> None:
    fields: dict[str, Value] = {"tokens": 9000, "batch": 512, "size": "of 9000 tokens: its batch takes 512"}
    first = made.alert("embedding-input-refused", "nomic-embed-text", fields=fields)
    small: dict[str, Value] = {"tokens": 600, "batch": 512, "size": "of 600 tokens: its batch takes 512"}
    newest = made.alert("embedding-input-refused", "nomic-embed-text", fields=small, count=2)

    assert body(replace(newest, worst=newest.finding)) == body(newest)
    assert "Worst of 2: refused an input of 9000 tokens: its batch takes 512." in body(
        replace(newest, worst=first.finding)
    )


def test_two_sources_are_never_told_alike() -> None:
    """Only the usual one, of which a machine has one, is not named."""
    usual = made.small()
    other = replace(usual, finding=replace(usual.finding, source="gpu-two"))
    far = replace(usual, finding=replace(other.finding, host="gpu-box"))

    assert body(other) == (*body(usual), "From gpu-two.")
    assert body(far) == (*body(usual), "On gpu-box, from gpu-two.")
    assert "(from gpu-two): 2048 tokens" in defaults_body([usual, other])[0]


def test_an_end_names_its_source_too() -> None:
    alert = made.reverted()
    by = made.launch("qwen2.5-coder:7b", ctx_per_slot=32768)
    ended = replace(made.over(alert), ended_by=by, finding=replace(alert.finding, source="gpu-two"))

    assert back_body(ended) == ("It had 2048.", "From gpu-two.")


@pytest.mark.parametrize(
    ("wanted_from", "previous", "tokens", "expected"),
    [
        ("history", None, 32768, "a:1b is back to 32768 tokens"),
        ("config", 32768, 32768, "a:1b is back to 32768 tokens"),
        ("config", None, 32768, "a:1b has 32768 tokens now"),
        ("history", 32768, 16384, "a:1b has 16384 tokens now"),
    ],
)
def test_it_is_back_only_to_what_it_had(
    wanted_from: str, previous: int | None, tokens: int, expected: str
) -> None:
    wish = {"ctx_wanted": 32768, "ctx_wanted_from": wanted_from, "ctx_previous": previous}
    alert = made.alert("context-reverted", "a:1b", ctx_per_slot=2048, **wish)  # type: ignore[arg-type]  # facts
    by = made.launch("a:1b", ctx_per_slot=tokens)

    assert back_title(replace(made.over(alert), ended_by=by)) == expected
