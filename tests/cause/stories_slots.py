"""Stories of slots: a context that is shared by several, and several that became one."""

from tests.cause.telling import NOTHING, Story, Tale
from tests.support.ollama_log import OllamaLog

V, P = "OLLAMA_CONTEXT_LENGTH", "OLLAMA_NUM_PARALLEL"
_STATED = {"0.5.7": "starting llama server", "0.12.6": "KvSize:", "0.32.1": "starting llama-server"}
_STARTING = "starting llama-server"
_NOT_SUPPORTED = '"model architecture does not currently support parallel requests"'


def slots(release: str, number: int, env: dict[str, object] | None, total: int) -> OllamaLog:
    log = Tale() if env is None else Tale().server(release, env)
    if env is None:
        log = Tale("command-line" if release == "0.5.7" else "load-request")
    return log.runs(ctx=total, parallel=number)


def one_slot(release: str, warning: str = "", *, after: str = "") -> OllamaLog:
    log = Tale().server(release, {P: 4})
    if warning:
        log.warns(warning)
    log.launch(ctx=8192, parallel=4 if after else 1)
    return (log.warns(after) if after else log).started()


STORIES = (
    Story(
        of="slots-by-themselves", release="0.5.7", log=slots("0.5.7", 4, {P: 0}, 8192),
        rule="context-small", says="the 8192 of the command line is the total of 4 slots",
        confidence="certain", evidence=("--parallel 4",), fix=("PARAMETER num_ctx 8192",),
    ),
    Story(
        of="slots-by-themselves", release="0.5.7", log=slots("0.5.7", 4, {P: 0}, 8192),
        rule="parallel-splits-context", says="Ollama takes 4 slots by itself", confidence="certain",
        evidence=(f"{P}:0", "--parallel 4"), fix=(f"{P}=1",),
    ),
    *(
        Story(
            of="slots-asked-for", release=release,
            log=slots(release, 4, {P: 4}, 16384),
            rule="parallel-splits-context", says=f"the server's {P} is 4", confidence="certain",
            evidence=(f"{P}:4", _STATED[release]), fix=(f"{P}=1",),
        )
        for release in _STATED
    ),
    Story(
        of="slots-of-an-unseen-server", release="", log=slots("0.12.6", 4, None, 16384),
        rule="parallel-splits-context", says=NOTHING, fix=(f"{P}=1",),
    ),
    Story(
        of="nobody-asked", release="", log=slots("0.5.7", 1, None, 2048), rule="context-small",
        says="2048 is Ollama's default", confidence="likely", silent=(f"{V}=", "certain"),
    ),
    *(
        Story(
            of="one-slot-by-architecture", release=release, log=one_slot(release, warning),
            rule="parallel-below-asked", says="this architecture one slot", confidence="certain",
            evidence=("parallel requests", starting), fix=("plan for 1 at once",),
        )
        for release, warning, starting in (
            ("0.5.7", "\"mllama doesn't support parallel requests yet\"", "starting llama server"),
            ("0.11.4", '"mllama does not currently support parallel requests"', "starting llama server"),
            ("0.12.7", f"{_NOT_SUPPORTED} architecture=qwen3vl", "starting runner"),
            ("0.32.1", f"{_NOT_SUPPORTED} architecture=qwen35", _STARTING),
        )
    ),
    Story(
        of="one-slot-by-projector", release="0.3.14", rule="parallel-below-asked",
        log=one_slot("0.3.14", "\"multimodal models don't support parallel requests yet\""),
        says="models with a projector", confidence="certain", evidence=("multimodal", "starting"),
    ),
    Story(
        of="one-slot-by-cache", release="0.12.6", rule="parallel-below-asked",
        log=one_slot("0.12.6", after='"model does not support caching, disabling parallel processing"'),
        says="does not support the cache", confidence="certain", evidence=("caching", "starting runner"),
    ),
    Story(
        of="one-slot-in-silence", release="0.32.1", log=one_slot("0.32.1"), rule="parallel-below-asked",
        says=NOTHING, fix=("plan for 1 at once",),
    ),
)  # fmt: skip
