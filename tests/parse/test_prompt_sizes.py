"""Prompts are told apart where a line says nothing else: a busy server writes one for each request."""

import pytest

from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.parse import parse
from ollama_watch.parse.telling import sift

PROMPT = b"slot   operator(): id  0 | task 3 | new prompt, n_ctx_slot = 4096, n_keep = 4, task.n_tokens = 44"
OTHERS = (
    b"task 3 | need to evaluate at least 1 token for each active slot (n_past = 44, task.n_tokens = 44)",
    b'time=2026-03-01T12:00:00Z level=INFO msg="llama runner started in 1 seconds" x="' + PROMPT + b'"',
    b'[GIN] 2026/03/01 - 12:00:01 | 200 | 1.9s | ::1 | POST "/v1/' + PROMPT + b'"',
    b"\x1b[31m" + PROMPT,
    PROMPT + b", initializing, n_slots = 4",
    PROMPT + b" systemd[1]: ollama.service: Failed with result 'oom-kill'.",
    PROMPT.ljust(70_000) + b"new prompt, task.n_tokens = 9",
)


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_line_of_a_prompt_alone_need_not_be_read(end: bytes) -> None:
    block = (b"x" * 20 + end + PROMPT + end) * 3
    found = sift(block, prompts=True)

    assert found.telling == []
    assert [block[at:].startswith(PROMPT) for at, _ in found.prompts] == [True] * 3
    assert [tokens for _, tokens in found.prompts] == [44] * 3
    assert [one.event for one in parse(Line(PROMPT, 1, 0.0))] == [ev.PromptSize(44)]


@pytest.mark.parametrize("line", OTHERS)
def test_a_line_that_may_say_more_is_read(line: bytes) -> None:
    found = sift(line + b"\n" + PROMPT + b"\n", prompts=True)

    assert [one.text for one in found.telling] == [line]
    assert found.prompts == [(len(line) + 1, 44)]


def test_who_does_not_ask_gets_them_as_lines() -> None:
    found = sift(PROMPT + b"\n")

    assert ([one.text for one in found.telling], found.prompts) == ([PROMPT], ())
