"""Stories of models that could not be loaded."""

from tests.cause.telling import NOTHING, Story, Tale
from tests.support.ollama_log import OllamaLog, blob


def failed(error: str, release: str = "0.12.6") -> OllamaLog:
    log = Tale().server(release, {}).launch(ctx=8192)
    return log.says(f'"Load failed" model={blob("a")} error="{error}"').later(minutes=1)


STORIES = (
    *(
        Story(
            of=f"load-{of}", release="0.12.6", log=failed(error), rule="load-failed", says=says,
            confidence=confidence, evidence=("Load failed",) if says else (), fix=(fix,), silent=silent,
        )
        for of, error, says, confidence, fix, silent in (
            ("memory", "cudaMalloc failed: out of memory", "not enough memory", "certain",
             "a smaller context", ("damaged",)),
            ("memory-said", "model requires more system memory (9 GiB) than is available (4 GiB)",
             "not enough memory", "certain", "a smaller context", ("damaged",)),
            ("new-model", "unknown model architecture: 'qwen9'", "does not know the model's arch", "certain",
             "a newer Ollama", ("memory",)),
            ("damaged", "data is not within the file bounds, model is corrupted or incomplete", "damaged",
             "certain", "ollama pull the model again", ("memory",)),
            ("unreadable", "unable to load model: /m/blobs/sha256-1d", "damaged, or of a kind", "likely",
             "ollama pull the model again", ("memory",)),
            ("other-build", "exit status 1: error: invalid argument: --no-mmap", "of another build", "likely",
             "install Ollama again", ("memory", "pull")),
            ("slow", "timed out waiting for llama runner to start - x", "did not get on", "certain",
             "OLLAMA_LOAD_TIMEOUT=15m", ("pull",)),
            ("killed", "llama runner process has terminated: signal: killed", "for want of memory",
            "possible", "a smaller context", ()),
            ("unexplained", "llama runner process has terminated: exit status 2", NOTHING, "",
             "too little memory", ()),
        )
    ),
)  # fmt: skip
