"""What beats what, and what is refused with which words."""

import pytest

from tests.bench_rules.made import data, refusals, rules, table, written

TAG = "qwen2 7B=qwen2.5-coder:7b"


def _fa(*figures: str) -> str:
    """Return a sweep of flash attention: off and on by turns, tests by pairs."""
    tests = ("pp512", "pp512", "tg128", "tg128")
    return table(
        "fa",
        *(f"qwen2 7B, {at % 2}, {tests[at]}, {figure}" for at, figure in enumerate(figures)),
    )


def _expected(text: str) -> str:
    (rule,) = rules(text, TAG)
    return rule.expect[0].text


def _refused(text: str, *models: str) -> str:
    (reason,) = refusals(text, *(models or (TAG,)))
    return reason


def test_the_value_that_wins_in_every_test_is_expected() -> None:
    assert _expected(_fa("1000 ± 5", "1100 ± 5", "50.00 ± 0.10", "51.00 ± 0.10")) == "on"
    assert _expected(_fa("1100 ± 5", "1000 ± 5", "51.00 ± 0.10", "50.00 ± 0.10")) == "off"


def test_tests_disagree() -> None:
    assert _refused(_fa("1000 ± 5", "1120 ± 5", "50.00 ± 0.10", "48.50 ± 0.10")) == (
        "qwen2 7B, flash attention: tests disagree, on against off: pp512 +12 %, tg128 -3.0 %"
    )


def test_within_the_error() -> None:
    assert _refused(_fa("1000 ± 5", "1120 ± 5", "50.00 ± 0.60", "51.00 ± 0.60")) == (
        "qwen2 7B, flash attention: within the error, on against off: "
        "tg128 51.00 ± 0.60 and 50.00 ± 0.60 (+2.0 %)"
    )


@pytest.mark.parametrize(
    ("off", "on", "wins"),
    [
        ("1000.00 ± 10.00", "1020.00 ± 10.00", False),  # as much as both deviations
        ("1000.00 ± 10.00", "1020.10 ± 10.00", True),
        ("1000.00 ± 0.00", "1010.00 ± 0.00", False),  # less than 1 % of the faster one
        ("1000.00 ± 0.00", "1010.20 ± 0.00", True),
    ],
)
def test_how_much_is_enough(off: str, on: str, *, wins: bool) -> None:
    assert bool(rules(_fa(off, on), TAG)) is wins


def test_only_one_value() -> None:
    assert _refused(table("fa", "qwen2 7B, 1, pp512, 1000 ± 5")) == (
        "qwen2 7B: only one value was measured of every setting; sweep one: llama-bench -fa 0,1"
    )


def test_only_one_value_for_one_of_the_models() -> None:
    text = table(
        "fa",
        "qwen2 7B, 0, pp512, 1000 ± 5",
        "qwen2 7B, 1, pp512, 2000 ± 5",
        "qwen2 3B, 0, pp512, 3000 ± 5",
    )

    assert _refused(text) == "qwen2 3B, flash attention: only one value was measured (off)"


def test_a_test_that_is_not_there_for_both() -> None:
    """As where llama-bench was stopped."""
    assert _refused(_fa("1000 ± 5", "1120 ± 5", "50 ± 1")) == (
        "qwen2 7B, flash attention: tg128 was not measured with on and with off, all else the same"
    )


def test_runs_that_differ_in_something_else_are_not_compared() -> None:
    text = table("n_batch | fa", "qwen2 7B, 512, 0, pp512, 1000 ± 5", "qwen2 7B, 1024, 1, pp512, 2000 ± 5")

    assert not rules(text, TAG)
    assert all("all else the same" in reason for reason in refusals(text, TAG))


def test_two_machines_or_builds_in_one_file_are_not_compared() -> None:
    off, on = (table("fa", f"qwen2 7B, {at}, pp512, {at + 1}000 ± 5") for at in (0, 1))

    assert "not measured with" in _refused(f"Tesla T4\n{off}RTX 4090\n{on}")
    assert "not measured with" in _refused(off.replace("8cf427ff", "0123abcd") + on)
    assert _expected(off + on) == "on"


THREE = ("qwen2 7B, {}, pp512, 1000 ± 5", "qwen2 7B, {}, pp512, 1500 ± 5", "qwen2 7B, {}, pp512, 1400 ± 5")


@pytest.mark.parametrize(
    ("column", "values", "expected"),
    [
        ("n_batch", ("512", "1024", "2048"), "batch_size 1024"),
        ("n_ubatch", ("128", "256", "512"), "ubatch_size 256"),
        ("threads", ("4", "8", "16"), "threads 8"),
        ("ngl", ("10", "99", "20"), "gpu_layers all"),
        ("ngl", ("10", "30", "20"), "gpu_layers 30"),
        ("fa", ("-1", "1", "0"), "flash_attention_effective on"),
    ],
)
def test_the_best_of_three_beats_both(column: str, values: tuple[str, ...], expected: str) -> None:
    (rule,) = rules(table(column, *map(str.format, THREE, values)), TAG)

    assert [f"{one.fact} {one.text}" for one in rule.expect] == [expected]


def test_the_best_of_three_and_the_runner_up_are_named() -> None:
    rows = [row.replace("1400", "1495") for row in THREE]
    text = table("n_batch", *map(str.format, rows, ("512", "1024", "2048")))

    assert _refused(text) == (
        "qwen2 7B, batch size: within the error, 1024 against 2048: "
        "pp512 1500.00 ± 5.00 and 1495.00 ± 5.00 (+0.3 %)"
    )


def test_auto_is_no_value_beside_on_and_off() -> None:
    """It becomes one of them, and would be as fast."""
    rows = ("qwen2 7B, -1, pp512, 2000 ± 5", "qwen2 7B, 0, pp512, 1000 ± 5", "qwen2 7B, 1, pp512, 2000 ± 5")

    assert _expected(table("fa", *rows)) == "on"
    assert "the fastest is auto, which no rule can expect" in _refused(table("fa", *rows[:2]))


def test_two_types_in_one_cache() -> None:
    rows = ("qwen2 7B, f16, f16, tg128, 50 ± 1", "qwen2 7B, f16, q8_0, tg128, 60 ± 1")

    assert "the fastest is f16/q8_0, which no rule can expect" in _refused(table("type_k | type_v", *rows))


def test_a_load_mode_that_is_not_ollamas() -> None:
    rows = ("qwen2 7B, mmap, pp512, 1000 ± 5", "qwen2 7B, dio, pp512, 2000 ± 5")

    assert "the fastest is dio, which no rule can expect" in _refused(table("lm", *rows))


def test_a_setting_that_no_log_tells() -> None:
    rows = ("qwen2 7B, layer, pp512, 1000 ± 5", "qwen2 7B, row, pp512, 2000 ± 5")

    assert _refused(table("sm", *rows)) == (
        "qwen2 7B, split_mode: no rule can expect it, for Ollama's log does not tell it"
    )


def test_several_runs_of_one_thing_are_as_uncertain_as_they_differ() -> None:
    text = table(
        "fa", *(f"qwen2 7B, {row} ± 5" for row in ("0, pp512, 1000", "1, pp512, 1005", "1, pp512, 1195"))
    )

    assert _refused(text) == (
        "qwen2 7B, flash attention: within the error, on against off: "
        "pp512 1100.00 ± 95.00 and 1000.00 ± 5.00 (+10 %)"
    )


def test_a_sweep_of_two_settings_must_agree_in_all_of_it() -> None:
    rows = ["qwen2 7B, 512, 0, pp512, 1000 ± 5", "qwen2 7B, 512, 1, pp512, 2000 ± 5"]
    rows += ["qwen2 7B, 2048, 0, pp512, 1800 ± 5", "qwen2 7B, 2048, 1, pp512, 2500 ± 5"]
    agree = table("n_batch | fa", *rows)

    assert [rule.expect[0].text for rule in rules(agree, TAG)] == ["on", "2048"]
    assert _refused(agree.replace("1800", "2700")) == (
        "qwen2 7B, flash attention: tests disagree, on against off: "
        "pp512 with batch size 512 +100 %, pp512 with batch size 2048 -7.4 %"
    )


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("batch-of-three.md", "batch size: within the error, 2048 against 256"),
        ("cache-types.md", "KV cache type: tests disagree, f16 against f16/q8_0"),
        ("flash-attention.json", "flash attention: tests disagree, on against off"),
        ("flash-attention.json", "flash attention: within the error, off against on"),
    ],
)
def test_what_was_really_measured_and_proves_nothing(file: str, reason: str) -> None:
    made, refused = written(data(file))

    assert not made
    assert any(reason in one for one in refused)
