"""A made-up Ollama that writes its log: one method a thing that happens, in the wording of its release."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Self

from ollama_watch.parse.version import version

COMMAND_LINE, LOAD_REQUEST, LLAMA_SERVER = "command-line", "load-request", "llama-server"
_GPU = 'description="Some GPU" total="16.0 GiB" available="15.0 GiB"'
_QUIET = "--host 127.0.0.1 --no-webui --offline --log-verbosity 4 --no-log-prefix --no-log-timestamps"


def digest(model: str) -> str:
    """Return the digest of a made-up model's blob."""
    return hashlib.sha256(model.encode()).hexdigest()


def blob(model: str) -> str:
    return f"/models/blobs/sha256-{digest(model)}"


class OllamaLog:
    """Its text grows with each method. A log that begins in the middle names its `era` and no server."""

    def __init__(self, era: str = LLAMA_SERVER) -> None:
        self._lines: list[str] = []
        self._now = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
        self._era, self._port, self._model = era, 40000, ""

    def __str__(self) -> str:
        return "\n".join(self._lines) + "\n"

    # ---- time, and lines as they come

    @property
    def now(self) -> float:
        """Return the moment it is in the log, in s since the epoch."""
        return self._now.timestamp()

    def wait(self, seconds: float) -> Self:
        self._now += timedelta(seconds=seconds)
        return self

    def says(self, message: str, level: str = "INFO") -> Self:
        """Add a record; `message` is the value of msg= and what follows it."""
        stamp = self._now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._lines.append(f"time={stamp} level={level} source=x.go:1 msg={message}")
        return self.wait(0.1)

    def warns(self, message: str) -> Self:
        return self.says(message, "WARN")

    def raw(self, line: str) -> Self:
        self._lines.append(line)
        return self

    # ---- the server

    def server(
        self,
        release: str,
        env: Mapping[str, object] = MappingProxyType({}),
        *,
        gpu: str = "cuda",
        tier: int | None = None,
    ) -> Self:
        """Start a server of `release`; `env` as its start line prints it, `tier` is its default by VRAM."""
        self._era = _era(release)
        shown = " ".join(f"{name}:{value}" for name, value in sorted(env.items()))
        self.says(f'"server config" env="map[{shown}]"')
        self.says(f'"Listening on 127.0.0.1:11434 (version {release})"')
        if gpu:
            self.says(f'"inference compute" id=0 library={gpu} {_GPU}')
        if tier is not None:
            self.says(f'"vram-based default context" total_vram="16.0 GiB" default_num_ctx={tier}')
        return self

    # ---- a launch

    def runs(
        self, model: str = "a", *, ctx: int, parallel: int = 1, trained: int = 0, flags: str = ""
    ) -> Self:
        """Launch `model` and let it start; `ctx` is the total, `trained` what its dump says (0: no dump)."""
        self.launch(model, ctx=ctx, parallel=parallel, flags=flags)
        return (self.dump(model, context_length=trained) if trained else self).started()

    def launch(self, model: str = "a", *, ctx: int, parallel: int = 1, flags: str = "") -> Self:
        """Print the launch of `model`, up to where its arguments are known."""
        self._port += 1
        match self._era:
            case "command-line":
                size = f"--ctx-size {ctx} --batch-size 512 {flags} --parallel {parallel}"
                return self._starting("llama server", "ollama runner", model, size)
            case "load-request":
                self._starting("runner", "ollama runner", model, flags)
                return self.load(ctx=ctx, parallel=parallel)
            case _:
                size = f"{_QUIET} -c {ctx} -np {parallel} -b 512 -ub 512 {flags}"
                return self._starting("llama-server", "/usr/lib/ollama/llama-server", model, size)

    def _starting(self, what: str, program: str, model: str, flags: str) -> Self:
        command = " ".join(f"{program} --model {blob(model)} {flags} --port {self._port}".split())
        return self.says(f'"starting {what}" cmd="{command}"')

    def load(
        self,
        operation: str = "commit",
        *,
        ctx: int,
        parallel: int = 1,
        flash: str = "false",
        cache: str = "",
        gpu_layers: int = 29,
    ) -> Self:
        """Print a load request of the 0.11.5 to 0.24 kind."""
        layers = f"{gpu_layers}[ID:0 Layers:{gpu_layers}(0..{gpu_layers - 1})]" if gpu_layers else "[]"
        return self.says(
            f'load request="{{Operation:{operation} LoraPath:[] Parallel:{parallel} BatchSize:512 '
            f"FlashAttention:{flash} KvSize:{ctx} KvCacheType:{cache} NumThreads:8 "
            f"GPULayers:{layers} MultiUserCache:false ProjectorPath: "
            f'MainGPU:0 UseMmap:false}}"'
        )

    def requests(
        self,
        *,
        ctx: int = 16384,
        num_gpu: int = -1,
        gpu_layers: int = 29,
        flash: str = "false",
        cache: str = "",
    ) -> Self:
        """Launch a model of the new engine whose server was asked for `num_gpu` layers; -1: it decides."""
        self._port += 1
        self._starting("runner", "ollama runner", "a", "--ollama-engine")
        self.says(f'"loading model" "model layers"=29 requested={num_gpu}')
        return self.load(ctx=ctx, gpu_layers=gpu_layers, flash=flash, cache=cache)

    def mlx(self, tag: str) -> Self:
        """Launch an MLX runner, of which nothing but its name is told."""
        self._port += 1
        return self.says(f'"starting mlx runner subprocess" model={tag} port={self._port}')

    def dump(self, model: str = "a", *, arch: str = "llama", **numbers: int) -> Self:
        """Print what the loader reads in the blob of `model`."""
        self.raw(
            f"llama_model_loader: loaded meta data with 9 key-value pairs from {blob(model)} (version V3)"
        )
        self.raw(f"llama_model_loader: - kv   0:  general.architecture str              = {arch}")
        for name, value in numbers.items():
            self.raw(f"llama_model_loader: - kv   1:  {arch}.{name} u32              = {value}")
        return self

    def layers(self, on_gpu: int, of: int = 29) -> Self:
        return self.raw(f"load_tensors: offloaded {on_gpu}/{of} layers to GPU")

    def started(self) -> Self:
        program = "llama-server" if self._era == LLAMA_SERVER else "llama runner"
        return self.says(f'"{program} started in 2.00 seconds"')


def _era(release: str) -> str:
    found = version(release)
    first, second = version("0.11.5-rc0"), version("0.30.0-rc0")
    if found is None or first is None or second is None or found >= second:
        return LLAMA_SERVER
    return LOAD_REQUEST if found >= first else COMMAND_LINE
