"""Lines of a log as Ollama writes them, stamped with the present."""

from datetime import UTC, datetime, timedelta

DIGEST = "5b" * 32
_BLOBS = "/usr/share/ollama/.ollama/models/blobs"


def stamp(ago: float = 0.0) -> str:
    """Return the moment `ago` seconds before now as Ollama prints it."""
    return (datetime.now(UTC) - timedelta(seconds=ago)).isoformat().replace("+00:00", "Z")


def record(message: str, rest: str = "", *, ago: float = 0.0) -> str:
    return f'time={stamp(ago)} level=INFO source=server.go:1 msg="{message}" {rest}'.rstrip()


def start(version: str, *, ago: float = 0.0, **env: str) -> tuple[str, ...]:
    """Return the first lines of a server's life; `env`: its variables."""
    variables = " ".join(f"{name}:{value}" for name, value in env.items())
    return (
        record("server config", f'env="map[{variables}]"', ago=ago),
        record(f"Listening on 127.0.0.1:11434 (version {version})", ago=ago),
    )


def launch(
    *,
    ctx_size: int,
    parallel: int,
    digest: str = DIGEST,
    port: int = 40001,
    started: bool = False,
    ago: float = 0.0,
) -> str:
    """Return a launch line of 0.5.7, and the line that it started."""
    runner = "/usr/local/lib/ollama/runners/cuda_v12_avx/ollama_llama_server"
    command = f"{runner} runner --model {_BLOBS}/sha256-{digest}"
    flags = f"--ctx-size {ctx_size} --batch-size 512 --threads 8 --parallel {parallel} --port {port}"
    line = record("starting llama server", f'cmd="{command} {flags}"', ago=ago)
    done = record("llama runner started in 1.25 seconds", ago=ago)
    return f"{line}\n{done}" if started else line


START = start("0.5.7", OLLAMA_CONTEXT_LENGTH="0")  # 0.5.7 does not know the variable: it says nothing

# Three launches at 32768 an hour ago, then a restart, then the default of 0.5.7.
REVERTED = (
    *start("0.5.7", ago=3600),
    launch(ctx_size=32768, parallel=1, started=True, ago=3500),
    launch(ctx_size=32768, parallel=1, port=40002, started=True, ago=2500),
    *start("0.5.7", ago=100),
    launch(ctx_size=8192, parallel=4, port=40003, started=True, ago=60),
)

_SERVER = f"/usr/local/lib/ollama/llama-server --model {_BLOBS}/sha256-{DIGEST}"

# 0.32 as it comes: nobody set anything, and the server gives 4096.
FRESH = (
    *start("0.32.1", OLLAMA_CONTEXT_LENGTH="0"),
    record("vram-based default context", 'total_vram="8.0 GiB" default_num_ctx=4096'),
    record("starting llama-server", f'cmd="{_SERVER} --port 40001 -c 4096 -np 1 -b 512"'),
    record("llama-server started in 1.25 seconds"),
)


def called(name: str) -> tuple[str, ...]:
    """Return the launch of a model by its name, in the log's own words: as Go quotes what anybody chose."""
    missing = record("model is missing tokenizer.chat_template", f'model="{name}"')
    return missing, launch(ctx_size=2048, parallel=1, started=True)
