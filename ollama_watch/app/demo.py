"""A simulated Ollama: it writes a log in the format of 0.32, some hours of a workstation in fast motion.

The story: somebody set OLLAMA_CONTEXT_LENGTH=32768; an update restarts the server without it; the models fall
back to 4096 and prompts are cut; then the variable is set again.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import Event

_VERSION = "0.32.1"
_BLOBS = "/usr/share/ollama/.ollama/models/blobs/sha256-"
_VARIABLES = (
    "OLLAMA_CONTEXT_LENGTH:{context} OLLAMA_DEBUG:INFO OLLAMA_FLASH_ATTENTION:false "
    "OLLAMA_HOST:http://127.0.0.1:11434 OLLAMA_KEEP_ALIVE:5m0s OLLAMA_KV_CACHE_TYPE: "
    "OLLAMA_MODELS:/usr/share/ollama/.ollama/models OLLAMA_NUM_PARALLEL:1"
)


@dataclass(frozen=True, slots=True)
class Model:
    """A model of the story."""

    tag: str
    architecture: str
    trained: int  # tokens
    layers: int
    pooling: bool = False  # it embeds

    @property
    def blob(self) -> str:
        return _BLOBS + sha256(self.tag.encode()).hexdigest()


CODER = Model("qwen2.5-coder:7b", "qwen2", 32768, 29)
CHAT = Model("llama3.1:8b", "llama", 131072, 33)
EMBED = Model("nomic-embed-text:latest", "nomic-bert", 2048, 13, pooling=True)


@dataclass(frozen=True, slots=True)
class Moment:
    """Lines that are written together, and the pause before them (s)."""

    pause: float
    lines: tuple[str, ...]


def story() -> Iterator[Moment]:
    """Yield one round of the story; `{time}` and `{date}` stand for the moment of writing."""
    yield Moment(0.0, server_start(32768))
    yield Moment(2.0, launch(CODER, 32768, 41001))
    yield Moment(2.0, launch(EMBED, 2048, 41002))
    yield Moment(3.0, launch(CHAT, 32768, 41003))
    yield Moment(5.0, server_start(0))
    yield Moment(2.0, launch(CODER, 4096, 41004))
    yield Moment(3.0, launch(CHAT, 4096, 41005))
    for _ in range(4):
        yield Moment(3.0, truncation(25400, 4096))
    yield Moment(10.0, server_start(32768))
    yield Moment(2.0, launch(CODER, 32768, 41006))
    yield Moment(3.0, launch(CHAT, 32768, 41007))
    yield Moment(20.0, ())


def server_start(context: int) -> tuple[str, ...]:
    """Return what a server prints when it starts; context 0: OLLAMA_CONTEXT_LENGTH is not set."""
    env = _VARIABLES.format(context=context)
    return (
        _record("routes.go:1951", "server config", f'env="map[{env}]"'),
        _record("routes.go:2008", f"Listening on 127.0.0.1:11434 (version {_VERSION})"),
        _record(
            "types.go:50", "inference compute", 'id=GPU-0 library=CUDA compute=8.6 name=CUDA0 total="8.0 GiB"'
        ),
        _record("routes.go:2058", "vram-based default context", 'total_vram="8.0 GiB" default_num_ctx=4096'),
    )


def launch(model: Model, context: int, port: int) -> tuple[str, ...]:
    """Return what is printed while a model is loaded."""
    command = (
        f"/usr/local/lib/ollama/llama-server --model {model.blob} --port {port} --host 127.0.0.1 --no-webui "
        f"--offline -c {context} -np 1 --log-verbosity 4 --no-log-prefix --no-log-timestamps "
        "--flash-attn auto -b 1024 -ub 1024"
    )
    kind = (
        (f"llama_model_loader: - kv   3: {model.architecture}.pooling_type u32 = 1",) if model.pooling else ()
    )
    dump = f"loaded meta data with 24 key-value pairs and 291 tensors from {model.blob} (version GGUF V3)"
    return (
        _record("llama_server.go:433", "starting llama-server", f'cmd="{command}"'),
        f"llama_model_loader: {dump}",
        f"llama_model_loader: - kv   0: general.architecture str = {model.architecture}",
        f"llama_model_loader: - kv   2: {model.architecture}.context_length u32 = {model.trained}",
        *kind,
        f"load_tensors: offloaded {model.layers}/{model.layers} layers to GPU",
        "llama_context: Flash Attention was auto, set to enabled",
        _record("llama_server.go:1362", "llama-server started in 1.42 seconds"),
        _record("images.go:381", "template selection", f"model=registry.ollama.ai/library/{model.tag}"),
        '[GIN] {date} | 200 |  1.902311s |       127.0.0.1 | POST     "/v1/chat/completions"',
    )


def truncation(prompt: int, limit: int) -> tuple[str, ...]:
    """Return what is printed when a prompt is cut."""
    sizes = f"limit={limit} prompt={prompt} keep=4 new={limit}"
    return (
        _record("llama_server.go:317", "truncating input prompt", sizes, level="WARN"),
        '[GIN] {date} | 200 |  4.120771s |       127.0.0.1 | POST     "/v1/chat/completions"',
    )


def _record(source: str, message: str, rest: str = "", level: str = "INFO") -> str:
    return f'time={{time}} level={level} source={source} msg="{message}" {rest}'.rstrip()


def write(path: Path, stop: Event, speed: float = 1.0, rounds: int | None = None) -> None:
    """Append the story to `path`, again and again or `rounds` times, until `stop` is set."""
    told = 0
    while rounds is None or told < rounds:
        for moment in story():
            if stop.wait(moment.pause / speed):
                return
            with path.open("a", encoding="utf-8") as log:
                log.writelines(line + "\n" for line in stamped(moment.lines, time.time()))
        told += 1


def stamped(lines: tuple[str, ...], at: float) -> list[str]:
    """Return the lines as Ollama would have written them at `at`."""
    now = datetime.fromtimestamp(at, UTC)
    time_, date = (
        now.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        now.strftime("%Y/%m/%d - %H:%M:%S"),
    )
    return [line.replace("{time}", time_).replace("{date}", date) for line in lines]
