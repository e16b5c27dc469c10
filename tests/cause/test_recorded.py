"""What `decide` computes, held against the arguments that real processes got."""

import pytest

from ollama_watch.cause import endpoints, options, variables
from ollama_watch.cause.became.circumstances import Loaded
from ollama_watch.cause.won import Given, decide
from ollama_watch.model import Value
from tests.cause.recorded import Recorded, recorded, requires_recordings
from tests.cause.truth import release

pytestmark = requires_recordings

_MODELS = {  # README of the recordings
    "ll": ("llama", 8192, False),
    "ll1500": ("llama", 8192, False),
    "qw": ("qwen3", 40960, False),
    "em": ("llama", 2048, True),
}
_PARAMETERS = {"ll1500": {"num_ctx": 1500}}


def circumstances(launch: Recorded) -> Loaded:
    architecture, trained, embedding = _MODELS[launch.model]
    engine = "ollama-engine" if "--ollama-engine" in launch.arguments else "llama-runner"
    return Loaded(
        architecture=architecture,
        trained=trained,
        embedding=embedding,
        engine="llama-server" if "--no-webui" in launch.arguments else engine,
        library="cpu",
        projector=False,
        vision=False,
        low_vram=True,
    )


def given(launch: Recorded, fact: str) -> dict[str, Given]:
    """Return what each source set: a request only what its endpoint carries."""
    found: dict[str, Given] = {}
    if option := options.OF_FACT.get(fact):
        if endpoints.carries(launch.path, option.name, release(launch.version)) is not False:
            found["request"] = launch.options.get(option.name)
        found["model"] = _PARAMETERS.get(launch.model, {}).get(option.name)
    if variable := variables.OF_FACT.get(fact):
        found["environment"] = launch.environment.get(variable.name)
    return found


def computed(launch: Recorded) -> dict[str, Value]:
    """Return each fact as `decide` says it must be: the context before what hangs on it."""
    loaded, found = circumstances(launch), dict[str, Value]()
    for fact in ("parallel", "ctx_per_slot", "batch_size", "flash_attention", "kv_cache_type", "gpu_layers",
                 "threads", "mmap", "mlock"):  # fmt: skip
        known = Loaded(
            **{name: getattr(loaded, name) for name in loaded.__slots__}
            | {"num_ctx": found.get("ctx_per_slot"), "parallel": found.get("parallel")}
            | {"flash_attention": found.get("flash_attention")}
        )
        found[fact] = decide(fact, release(launch.version), loaded=known, **given(launch, fact)).value  # type: ignore[arg-type]
    return found


def argument(launch: Recorded, *flags: str) -> str | None:
    """Return what the process's own argument says, or None."""
    words = launch.arguments
    return next((words[words.index(flag) + 1] for flag in flags if flag in words), None)


def own(launch: Recorded) -> dict[str, Value]:
    """Return what the process got: from its own arguments, in the load-request era from its log."""
    if argument(launch, "--ctx-size", "-c") is None:
        return {**launch.facts, "kv_cache_type": launch.facts["kv_cache_type"] or "f16"}
    slots = int(argument(launch, "--parallel", "-np") or 1)
    layers = argument(launch, "--n-gpu-layers", "-ngl")
    switch = argument(launch, "--flash-attn")
    old = "on" if "--flash-attn" in launch.arguments else "off"  # without a value up to 0.11.4
    return {
        "parallel": slots,
        "ctx_per_slot": int(argument(launch, "--ctx-size", "-c") or 0) // slots,
        "batch_size": int(argument(launch, "--batch-size", "-b") or 0),
        "flash_attention": switch if switch in ("on", "off", "auto") else old,
        "kv_cache_type": argument(launch, "--kv-cache-type", "--cache-type-k") or "f16",
        "gpu_layers": None if layers is None else int(layers),
        "threads": int(argument(launch, "--threads", "-t") or 0),
        "mmap": not ({"--no-mmap", "none"} & set(launch.arguments)),
        "mlock": "--mlock" in launch.arguments,
    }


def test_every_recorded_launch_got_what_was_computed() -> None:
    wrong = []
    for launch in recorded():
        expected, got = computed(launch), own(launch)
        wrong += [
            f"{launch.where}: {fact} is {got[fact]}, computed {value}"
            for fact, value in expected.items()
            if value is not None and got[fact] is not None and got[fact] != value
        ]

    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    "fact", ["ctx_per_slot", "parallel", "batch_size", "flash_attention", "kv_cache_type"]
)
def test_nothing_of_these_was_left_open(fact: str) -> None:
    """On a CPU, with a known model, nothing hangs on what nobody knows."""
    assert [launch.where for launch in recorded() if computed(launch)[fact] is None] == []


def test_enough_was_compared() -> None:
    compared = {launch.version for launch in recorded()}

    assert len(recorded()) > 150
    assert {"0.5.7", "0.6.8", "0.9.6", "0.11.4", "0.12.6", "0.15.6", "0.24.0", "0.32.15"} <= compared
