"""Markdown: what llama-bench prints, and what people put around it."""

from ollama_watch.bench.formats import read_runs
from ollama_watch.bench.run import Model, Run
from tests.bench_rules.made import data, table

ROW = "qwen2 7B, 0, pp512, 1000.00 ± 5.00"
SPEED = "qwen2 7B, {}, pp512, 1000.00 ± 5.00"


def _only(text: str) -> Run:
    (run,) = read_runs(text, "bench.md")
    return run


def _device(*before: str) -> str:
    return _only("\n".join([*before, table("fa", ROW)])).device


def test_a_run_of_the_real_table() -> None:
    runs = read_runs(data("rx6900xt.md"), "rx6900xt.md")

    assert len(runs) == 16
    assert runs[0] == Run(
        model=Model("qwen2 3B Q4_K - Medium", "1.95 GiB"),
        backend="ROCm",
        test="pp4096",
        speed=2016.93,
        error=5.44,
        settings={"gpu_layers": "all", "flash_attention": "off"},
        device="AMD Radeon RX 6900 XT (gfx1030, ROCm)",
    )


def test_what_llama_cpp_logs_between_the_rows_is_passed_over() -> None:
    """It is in the real file: standard output and error on one terminal."""
    text = data("flash-attention.md")

    assert "state_read_data: incompatible V transposition" in text
    assert len(read_runs(text, "bench.md")) == 16


def test_columns_are_settings_by_our_names() -> None:
    text = table(
        "ngl | threads | n_batch | n_ubatch | type_k | type_v | fa | sm | mmap",
        "qwen2 7B, 20, 8, 1024, 256, q8_0, q8_0, 1, row, 0, tg128 @ d4096, 10.00 ± 0.10",
    )

    assert _only(text).test == "tg128 @ d4096"
    assert _only(text).settings == {
        "gpu_layers": "20",
        "threads": "8",
        "batch_size": "1024",
        "ubatch_size": "256",
        "kv_cache_type": "q8_0",
        "flash_attention": "on",
        "split_mode": "row",
        "mmap": "false",
    }


def test_the_half_of_the_cache_that_is_not_shown_is_f16() -> None:
    assert _only(table("type_v", SPEED.format("q8_0"))).settings == {"kv_cache_type": "f16/q8_0"}


def test_all_layers_have_three_spellings() -> None:
    for told in ("99", "999", "-1"):
        assert _only(table("ngl", SPEED.format(told))).settings == {"gpu_layers": "all"}


def test_builds_of_2023_wrote_a_space_into_the_test() -> None:
    assert _only(table("fa", "qwen2 7B, 0, pp 512, 1000.00 ± 5.00")).test == "pp512"
    assert _only(table("fa", "qwen2 7B, 0, pp512+tg128, 1000.00 ± 5.00")).test == "pp512+tg128"


def test_a_plus_minus_that_met_a_wrong_code_page() -> None:
    for sign in ("±", "┬▒", "Â±", "+/-"):
        run = _only(table("fa", f"qwen2 7B, 0, pp512, 2016.93 {sign} 5.44"))
        assert (run.speed, run.error) == (2016.93, 5.44)


def test_the_build_is_that_of_the_table_before_it() -> None:
    other = table("fa", ROW).replace("8cf427ff (5163)", "0123abcd (6000)")

    assert [run.build for run in read_runs(table("fa", ROW) + other, "x")] == [
        "8cf427ff (5163)",
        "0123abcd (6000)",
    ]


def test_the_device_as_backends_name_it() -> None:
    cuda = "  Device 0: Tesla T4, compute capability 7.5, VMM: yes"
    rocm = "  Device 0: AMD Radeon RX 6900 XT, gfx1030 (0x1030), VMM: no, Wave Size: 32"
    vulkan = "ggml_vulkan: 0 = AMD Radeon RX 580 (RADV POLARIS10) (radv) | uma: 0 | fp16: 0"
    metal = "ggml_metal_device_init: GPU name:   MTL0 (Apple M4 Max)"

    assert _device("ggml_cuda_init: found 1 CUDA devices:", cuda) == "Tesla T4"
    assert _device("ggml_cuda_init: found 1 ROCm devices:", rocm) == "AMD Radeon RX 6900 XT, gfx1030"
    assert _device(vulkan) == "AMD Radeon RX 580 (RADV POLARIS10) (radv)"
    assert _device(metal) == "Apple M4 Max"
    assert _device(cuda, rocm) == "Tesla T4 + AMD Radeon RX 6900 XT, gfx1030"


def test_the_device_as_people_name_it() -> None:
    assert _device("## My RTX 4090 against others", "") == "RTX 4090"
    assert _device("Radeon cards are slow with it") == ""


def test_the_next_tables_device_is_its_own() -> None:
    named = ("  Device 0: Tesla T4, VMM: yes", "on an RTX 4090", "  Device 0: Tesla P4, VMM: yes", "")
    text = "\n".join(f"{line}\n{table('fa', ROW)}" for line in named)

    assert [run.device for run in read_runs(text, "x")] == ["Tesla T4", "RTX 4090", "Tesla P4", "Tesla P4"]


def test_a_gpu_is_no_device_of_the_cpu() -> None:
    assert _only("on a Tesla T4\n" + table("fa", ROW, backend="CPU")).device == ""


def test_tables_of_others_are_passed_over() -> None:
    other = "| a | b |\n|---|---|\n| 1 | 2 |\n"

    assert len(read_runs(other + table("fa", ROW) + other + table("fa", ROW), "x")) == 2
    assert len(read_runs(table("fa", ROW).replace("build: 8cf427ff (5163)", other), "x")) == 1


def test_quoted_and_bold() -> None:
    text = table("fa", "qwen2 7B, 0, pp512, **1000.00 ± 5.00**").splitlines()

    assert _only("\n".join(f"> {line}" for line in text)).speed == 1000
