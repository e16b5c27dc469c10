"""Why a context is what it is: one function a cause. Facts on who may set it: reference 2, 8, 10, 11."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from ollama_watch.cause.known import Known
from ollama_watch.model import Cause, Facts, Launch
from ollama_watch.parse.version import version
from ollama_watch.state import defaults
from ollama_watch.state.record import Record
from ollama_watch.state.server import Server

_GIB = 1 << 30
VARIABLE = "OLLAMA_CONTEXT_LENGTH"
_SLIDER_SINCE = version("0.12.10-rc0")  # the desktop app sets the variable from its own settings


def causes(known: Known) -> Iterator[Cause]:
    """Yield what explains the context of a launch, the surest first; the general only if nothing special."""
    launch, record = known.launch, known.record
    if launch is None:
        return
    yield from _slots(launch)
    yield from _prompts(known, launch)
    if takes_no_more(launch.facts):
        yield Cause(
            f"the model was trained for {launch.facts['ctx_trained']} tokens", "certain", (launch.line,)
        )
        return
    if by_hand(launch.facts):
        return
    special = [cause for find in _SPECIAL for cause in find(known, launch, record)] if record else []
    yield from special
    if not any(cause.confidence == "certain" for cause in special):
        yield from _general(known, launch)


def by_hand(facts: Facts) -> bool:
    """A llama-server that no Ollama started has none of Ollama's defaults, and nothing of Ollama mends it."""
    return facts["ctx_builtin"] == ()


def takes_no_more(facts: Facts) -> bool:
    trained, per_slot = facts["ctx_trained"], facts["ctx_per_slot"]
    return isinstance(trained, int) and isinstance(per_slot, int) and per_slot >= trained


def _slots(launch: Launch) -> Iterator[Cause]:
    slots, size = launch.facts["parallel"], launch.facts["ctx_size"]
    if isinstance(slots, int) and slots > 1 and size:
        text = f"the {size} of the command line is the total of {slots} slots"
        yield Cause(text, "certain", (launch.line,))


def _prompts(known: Known, launch: Launch) -> Iterator[Cause]:
    """What would have been enough, and what that costs."""
    sizes, has, trained = known.prompts, launch.facts["ctx_per_slot"], launch.facts["ctx_trained"]
    largest = sizes.largest if sizes else None
    if sizes is None or largest is None or not isinstance(has, int) or largest <= has:
        return
    enough = sizes.enough(trained if isinstance(trained, int) else None) or 0
    text = f"the largest prompt of 7 days had {largest} tokens, 95 % had at most {sizes.p95}"
    would = "would be enough" if enough > largest else "is all that the model takes"
    a_token = known.record.kv_bytes if known.record else None
    price = f", for {a_token * enough / _GIB:.1f} GiB of KV cache" if a_token else ""
    yield Cause(f"{text}; {enough} {would}{price}", "certain", (launch.line,))


# ---- what is special about this launch


def _out_of_memory(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    if record.reduced and record.reduced_line:
        before, now = record.reduced.before, record.reduced.now
        text = f"it ran out of memory with {before}, and Ollama tried again with {now}"
        yield Cause(text, "certain", (record.reduced_line,))


def _malformed(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    if not launch.facts["ctx_is_default"]:
        return
    for one in record.server.invalid:
        if one.variable == VARIABLE:
            text = f"{VARIABLE}={one.value} is no number, so the server goes on with its own default"
            yield Cause(text, "certain", (one.line,))


def _lost(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    """The last life of the server had the variable, this one has not."""
    server = record.server
    before = defaults.environment(_before(server))
    if before is None or defaults.environment(server) is not None or not launch.facts["ctx_is_default"]:
        return
    lines = tuple(line for line in (server.env_line, server.env_before_line) if line)
    sure = server.env is not None and launch.facts["ctx_wanted"] == before
    text = f"the server was started without {VARIABLE}; before, it had {before}"
    yield Cause(text, "certain" if sure else "likely", lines)


def _upgraded(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    server, now = record.server, launch.facts["ctx_default"]
    before = server.default_before
    if (
        not launch.facts["ctx_is_default"]
        or before is None
        or before == now
        or now != launch.facts["ctx_builtin"]
    ):
        return
    if server.version_before and server.version_text and server.version_before != server.version_text:
        text = f"Ollama {server.version_before} gave {before} by default, {server.version_text} gives {now}"
        yield Cause(text, "certain", (server.line,) if server.line else ())


def _no_option(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    """A client of /v1 cannot say what it wants, and takes what the server and the model say."""
    request = launch.request
    if request is None or not known.by_v1:
        return
    who = f" from {request.client}" if request.client else ""
    text = f"the request{who} came through {request.endpoint}, which cannot carry num_ctx"
    last = record.earlier[-1] if record.earlier else None
    per_slot = launch.facts["ctx_per_slot"]
    if last and last.per_slot and isinstance(per_slot, int) and last.per_slot > per_slot:
        text += f"; it had the model loaded anew that another client uses with {last.per_slot}"
    yield Cause(text, "certain" if request.certain else "likely", (request.line,))


def _outranked(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    """The variable is set, and something that is nearer to the launch says otherwise."""
    wanted, per_slot = defaults.environment(record.server), launch.facts["ctx_per_slot"]
    if wanted is None or wanted == per_slot or launch.facts["ctx_is_default"]:
        return
    own = known.by_v1 or record.num_ctx == per_slot
    who = "the model's own num_ctx" if own else "num_ctx of the request or of the model"
    text = f"{who} {per_slot} outranks the server's {VARIABLE}={wanted}"
    lines = tuple(line for line in (launch.line, record.server.env_line) if line)
    sure = known.by_v1 and record.num_ctx == per_slot
    yield Cause(text, "certain" if sure else "likely", lines)


def _two_tags(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    """Each tag may have a num_ctx of its own, and they share one runner."""
    wishes = {one.options.get("num_ctx") for one in record.names if one.options is not None}
    others = {one.tag for one in record.names} if len(wishes) > 1 else set()
    others |= {tag for one in record.earlier for tag in one.tags} - set(record.tags)
    if record.tags and others:
        names = ", ".join(sorted({*record.tags, *others}))
        yield Cause(
            f"{names} are tags over the same weights: each loads them as it wants", "likely", (launch.line,)
        )


def _slider(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    release = record.server.version
    app = launch.platform in ("windows", "macos") and release and _SLIDER_SINCE and release >= _SLIDER_SINCE
    if app and defaults.environment(record.server) == launch.facts["ctx_per_slot"]:
        text = f"the desktop app sets {VARIABLE} from its own settings (context length)"
        yield Cause(text, "possible", (record.server.env_line,) if record.server.env_line else ())


_SPECIAL: tuple[Callable[[Known, Launch, Record], Iterator[Cause]], ...] = (
    _out_of_memory,
    _malformed,
    _lost,
    _upgraded,
    _no_option,
    _outranked,
    _two_tags,
    _slider,
)


def _before(server: Server) -> Server:
    """Return the server as its last life was."""
    return replace(server, env=server.env_before, version_text=server.version_before, announced=None)


def _general(known: Known, launch: Launch) -> Iterator[Cause]:
    """Say where the value comes from, as the launch itself shows it."""
    facts, here = launch.facts, (launch.line,)
    per_slot = facts["ctx_per_slot"]
    if facts["ctx_is_default"] and facts["ctx_default"] != facts["ctx_builtin"]:
        yield Cause(f"the server's {VARIABLE} gives {per_slot}", "certain", here)
    elif facts["ctx_is_default"]:
        text = f"{per_slot} is Ollama's default: neither the server, the model nor the request asked for more"
        yield Cause(text, "likely", here)
    elif facts["ctx_wanted_from"] != "environment":
        own = known.by_v1 or (known.record and known.record.num_ctx == per_slot)
        who = "the model itself (PARAMETER num_ctx)" if own else "the request or by the model"
        yield Cause(f"num_ctx {per_slot} was asked for by {who}", "likely", here)
