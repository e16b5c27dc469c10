"""What a release gives when nobody asks for a context: each boundary, and what moves it."""

import pytest

from ollama_watch.model import Facts
from tests.support.checked import facts
from tests.support.ollama_log import COMMAND_LINE, LLAMA_SERVER, LOAD_REQUEST, OllamaLog

TIERS = (4096, 32768, 262144)
LOW_VRAM = '"entering low vram mode" "total vram"="12.0 GiB" threshold="20.0 GiB"'


def launched(log: OllamaLog, ctx: int = 4096) -> Facts:
    return facts(str(log.runs(ctx=ctx)))


@pytest.mark.parametrize(
    ("release", "tokens"),
    [
        ("0.1.32", 2048),
        ("0.6.6", 2048),
        ("0.6.7-rc0", 4096),
        ("0.6.7", 4096),
        ("0.11.4", 4096),
        ("0.11.5", 4096),
        ("0.15.4", 4096),
        ("0.15.5-rc0", TIERS),
        ("0.15.5", TIERS),
        ("0.32.1", TIERS),
        ("0.33.0-rc2", TIERS),
    ],
)
def test_the_default_changes_at_0_6_7_and_goes_by_vram_from_0_15_5(release: str, tokens: object) -> None:
    assert launched(OllamaLog().server(release))["ctx_builtin"] == tokens


@pytest.mark.parametrize("tier", TIERS)
@pytest.mark.parametrize("release", ["0.15.5", "0.24.0", "0.30.0", "0.32.1"])
def test_the_tier_is_what_the_server_announced(release: str, tier: int) -> None:
    assert launched(OllamaLog().server(release, tier=tier))["ctx_builtin"] == tier


def test_a_server_without_a_gpu_has_the_smallest_tier_though_it_announces_none() -> None:
    assert launched(OllamaLog().server("0.15.5", gpu="cpu"))["ctx_builtin"] == 4096


@pytest.mark.parametrize(
    ("era", "tokens"), [(COMMAND_LINE, (2048, 4096)), (LOAD_REQUEST, 4096), (LLAMA_SERVER, TIERS)]
)
def test_without_a_version_it_is_all_that_the_wording_ever_had(era: str, tokens: object) -> None:
    """A load request that spells flash attention as true or false is of before the tiers."""
    assert launched(OllamaLog(era))["ctx_builtin"] == tokens


def test_a_load_request_of_0_13_4_or_later_may_be_of_any_tier() -> None:
    log = OllamaLog(LOAD_REQUEST).load(ctx=4096, flash="Enabled")

    assert facts(str(log))["ctx_builtin"] == TIERS


@pytest.mark.parametrize("release", ["0.5.4-ipexllm", "0.0.0", "1.2"])
def test_the_version_of_a_fork_or_a_source_build_is_no_release(release: str) -> None:
    found = launched(OllamaLog().server(release))

    assert (found["ollama_version"], found["ctx_builtin"]) == (None, TIERS)


@pytest.mark.parametrize(
    ("ctx", "default"), [(2048, False), (4096, True), (8192, False), (32768, False), (262144, False)]
)
def test_against_a_set_only_a_member_up_to_4096_is_the_default(ctx: int, *, default: bool) -> None:
    """32768 is some card's default and many people's wish: nothing to accuse anybody of."""
    assert launched(OllamaLog(), ctx)["ctx_is_default"] is default


@pytest.mark.parametrize(("ctx", "default"), [(2048, False), (4096, False), (32768, True)])
def test_against_one_number_only_that_is_the_default(ctx: int, *, default: bool) -> None:
    assert launched(OllamaLog().server("0.32.1", tier=32768), ctx)["ctx_is_default"] is default


@pytest.mark.parametrize(
    ("release", "arch", "low_vram", "tokens"),
    [
        ("0.10.1", "gptoss", False, 4096),
        ("0.11.0", "gptoss", False, 8192),
        ("0.11.3", "gptoss", True, 8192),
        ("0.11.4", "gptoss", True, 4096),
        ("0.11.5", "gpt-oss", False, 8192),
        ("0.15.4", "gptoss", False, 8192),
        ("0.15.5", "gptoss", False, TIERS),
        ("0.12.6", "qwen3vl", False, 4096),
        ("0.12.7", "qwen3vl", False, 8192),
        ("0.12.7", "qwen3vlmoe", False, 8192),
        ("0.12.7", "qwen3vlmoe", True, 4096),
        ("0.15.4", "llama", False, 4096),
    ],
)
def test_some_architectures_have_a_floor_for_some_releases(
    *,
    release: str,
    arch: str,
    low_vram: bool,
    tokens: object,
) -> None:
    log = OllamaLog().server(release)
    if low_vram:
        log.says(LOW_VRAM)
    log.dump("a", arch=arch)

    assert launched(log, 8192)["ctx_builtin"] == tokens


def test_the_new_engine_tells_the_architecture_of_the_model_that_it_loads() -> None:
    log = OllamaLog().server("0.11.4").launch(ctx=8192, flags="--ollama-engine")
    log.says('"" architecture=gptoss file_type=MXFP4 num_tensors=1')

    assert facts(str(log))["ctx_builtin"] == 8192


@pytest.mark.parametrize("line", ["-c 4096 -np 1 -hf some/model", "-hf some/model -c 4096"])
def test_no_default_of_ollama_is_one_of_a_server_started_by_hand(line: str) -> None:
    found = facts(str(OllamaLog().says(f'"starting llama-server" cmd="llama-server {line}"')))

    assert (found["ctx_per_slot"], found["ctx_builtin"], found["ctx_is_default"]) == (4096, (), False)


def test_a_runner_without_a_context_has_no_default() -> None:
    found = facts(str(OllamaLog().says('"starting mlx runner subprocess" model=qwen3:mlx port=52001')))

    assert [found[name] for name in ("ctx_per_slot", "ctx_builtin", "ctx_is_default")] == [None] * 3
