"""Files that are none of llama-bench's, or broken: a message with the place, never a traceback."""

import json
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ollama_watch.bench.compare import compare
from ollama_watch.bench.formats import read_runs
from ollama_watch.bench.names import names
from ollama_watch.bench.run import Model
from ollama_watch.errors import UserError
from ollama_watch.verify.rulefile import load_rules
from tests.bench_rules.made import DATA, data, table, written

SAMPLES = [path.name for path in sorted(DATA.iterdir())]
FIELDS = "model_type model_filename model_size backends n_prompt n_gen avg_ts stddev_ts flash_attn x".split()
ANYTHING = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers())
)
ROW = "qwen2 7B, 0, pp512, 1000.00 ± 5.00"


def _complaint(text: str) -> str:
    with pytest.raises(UserError) as caught:
        read_runs(text, "bench.md")
    return str(caught.value)


def _starts(text: str) -> str:
    return _complaint(text).partition("\n")[0]


@pytest.mark.parametrize(
    "text", ["", "\n\n", "hello", "| a | b |\n|---|---|\n| 1 | 2 |", "[]", "[\n\n]", "\0"]
)
def test_what_is_none_of_llama_benchs(text: str) -> None:
    assert _complaint(text) == (
        "bench.md: no run of llama-bench in it\n"
        "hint: it reads what llama-bench prints: a Markdown table, or -o json, jsonl or csv"
    )


def test_a_place_is_shown() -> None:
    assert _complaint(table("fa", ROW.replace(" ± 5.00", ""))) == (
        "bench.md:3:50: no tokens/s: '1000.00'\n"
        "    | qwen2 7B | 4.36 GiB | 1 B | ROCm | 0 | pp512 | 1000.00 |\n"
        "                                                     ^^^^^^^\n"
        "hint: a measurement reads 2016.93 ± 5.44"
    )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("qwen2 7B, 2, pp512, 10 ± 1", "bench.md:3:38: fa cannot be '2'"),
        ("qwen2 7B, 0, xx512, 10 ± 1", "bench.md:3:42: unknown test 'xx512'"),
        ("qwen2 7B, 0, pp0, 10 ± 1", "bench.md:3:42: unknown test 'pp0'"),
        ("qwen2 7B, 0, pp512, nan ± nan", "bench.md:3:50: no tokens/s: 'nan ± nan'"),
        ("qwen2 7B, 0, pp512, 0.00 ± 0.00", "bench.md:3:50: no tokens/s: '0.00 ± 0.00'"),
        ("qwen2 7B, 0, pp512", "bench.md:3:1: 6 columns where the head has 7"),
    ],
)
def test_rows_that_are_none(row: str, says: str) -> None:
    assert _starts(table("fa", row)).startswith(says)


def test_columns_that_cannot_be_so() -> None:
    for column, value in (
        ("threads", "many"),
        ("n_batch", "-1"),
        ("ngl", "-2"),
        ("mmap", "2"),
        ("type_k", ""),
    ):
        assert _starts(table(column, ROW.replace("7B, 0,", f"7B, {value},"))).endswith(
            f"{column} cannot be {value!r}"
        )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[\n  {\n    3\n", "bench.md:3:1: not JSON: Expecting property name enclosed in double quotes"),
        ('{"model_type": "x"}', "bench.md:1:1: a record without n_prompt, n_gen, avg_ts, stddev_ts"),
        ('{"a": 1}\n[1]', "bench.md:1:1: a record without model_type, n_prompt, n_gen, avg_ts, stddev_ts"),
        ('{"a":' * 100_000, "bench.md:1:1: not a record of llama-bench"),
    ],
)
def test_json_that_is_none(text: str, says: str) -> None:
    assert _starts(text) == says


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ('"avg_ts": "fast"', "bench.md:43:5: no tokens/s: avg_ts 'fast', stddev_ts '493.62281'"),
        ('"avg_ts": NaN', "bench.md:43:5: no tokens/s: avg_ts 'nan', stddev_ts '493.62281'"),
        ('"avg_ts": null', "bench.md:43:5: no tokens/s: avg_ts '', stddev_ts '493.62281'"),
        ('"n_prompt": 0', "bench.md:37:5: no test: n_prompt '0', n_gen '0'"),
        ('"n_prompt": "x"', "bench.md:37:5: no test: n_prompt 'x', n_gen '0'"),
        ('"flash_attn": [1]', "bench.md:25:19: flash_attn cannot be '[1]'"),
    ],
)
def test_fields_of_a_record_that_cannot_be_so(changed: str, says: str) -> None:
    name = changed.partition(":")[0]

    assert _starts(re.sub(rf"{name}: [^,]+", changed, data("flash-attention.json"), count=1)) == says


def test_csv_that_is_cut_off() -> None:
    text = data("batch.csv").rstrip("\n")

    assert _starts(text[:-3]) == "bench.md:3:1: not CSV: unexpected end of data"
    assert _starts(text.rpartition(",")[0]) == "bench.md:3:1: 41 values where the head has 42"


def test_sql_is_named() -> None:
    text = "CREATE TABLE IF NOT EXISTS llama_bench (\n  build_commit TEXT,\n);"

    assert _complaint(text).endswith("hint: run llama-bench with -o json")


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("qwen", "--model 'qwen' is no NAME=TAG"),
        ("=x", "--model '=x' is no NAME=TAG"),
        ("a=", "--model 'a=' is no NAME=TAG"),
        ("a=!b", "--model 'a=!b' is no NAME=TAG"),
        ("qwen2 8B=x", "--model: no 'qwen2 8B' was measured\nhint: did you mean 'qwen2 7B'?"),
        ("llama=x", "--model: no 'llama' was measured\nhint: measured were: qwen2 7B"),
    ],
)
def test_a_name_that_is_none(word: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        names([Model("qwen2 7B", "4.36 GiB")], [word])

    assert str(caught.value).startswith(says)


def _survives(text: str) -> None:
    """Whatever it is: rules that load, refusals in one line, or a complaint."""
    try:
        made, refused = written(text)
    except UserError:
        return
    assert not made or load_rules([], [("bench.yaml", made)])
    assert all(reason.isprintable() for reason in refused)


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_cut_off_anywhere(name: str) -> None:
    text = data(name)

    for end in range(0, len(text), max(len(text) // 150, 1)):
        _survives(text[:end])


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SAMPLES), st.randoms(use_true_random=False), st.text(max_size=8))
def test_a_sample_with_anything_changed(name: str, chance: random.Random, other: str) -> None:
    text = data(name)
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(text))
        text = text[:at] + other + text[at + chance.choice((0, 1, 5, 50, 500)) :]

    _survives(text)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), ANYTHING))
def test_a_record_with_anything_in_it(changed: dict[str, object]) -> None:
    record = json.loads(data("load-mode.jsonl").splitlines()[0])

    _survives("\n".join([json.dumps({**record, **changed}), data("load-mode.jsonl")]))


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text(text: str) -> None:
    _survives(text)


def test_names_of_fields_stay_text() -> None:
    lines = data("load-mode.jsonl").splitlines()
    swept = [line.replace('"lazy_mode": "auto"', rf'"\u001b[31m": {at}') for at, line in enumerate(lines)]

    _survives("\n".join(swept))


def test_the_comparison_takes_no_run_at_all() -> None:
    assert compare([]) == []
