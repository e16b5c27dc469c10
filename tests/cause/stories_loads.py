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
            confidence=confidence, evidence=("Load failed",) if says else (),
        )
        for of, error, says, confidence in (
            ("memory", "cudaMalloc failed: out of memory", "not enough memory", "certain"),
            ("memory-said", "model requires more system memory (9 GiB) than is available (4 GiB)",
             "not enough memory", "certain"),
            ("new-model", "unknown model architecture: 'qwen9'", "does not know the model's arch", "certain"),
            ("damaged", "data is not within the file bounds, model is corrupted or incomplete", "damaged",
             "certain"),
            ("killed", "llama runner process has terminated: signal: killed", "for want of memory",
            "possible"),
            ("unexplained", "llama runner process has terminated: exit status 2", NOTHING, ""),
        )
    ),
)  # fmt: skip
