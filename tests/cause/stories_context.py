"""Stories of what requests, models and memory did to the context."""

from tests.cause.telling import CONTAINER, Story, Tag, Tale
from tests.support.ollama_log import OllamaLog

V = "OLLAMA_CONTEXT_LENGTH"
_DEFAULT = {"0.5.7": 2048, "0.12.6": 4096, "0.32.1": 4096}
_STARTING = {"0.5.7": "starting llama server", "0.12.6": "starting runner", "0.32.1": "starting llama-server"}
_FLOORED = {"0.11.4": "starting llama server", "0.12.6": "KvSize:8192"}
_STATED = {**_STARTING, "0.12.6": "KvSize:"}  # where the numbers are
_V1 = "/v1/chat/completions"


def by_v1(release: str, *others: str, **more: object) -> OllamaLog:
    env = {} if release == "0.5.7" else {V: 0 if release == "0.32.1" else 4096}
    log = Tale().server(release, env, tier=4096 if release == "0.32.1" else None)
    log.load_by(_V1, ctx=_DEFAULT[release], **more)  # type: ignore[arg-type]
    for path in others:
        log.asked(path, client="10.0.0.8", seconds=5.0)
    return log


def shared(release: str) -> OllamaLog:
    log = Tale().server(release, {}).load_by("/api/chat", ctx=16384, client="10.0.0.8")
    return log.later(minutes=20).load_by(_V1, ctx=_DEFAULT[release])


def outranked(release: str, path: str = _V1, **more: object) -> OllamaLog:
    return Tale().server(release, {V: 32768}).load_by(path, ctx=8192, **more)  # type: ignore[arg-type]


def two_tags(**more: object) -> OllamaLog:
    """Two names for one blob, each with a context of its own, in turn."""
    log = Tale().server("0.32.1", {V: 0})
    for tag, ctx in (("big:1b", 16384), ("small:1b", 4096)) * 2:
        log.load_by("/api/chat", ctx=ctx, tag=tag)
    return log


def in_turn(release: str) -> OllamaLog:
    log = Tale().server(release, {})
    for _ in range(2):
        log.load_by("/api/chat", ctx=16384, client="10.0.0.8")
        log.load_by(_V1, ctx=_DEFAULT[release], client="10.0.0.9")
    return log


def changed(release: str) -> OllamaLog:
    log = Tale().server(release, {V: 0}).load_by("/api/chat", ctx=16384).later(minutes=20)
    return log.load_by("/api/generate", ctx=8192)


def out_of_memory() -> OllamaLog:
    log = Tale().server("0.32.1", {V: 0}, tier=32768).launch(ctx=32768)
    log.warns(
        '"llama-server load failed; reducing automatic context and retrying once" model=/x '
        "old_num_ctx=32768 effective_num_ctx=32768 new_num_ctx=4096 loaded_count=0 evict_all=false "
        'error="out of memory"'
    )
    return log.runs(ctx=4096)


def capped(release: str, asked: int, slots: int = 1) -> OllamaLog:
    env = {"OLLAMA_NUM_PARALLEL": slots}
    log = Tale().server(release, env)
    total = f" num_parallel={slots}" if release == "0.9.6" else ""
    log.warns(f'"requested context size too large for model" num_ctx={asked * slots}{total} n_ctx_train=8192')
    return log.runs(ctx=8192 * slots, parallel=slots, trained=8192)


def floor(release: str, env: int) -> OllamaLog:
    """An architecture with a floor cuts a prompt at it."""
    log = Tale().server(release, {V: env})
    log.launch(ctx=8192, flags="--ollama-engine") if release != "0.11.4" else log.launch(ctx=8192)
    log.dump(arch="gptoss", context_length=131072).started()
    return log.warns('"truncating input prompt" limit=8192 prompt=9000 keep=4 new=8192')


def at_trained() -> OllamaLog:
    log = Tale().server("0.12.6", {V: 4096}).runs(ctx=4096, trained=4096)
    return log.warns('"truncating input prompt" limit=4096 prompt=9000 keep=4 new=4096')


STORIES = (
    *(
        Story(
            of="v1", release=release, log=by_v1(release),
            rule="context-small" if release == "0.5.7" else "context-at-default",
            says="came through /v1/chat/completions, which cannot carry num_ctx", confidence="certain",
            evidence=("/v1/chat/completions",),
            fix=("PARAMETER num_ctx 8192 in a Modelfile, for a model of its own",),
        )
        for release in _DEFAULT
    ),
    Story(
        of="v1-with-a-name", release="0.32.1", log=by_v1("0.32.1", tag="qwen3:8b"),
        rule="context-at-default", says="cannot carry num_ctx", confidence="certain",
        fix=("printf 'FROM qwen3:8b\\nPARAMETER num_ctx 8192\\n'", "ollama create"),
    ),
    Story(
        of="v1-in-container", release="0.32.1", log=by_v1("0.32.1", tag="qwen3:8b"), at=CONTAINER,
        rule="context-at-default", says="cannot carry num_ctx", confidence="certain",
        fix=("docker exec ollama sh -c",),
    ),
    Story(
        of="v1-one-of-two", release="0.12.6", log=by_v1("0.12.6", _V1), rule="context-at-default",
        says="cannot carry num_ctx", confidence="likely",
    ),
    Story(
        of="v1-or-another", release="0.12.6", rule="context-at-default",
        log=Tale().server("0.12.6", {V: 4096}).wait(60).launch(ctx=4096).wait(2).started().wait(1)
        .asked(_V1, seconds=40.0).asked("/api/chat", seconds=50.0),
        says="4096 is Ollama's default", confidence="likely", silent=("/v1", "/api/chat"),
    ),
    *(
        Story(
            of="v1-reloads-anothers-model", release=release, log=shared(release),
            rule="context-reverted", says="had the model loaded anew that a request to /api/chat had loaded "
            "with 16384", confidence="certain", evidence=("/v1/chat/completions", _STARTING[release]),
            fix=("PARAMETER num_ctx 16384 in a Modelfile, for a model of its own",),
        )
        for release in _DEFAULT
    ),
    *(
        Story(
            of="model-outranks-variable", release=release, log=outranked(release),
            rule="context-below-wanted", tags=(Tag(name="own:1b", params={"num_ctx": 8192}),),
            want={"own:1b": 32768}, says=f"the model's own num_ctx 8192 outranks the server's {V}=32768",
            confidence="certain", evidence=(_STATED[release], f"{V}:32768"),
            fix=("FROM own:1b\\nPARAMETER num_ctx 32768",), silent=(f'{V}=32768"',),
        )
        for release in ("0.12.6", "0.32.1")
    ),
    Story(  # no manifest could be read, and /api may carry anything
        of="model-or-request-outranks", release="0.12.6", log=outranked("0.12.6", "/api/chat"),
        rule="context-below-wanted", says="num_ctx of the request or of the model 8192 outranks",
        confidence="likely", fix=("PARAMETER num_ctx 32768",),
    ),
    Story(  # the model has enough: to set it there once more mends nothing
        of="request-outranks-model", release="0.12.6", log=outranked("0.12.6", "/api/chat"),
        rule="context-below-wanted", tags=(Tag(name="own:1b", params={"num_ctx": 16384}),),
        says="the request asked for num_ctx 8192, which outranks the model's own 16384", confidence="likely",
        evidence=("load request",), fix=('"options": {"num_ctx": 16384} in the request, or none there',),
        silent=("Modelfile", "or of the model", f"{V}="),
    ),
    Story(
        of="request-asks-for-the-default", release="0.12.6", rule="context-reverted",
        log=Tale().server("0.12.6", {}).load_by("/api/chat", ctx=4096),
        tags=(Tag(name="own:1b", params={"num_ctx": 16384}),), confidence="likely",
        says="the model's own num_ctx is 16384: the request asked for 4096, or it was set afterwards",
        fix=('"options": {"num_ctx": 16384} in the request',), silent=(f"{V}=", "is Ollama's default"),
    ),
    Story(
        of="two-tags", release="0.32.1", log=two_tags(), rule="thrashing",
        tags=(Tag(name="big:1b", params={"num_ctx": 16384}), Tag(name="small:1b")),
        says="big:1b, small:1b are tags over the same weights", confidence="likely",
        evidence=(_STARTING["0.32.1"],) * 4,
    ),
    Story(
        of="two-tags", release="0.5.7", log=Tale().server("0.5.7", {}).load_by(ctx=8192, parallel=4),
        rule="context-small", tags=(Tag(name="big:1b", params={"num_ctx": 16384}), Tag(name="small:1b")),
        says="big:1b, small:1b are tags over the same weights", confidence="likely",
        evidence=(_STARTING["0.5.7"],), silent=(f"{V}=",),
    ),
    Story(  # both want the same, so that it cannot be the tags
        of="two-tags-that-agree", release="0.12.6", log=by_v1("0.12.6"), rule="context-at-default",
        tags=(Tag(name="a:1b"), Tag(name="b:1b")), says="cannot carry num_ctx", confidence="certain",
        silent=("tags over",),
    ),
    *(
        Story(
            of="clients-disagree", release=release, log=in_turn(release),
            rule="thrashing",
            says=f"{_DEFAULT[release]} by {_V1} from 10.0.0.9, 16384 by /api/chat from 10.0.0.8",
            confidence="likely", evidence=("/api/chat", _V1, "/api/chat", _V1),
        )
        for release in _DEFAULT
    ),
    Story(
        of="asked-for", release="0.32.1", log=changed("0.32.1"), rule="context-changed",
        says="num_ctx 8192 was asked for by the request or by the model", confidence="likely",
        evidence=(_STARTING["0.32.1"],), silent=(f"{V}=",),
    ),
    Story(
        of="out-of-memory", release="0.32.1", log=out_of_memory(), rule="context-below-wanted",
        want={"*": 32768}, says="it ran out of memory with 32768, and Ollama tried again with 4096",
        confidence="certain", evidence=("reducing automatic context",),
        fix=('Environment="OLLAMA_KV_CACHE_TYPE=q8_0"',), silent=("num_ctx 32768", f"{V}=32768"),
    ),
    *(
        Story(
            of="capped", release=release, log=capped(release, 65536),
            rule="context-capped", says="the model was trained for 8192 tokens", confidence="certain",
            evidence=("too large for model",), fix=("ask for 8192 tokens at most",),
        )
        for release in ("0.9.6", "0.12.6", "0.32.1")
    ),
    Story(
        of="capped-model", release="0.12.6", log=capped("0.12.6", 65536), rule="context-capped",
        tags=(Tag(name="long:1b", params={"num_ctx": 65536}),), says="the model's own num_ctx asks for 65536",
        confidence="likely", evidence=(),
    ),
    *(
        Story(
            of="floor", release=release, log=floor(release, env),
            rule="prompt-truncated", says=says, confidence="likely",
            evidence=(_FLOORED[release], f"{V}:{env}"), fix=("32768",),
        )
        for release, env, says in (
            ("0.11.4", 4096, "Ollama's default of 4096 was raised to 8192: the least of gptoss"),
            ("0.12.6", 2048, f"the server's {V} of 2048 was raised to 8192: the least of gptoss"),
        )
    ),
    Story(
        of="trained", release="0.12.6", log=at_trained(), rule="prompt-truncated",
        says="the model was trained for 4096 tokens", confidence="certain",
        fix=("a model that was trained for longer prompts",), silent=("num_ctx", V),
    ),
)  # fmt: skip
