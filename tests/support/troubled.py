"""A day of an Ollama with something of everything: wrong in all degrees, well, and unknown."""

import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from ollama_watch.app.demo import CHAT, CODER, EMBED, Model, launch, server_start, stamped, truncation
from tests.support.daemon import append

GEMMA = Model("gemma3:4b", "gemma3", 131072, 35)
DEEPSEEK = Model("deepseek-r1:14b", "qwen2", 131072, 49)
PHI = Model("phi4:14b", "phi3", 16384, 41)
_MODELS = (CODER, CHAT, EMBED, GEMMA, DEEPSEEK, PHI)
_HOUR = 3600.0
_BEFORE = (  # model, context, hours ago
    (CODER, 32768, 29),
    (CODER, 32768, 27),
    (CHAT, 32768, 25),
    (CODER, 32768, 24),
    (CHAT, 131072, 23),
    (CODER, 32768, 22.5),
    (CHAT, 32768, 20),
    (CHAT, 65536, 12),
    (CODER, 32768, 9),
    (CODER, 32768, 7),
    (CHAT, 32768, 6),
)
_LAYERS = "load_tensors: offloaded"


def arguments(folder: Path, lines: Iterable[str] = ()) -> list[str]:
    """Write the log and a configuration into `folder`; return the arguments of a daemon that reads them."""
    config = folder / "config.yaml"
    config.write_text("want: {'gemma3:*': {context: 8192}}\n")
    append(folder / "server.log", *lines)
    return ["--config", str(config), "--file", str(folder / "server.log"), "--sink", "log"]


def day() -> Iterator[str]:
    """Yield it: a variable lost in a restart, slots that nobody set, cut prompts, a model that is well."""
    yield from _at(30, server_start(32768))
    for model, context, hours in _BEFORE:
        yield from loaded(model, context, hours * _HOUR)
    yield from loaded(PHI, 16384, 5 * _HOUR)
    yield from loaded(EMBED, 2048, 4 * _HOUR)
    yield from _at(2.5, server_start(0))
    yield from loaded(GEMMA, 16384, 2.2 * _HOUR)
    yield from loaded(DEEPSEEK, 4096, 1.5 * _HOUR, slots=4, layers=31)
    yield from loaded(EMBED, 2048, 1.2 * _HOUR, told=False)
    yield from loaded(CHAT, 4096, 0.4 * _HOUR)
    yield from (line for second in range(12) for line in _at(0.3 - second / _HOUR, truncation(25400, 4096)))
    yield from loaded(CODER, 4096, 120)


def evening() -> Iterator[str]:
    """Yield the end of such a day: one model has lost what it had, another one is well."""
    yield from _at(30, server_start(32768))
    for model, context, hours in _BEFORE:
        if model is CODER:
            yield from loaded(model, context, hours * _HOUR)
    yield from _at(2.5, server_start(0))
    yield from loaded(GEMMA, 16384, 2.2 * _HOUR)
    yield from loaded(GEMMA, 8192, 1.2 * _HOUR)
    yield from loaded(CODER, 4096, 120)


def loaded(
    model: Model,
    context: int,
    ago: float = 0.0,
    *,
    slots: int = 1,
    layers: int | None = None,
    told: bool = True,
) -> list[str]:
    """Return the lines of a launch; `context` is that of one slot. Not `told`: how its layers were placed."""
    lines = launch(model, context * slots, 41001 + _MODELS.index(model))
    kept = [line for line in lines if told or not line.startswith(_LAYERS)]
    whole = f"{_LAYERS} {model.layers}/"
    split = [
        line.replace("-np 1 ", f"-np {slots} ").replace(whole, f"{_LAYERS} {layers or model.layers}/")
        for line in kept
    ]
    return stamped(tuple(split), time.time() - ago)


def _at(hours: float, lines: tuple[str, ...]) -> list[str]:
    return stamped(lines, time.time() - hours * _HOUR)


def crowd(models: int = 40) -> Iterator[str]:
    """Yield many models at once: every fifth has lost what it had, the others are well."""
    yield from _at(30, server_start(32768))
    names = [Model(f"model{number:02}:7b", "qwen2", 32768, 29) for number in range(models)]
    for number, model in enumerate(names):
        yield from _at(20 - number / 100, launch(model, 32768, 42001 + number))
    yield from _at(2, server_start(0))
    for number, model in enumerate(names):
        yield from _at(1 - number / 100, launch(model, 32768 if number % 5 else 4096, 42001 + number))
