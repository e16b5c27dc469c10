"""A damaged line tells fewer facts, never wrong ones."""

from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ollama_watch.model import Launch, Line, Value
from ollama_watch.parse import events as ev
from ollama_watch.parse import parse
from ollama_watch.parse.argv import Args
from tests.support.checked import facts, launches
from tests.support.golden import LINES, LOGS
from tests.support.ollama_log import COMMAND_LINE, OllamaLog

# What launch lines and load requests state. Defaults and wishes are drawn from other lines too, and what the
# loader tells is of the launch that is pending: another one where a launch line is lost.
STATED = (
    "model_digest engine ctx_size parallel ctx_per_slot batch_size ubatch_size gpu_layers flash_attention "
    "kv_cache_type threads main_gpu tensor_split mmap mlock lora mmproj port"
).split()
TELLING = (b"msg=load request=", b'" cmd="')
SITES = [
    (name, number)
    for name, text in LOGS.items()
    for number, line in enumerate(text.splitlines())
    if any(words in line for words in TELLING)
]


def no_more(damaged: Value, whole: Value) -> bool:
    """Tell whether a damaged value is unknown, the same, or a part of a list."""
    if isinstance(damaged, tuple) and isinstance(whole, tuple):
        return set(damaged) <= set(whole)
    return damaged is None or damaged == whole


def _launch(line: bytes) -> ev.LaunchLine | None:
    events = [stamped.event for stamped in parse(Line(line, 1, 0.0))]
    return next((event for event in events if isinstance(event, ev.LaunchLine)), None)


@pytest.mark.parametrize("line", [line for line in LINES if _launch(line)], ids=lambda line: str(len(line)))
def test_a_launch_line_cut_at_any_byte_states_no_other_argument(line: bytes) -> None:
    """But for the port of an MLX runner: it stands bare at the end, and a part of a number is a number."""
    whole = _launch(line)
    assert whole is not None
    names = {field.name for field in fields(Args)} - {"model", "cut", *(["port"] if whole.name else [])}

    for end in range(len(line)):
        if part := _launch(line[:end]):
            assert [n for n in names if not no_more(getattr(part.args, n), getattr(whole.args, n))] == []
            assert no_more(part.name, whole.name)


@pytest.mark.parametrize(
    "line", [line for line in LINES if b"msg=load req" in line], ids=lambda line: str(len(line))
)
def test_a_load_request_cut_at_any_byte_states_no_other_value(line: bytes) -> None:
    ((whole,),) = ([stamped.event for stamped in parse(Line(line, 1, 0.0))],)
    assert isinstance(whole, ev.Requested)

    for end in range(len(line)):
        for stamped in parse(Line(line[:end], 1, 0.0)):
            assert isinstance(stamped.event, ev.Requested)
            part = stamped.event.request
            names = [field.name for field in fields(part) if field.name != "old_spelling"]
            assert all(no_more(getattr(part, n), getattr(whole.request, n)) for n in names), line[:end]


def _wrong(damaged: list[Launch], whole: list[Launch]) -> list[tuple[int, str, Value, Value]]:
    """Return the facts of damaged launches that the launch they are of does not have."""
    wrong = []
    for launch in damaged:
        origin = max((one for one in whole if one.line <= launch.line), key=lambda one: one.line)
        pairs = ((name, launch.facts[name], origin.facts[name]) for name in STATED)
        wrong += [(launch.line, *pair) for pair in pairs if not no_more(pair[1], pair[2])]
    return wrong


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(SITES), st.floats(0, 1), st.sampled_from([b"", b"...", "…".encode(), b"\xff"]))
def test_a_log_with_a_line_cut_anywhere_has_no_wrong_fact(
    site: tuple[str, int], share: float, left: bytes
) -> None:
    """Cut by a terminal, with what it leaves there."""
    name, number = site
    lines = LOGS[name].splitlines()
    whole = launches(b"\n".join(lines))
    lines[number] = lines[number][: int(len(lines[number]) * share)] + left

    assert _wrong(launches(b"\n".join(lines)), whole) == []


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(SITES), st.floats(0, 1), st.floats(0, 1))
def test_a_log_with_a_line_shortened_in_its_middle_has_no_wrong_fact(
    site: tuple[str, int], start: float, length: float
) -> None:
    """`systemctl status` puts an ellipsis into long lines."""
    name, number = site
    lines = LOGS[name].splitlines()
    whole = launches(b"\n".join(lines))
    text = lines[number]
    begin = int(len(text) * start)
    lines[number] = text[:begin] + "…".encode() + text[begin + 1 + int((len(text) - begin) * length) :]

    assert _wrong(launches(b"\n".join(lines)), whole) == []


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(sorted(LOGS)), st.data())
def test_a_log_without_some_of_its_lines_is_judged(name: str, data: st.DataObject) -> None:
    """It may begin anywhere, and anything may be missing."""
    lines = LOGS[name].splitlines()
    kept = data.draw(st.lists(st.booleans(), min_size=len(lines), max_size=len(lines)))
    some = [line for line, keep in zip(lines, kept, strict=True) if keep]

    assert len(launches(b"\n".join(some))) <= len(launches(LOGS[name])) + 3


GLUED = (
    "time=2026-03-01T12:00:00.100Z level=INFO source=sched.go:1 msg=",
    " Mar 01 12:00:00 box ollama[1]: time=2026-03-01T12:00:00.100Z level=INFO msg=",
    "[GIN] 2026/03/01 - 12:00:00 | 200 | 1.1s | 127.0.0.1 | POST ",
    "   Mar 01 12:00:00 box ollama[1]: [GIN] 2026/03/01 - 12:00:00 | 200 | 1.1s | 127.0.0.1 | POST ",
)


@pytest.mark.parametrize("after", GLUED)
@pytest.mark.parametrize("line", [line for line in LINES if _launch(line) and b'" cmd="' in line], ids=len)
def test_a_launch_line_that_another_record_runs_into_states_no_other_argument(
    line: bytes, after: str
) -> None:
    """Its quote is closed by one of the other's."""
    whole = _launch(line)
    assert whole is not None

    for end in range(line.index(b" --model ") if b" --model " in line else 0, len(line) - 1):
        if part := _launch(line[:end] + after.encode() + b'"loaded runners" count=1'):
            names = {field.name for field in fields(Args)} - {"model", "cut"}
            assert [n for n in names if not no_more(getattr(part.args, n), getattr(whole.args, n))] == []


@pytest.mark.parametrize(("slots", "per_slot"), [("4", 2048), ("{N}", None), ("4time=", None)])
def test_slots_that_are_no_number_are_not_one_slot(slots: str, per_slot: int | None) -> None:
    log = OllamaLog(COMMAND_LINE).says(
        f'"starting llama server" cmd="ollama runner --ctx-size 8192 --model /m --parallel {slots} --port 1"'
    )

    assert facts(str(log))["ctx_per_slot"] == per_slot
