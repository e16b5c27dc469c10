"""Cases of the rules on what the log reports."""

from tests.rules.case import Case
from tests.support.ollama_log import OllamaLog

_WARNS, _INFO, _QUIET = ("warning",), ("info",), ()
_CUT = '"truncating input prompt" limit=16384 prompt=20000 keep=4 new=16384'
_BAD = '"invalid environment variable, using default" key=OLLAMA_CONTEXT_LENGTH value={} default=0'
_FAILED = '"Load failed" model=/models/blobs/sha256-00 error="{}"'


def _new(release: str = "0.32.1", gpu: str = "cuda") -> OllamaLog:
    return OllamaLog().server(release, gpu=gpu)


def _changing(times: int, *, seconds: float) -> OllamaLog:
    log = _new()
    for number in range(times):
        log.runs(ctx=16384 if number % 2 else 32768).wait(seconds)
    return log


EVENT = (
    Case("prompt-truncated", "a prompt is cut", _WARNS, _new().runs(ctx=16384).warns(_CUT)),
    Case(
        "prompt-truncated",
        "many at one launch are one finding",
        _WARNS,
        _new().runs(ctx=16384).warns(_CUT).warns(_CUT),
    ),
    Case(
        "prompt-truncated",
        "dropped messages, DEBUG only",
        _QUIET,
        _new()
        .runs(ctx=16384)
        .says('"truncating input messages which exceed context length" truncated=2', "DEBUG"),
    ),
    Case("environment-invalid", "a malformed number", _WARNS, _new().warns(_BAD.format("32k"))),
    Case(
        "environment-invalid",
        "printed again by a runner",
        _WARNS,
        _new().warns(_BAD.format("32k")).warns(_BAD.format("32k")),
    ),
    Case(
        "environment-invalid",
        "again at the next start",
        _WARNS,
        _new().warns(_BAD.format("32k")).server("0.32.1").warns(_BAD.format("32k")),
    ),
    Case(
        "environment-invalid",
        "a well-formed one",
        _QUIET,
        OllamaLog().server("0.32.1", {"OLLAMA_CONTEXT_LENGTH": 32768}),
    ),
    Case(
        "load-failed",
        "nothing brought it up",
        _WARNS,
        _new().launch(ctx=4096).says(_FAILED.format("no memory")),
    ),
    Case(
        "load-failed",
        "a retry started within 10 s",
        _QUIET,
        _new().launch(ctx=16384).says('"Load failed" error="no memory"').runs(ctx=8192),
    ),
    Case(
        "load-failed",
        "the client gave up",
        _QUIET,
        _new().launch(ctx=4096).says('"Load failed" error="context canceled"'),
    ),
    Case(
        "format-drift",
        "a launch without its command",
        _WARNS,
        _new().says('"starting llama-server" argv="[-c 4096]"'),
    ),
    Case("format-drift", "started, and no launch was told", _WARNS, _new().started()),
    Case("format-drift", "started, in a log that begins later", _QUIET, OllamaLog().started()),
    Case("format-drift", "a launch that can be read", _QUIET, _new().runs(ctx=16384)),
    Case("gpu-lost", "the last start had one", _WARNS, _new().server("0.32.1", gpu="cpu")),
    Case("gpu-lost", "it still has one", _QUIET, _new().server("0.32.1", gpu="rocm")),
    Case("gpu-lost", "there never was one", _QUIET, _new(gpu="cpu").server("0.32.1", gpu="cpu")),
    Case(
        "release-unverifiable",
        "before 0.1.32",
        _INFO,
        _new("0.1.30").says('"Initializing llama server"').says('"Initializing llama server"'),
    ),
    Case("release-unverifiable", "from 0.1.32 on", _QUIET, _new("0.1.32").runs(ctx=16384)),
    Case("prompt-truncated", "one that fits", _QUIET, _new().runs(ctx=16384)),
    Case("thrashing", "three changes in ten minutes", _WARNS, _changing(4, seconds=60)),
    Case("thrashing", "two changes", _QUIET, _changing(3, seconds=60)),
    Case("thrashing", "three changes in twenty minutes", _QUIET, _changing(4, seconds=400)),
    Case(
        "thrashing",
        "a start of the server between them",
        _QUIET,
        _changing(3, seconds=10).server("0.32.1").runs(ctx=16384),
    ),
)
