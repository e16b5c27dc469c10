"""Which variables a release reads, what it makes of them, what was meant by others (reference 8, 10.2)."""

import re

import pytest

from ollama_watch.cause.misspelt import nearest, option_meant
from ollama_watch.cause.options import known as option_known
from ollama_watch.cause.variables import VARIABLES, known, read
from ollama_watch.model import Value
from tests.cause.recorded import RECORDINGS, requires_recordings
from tests.cause.truth import release

# first and last release that reads it; those of the start line's first versions may be older
_LISTED = """
MAX_VRAM - 0.2.7, RUNNERS_DIR - 0.3.10, TMPDIR - 0.5.1, DEBUG - -, LLM_LIBRARY - -,
MAX_LOADED_MODELS 0.1.33 -, MAX_QUEUE 0.1.33 -, NOPRUNE - -, NUM_PARALLEL 0.1.33 -, ORIGINS - -,
FLASH_ATTENTION 0.1.39 -, HOST - -, KEEP_ALIVE - -, MODELS - -, NOHISTORY - -, SCHED_SPREAD 0.1.45 -,
INTEL_GPU 0.1.45 0.12.10, GPU_OVERHEAD 0.3.10 -, LOAD_TIMEOUT 0.3.10 -,
MULTIUSER_CACHE 0.3.13 0.24.0, KV_CACHE_TYPE 0.5.0 -, NEW_ENGINE 0.5.12 0.24.0,
CONTEXT_LENGTH 0.5.13 -, NEW_ESTIMATES 0.11.5 0.11.10, REMOTES 0.12.0 -, VULKAN 0.12.11 -,
EDITOR 0.16.0 -, NO_CLOUD 0.16.2 -, DEBUG_LOG_REQUESTS 0.18.3 -, MAX_TRANSFER_STREAMS 0.23.3 -,
GO_TEMPLATE 0.30.0 -, IGPU_ENABLE 0.30.0 -
"""
_ROWS = [tuple(row.split()) for row in _LISTED.replace("\n", " ").split(",")]
_BEFORE = {
    "0.1.33": "0.1.32", "0.1.39": "0.1.38", "0.1.45": "0.1.44", "0.3.10": "0.3.9", "0.3.13": "0.3.12",
    "0.5.0": "0.4.7", "0.5.12": "0.5.11", "0.5.13": "0.5.12", "0.11.5": "0.11.4", "0.12.0": "0.11.11",
    "0.12.11": "0.12.10", "0.16.0": "0.15.6", "0.16.2": "0.16.1", "0.18.3": "0.18.2", "0.23.3": "0.23.2",
    "0.30.0": "0.24.0",
}  # fmt: skip
_AFTER = {
    "0.2.7": "0.2.8", "0.3.10": "0.3.11", "0.5.1": "0.5.2", "0.12.10": "0.12.11", "0.24.0": "0.30.0",
    "0.11.10": "0.11.11",
}  # fmt: skip


@pytest.mark.parametrize(("name", "first", "last"), _ROWS)
def test_a_variable_is_known_to_the_releases_that_list_it(name: str, first: str, last: str) -> None:
    full = f"OLLAMA_{name}"

    assert known(full, release("0.1.40" if first == "-" else first))
    assert first == "-" or known(full, release(_BEFORE[first])) is False
    assert known(full, release("0.33.0-rc2" if last == "-" else last))
    assert last == "-" or known(full, release(_AFTER[last])) is False


def test_the_table_has_every_variable() -> None:
    assert {f"OLLAMA_{row[0]}" for row in _ROWS} | {"OLLAMA_LIBRARY_PATH"} == set(VARIABLES)


@requires_recordings
@pytest.mark.parametrize("text", ["0.5.7", "0.11.4", "0.12.6", "0.24.0", "0.30.11", "0.32.15"])
def test_a_real_start_line_lists_just_the_variables_that_its_release_knows(text: str) -> None:
    log = (RECORDINGS / text / "default.log").read_text(errors="replace")
    line = next(line for line in log.splitlines() if "server config" in line)
    listed = set(re.findall(r"(?<=[\[ ])(OLLAMA_\w+):", line))

    mine = {name for name in VARIABLES if known(name, release(text))}
    old = {"OLLAMA_LIBRARY_PATH"}  # Ollama hands it to its runners only
    assert listed == mine - old


@pytest.mark.parametrize(
    ("name", "text", "value", "step"),
    [
        ("OLLAMA_CONTEXT_LENGTH", "8192", 8192, ""),
        ("OLLAMA_CONTEXT_LENGTH", "32k", None, "is no number"),
        ("OLLAMA_CONTEXT_LENGTH", "-1", None, "is no number"),
        ("OLLAMA_CONTEXT_LENGTH", "9" * 400, None, "is no number"),
        ("OLLAMA_CONTEXT_LENGTH", "", None, ""),
        ("OLLAMA_FLASH_ATTENTION", "1", True, ""),
        ("OLLAMA_FLASH_ATTENTION", "False", False, ""),
        ("OLLAMA_FLASH_ATTENTION", "off", True, "counts as yes"),
        ("OLLAMA_KV_CACHE_TYPE", "Q8_0", "q8_0", ""),
        ("OLLAMA_HOST", "0.0.0.0", "0.0.0.0", ""),
    ],
)
def test_a_text_is_read_as_the_server_reads_it(name: str, text: str, value: Value, step: str) -> None:
    reading = read(VARIABLES[name], text, release("0.12.6"))

    assert reading.value == value
    assert step in reading.step
    assert bool(step) == bool(reading.step)


@pytest.mark.parametrize(("text", "told"), [("0.3.1", False), ("0.3.2", True)])
def test_the_warning_is_promised_to_releases_that_write_it(text: str, told: bool) -> None:  # noqa: FBT001
    step = read(VARIABLES["OLLAMA_NUM_PARALLEL"], "two", release(text)).step

    assert ("with a warning" in step) == told


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("OLLAMA_NUM_CTX", "OLLAMA_CONTEXT_LENGTH"),
        ("OLLAMA_MAX_CONTEXT", "OLLAMA_CONTEXT_LENGTH"),
        ("OLLAMA_CONTEXT_SIZE", "OLLAMA_CONTEXT_LENGTH"),
        ("OLLAMA_CONTEXT_LENGHT", "OLLAMA_CONTEXT_LENGTH"),
        ("ollama_context_length", "OLLAMA_CONTEXT_LENGTH"),
        ("OLLAMA_RUN_PARALLEL", "OLLAMA_NUM_PARALLEL"),
        ("OLLAMA_NUM_PARALEL", "OLLAMA_NUM_PARALLEL"),
        ("OLAMA_NUM_PARALLEL", "OLLAMA_NUM_PARALLEL"),
        ("OLLAMA_FLASH_ATTN", "OLLAMA_FLASH_ATTENTION"),
        ("OLLAMA_FLASH_ATENTION", "OLLAMA_FLASH_ATTENTION"),
        ("OLLAMA_CACHE_TYPE_K", "OLLAMA_KV_CACHE_TYPE"),
        ("OLLAMA_KEEPALIVE", "OLLAMA_KEEP_ALIVE"),
        ("OLLAMA_MODEL", "OLLAMA_MODELS"),
        ("OLLAMA_CONTEXT_LENGTH", None),
        ("OLLAMA_NUM_GPU", None),
        ("OLLAMA_XYZZY", None),
        ("OLLAMA_" + "A" * 100_000, None),
    ],
)
def test_a_misspelt_variable_is_told_from_one_that_nothing_resembles(name: str, meant: str | None) -> None:
    assert nearest(name) == meant


def test_what_ollama_hands_to_its_runners_is_nobodys_mistake() -> None:
    assert known("OLLAMA_LIBRARY_PATH", release("0.12.3")) is False
    assert known("OLLAMA_LIBRARY_PATH", release("0.12.4")) is True


def test_a_variable_of_another_program_is_nobodys_mistake() -> None:
    assert known("OLLAMA_NUM_CTX", release("0.12.6")) is False
    assert known("CUDA_VISIBLE_DEVICES", release("0.12.6")) is None
    assert known("OLLAMA_CONTEXT_LENGTH", None) is None
    assert known("OLLAMA_HOST", None) is True


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("OLLAMA_NUM_GPU", "num_gpu"),
        ("OLLAMA_GPU_LAYERS", "num_gpu"),
        ("OLLAMA_NUM_THREADS", "num_thread"),
        ("OLLAMA_NUM_BATCH", "num_batch"),
        ("OLLAMA_USE_MMAP", "use_mmap"),
        ("OLLAMA_NUM_PARALLEL", None),
        ("OLLAMA_NUM_CTX", None),
        ("OLLAMA_HOST", None),
        ("NUM_GPU", None),
    ],
)
def test_an_option_is_told_that_somebody_took_for_a_variable(name: str, option: str | None) -> None:
    assert option_meant(name) == option


@pytest.mark.parametrize(
    ("name", "text", "there"),
    [
        ("num_ctx", "0.1.48", True), ("num_ctx", "0.32.15", True), ("use_mlock", "0.6.8", True),
        ("use_mlock", "0.7.0", False), ("low_vram", "0.7.0", False), ("numa", "0.3.3", True),
        ("numa", "0.3.4", False), ("draft_num_predict", "0.24.0", False),
        ("draft_num_predict", "0.30.0", True), ("ctx_num", "0.12.6", None),
    ],
)  # fmt: skip
def test_an_option_is_known_to_its_releases(name: str, text: str, there: bool | None) -> None:  # noqa: FBT001
    assert option_known(name, release(text)) is there
