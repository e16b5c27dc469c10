"""Why a context is what it is: one function a cause. Facts on who may set it: reference 2, 8, 10, 11."""

from collections.abc import Callable, Iterator

from ollama_watch.cause import start
from ollama_watch.cause.became.circumstances import Loaded
from ollama_watch.cause.became.context import context
from ollama_watch.cause.known import Known, lines
from ollama_watch.cause.settings import builtin_context
from ollama_watch.cause.start import VARIABLE
from ollama_watch.model import Cause, Facts, Launch
from ollama_watch.parse import events as ev
from ollama_watch.state import defaults
from ollama_watch.state.record import Record

_GIB = 1 << 30
_PLACE = {"load-request": "load request"}  # where the number stands


def causes(known: Known) -> Iterator[Cause]:
    """Yield what explains the context of a launch, the surest first; the general only if nothing special."""
    if known.launch:
        yield from _slots(known, known.launch)
        yield from _of_context(known, known.launch)
        yield from _prompts(known, known.launch)


def _of_context(known: Known, launch: Launch) -> Iterator[Cause]:
    record = known.record
    if takes_no_more(launch.facts):
        text = f"the model was trained for {launch.facts['ctx_trained']} tokens"
        yield Cause(text, "certain", lines(*known.warned(ev.Capped), launch.line))
        return
    if by_hand(launch.facts):
        return
    special = [cause for find in _SPECIAL for cause in find(known, launch, record)] if record else []
    yield from special
    if not known.past_the_model and not any(cause.confidence == "certain" for cause in special):
        yield from _general(known, launch)


def by_hand(facts: Facts) -> bool:
    """A llama-server that no Ollama started has none of Ollama's defaults, and nothing of Ollama mends it."""
    return facts["ctx_builtin"] == ()


def takes_no_more(facts: Facts) -> bool:
    trained, per_slot = facts["ctx_trained"], facts["ctx_per_slot"]
    return isinstance(trained, int) and isinstance(per_slot, int) and per_slot >= trained


def _slots(known: Known, launch: Launch) -> Iterator[Cause]:
    slots, size, per_slot = (launch.facts[name] for name in ("parallel", "ctx_size", "ctx_per_slot"))
    if isinstance(slots, int) and slots > 1 and size and per_slot != size:
        place = _PLACE.get(launch.era, "command line")
        yield Cause(f"the {size} of the {place} is the total of {slots} slots", "certain", known.stated)


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


def _no_option(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    """A client of /v1 cannot say what it wants, and takes what the server and the model say."""
    request = launch.request
    if request is None or not known.by_v1:
        return
    who = f" from {request.client}" if request.client else ""
    text = f"the request{who} came through {request.endpoint}, which cannot carry num_ctx"
    last = record.earlier[-1] if record.earlier else None
    per_slot = launch.facts["ctx_per_slot"]
    shrunk = last and last.per_slot and isinstance(per_slot, int) and last.per_slot > per_slot
    if last and shrunk and launch.reason == "context":  # no restart of the server lies between
        text += f"; it had the model loaded anew that {_of_whom(last.endpoint)} {last.per_slot}"
    evidence = lines(request.line, last.line if last and shrunk else None)
    yield Cause(text, "certain" if request.certain else "likely", evidence)


def _of_whom(endpoint: str | None) -> str:
    return f"a request to {endpoint} had loaded with" if endpoint else "had"


def _outranked(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    """The variable is set, and something that is nearer to the launch says otherwise."""
    wanted, per_slot = defaults.environment(record.server), launch.facts["ctx_per_slot"]
    if wanted is None or wanted == per_slot or launch.facts["ctx_is_default"] or record.reduced:
        return
    if known.past_the_model or any(_floor(known, launch, record)):
        return
    own = known.by_v1 or record.num_ctx == per_slot
    who = "the model's own num_ctx" if own else "num_ctx of the request or of the model"
    text = f"{who} {per_slot} outranks the server's {VARIABLE}={wanted}"
    sure = known.surely_by_v1 and record.num_ctx == per_slot
    yield Cause(text, "certain" if sure else "likely", lines(*known.stated, record.server.env_line))


def _past_the_model(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    own, per_slot = known.past_the_model, launch.facts["ctx_per_slot"]
    if own is None or per_slot is None or any(_floor(known, launch, record)):
        return
    text = f"the request asked for num_ctx {per_slot}, which outranks the model's own {own}"
    if launch.facts["ctx_is_default"]:
        text = f"the model's own num_ctx is {own}: the request asked for {per_slot}, or it was set afterwards"
    yield Cause(text, "likely", known.stated)


def _two_tags(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    """Each tag may have a num_ctx of its own, and they share one runner."""
    wishes = {one.options.get("num_ctx") for one in record.names if one.options is not None}
    agree = len(wishes) == 1 and all(one.options is not None for one in record.names)
    others = {one.tag for one in record.names} if len(wishes) > 1 else set()
    before = [] if agree else [one for one in record.earlier if set(one.tags) - set(known.tags)]
    others |= {tag for one in before for tag in one.tags} - set(known.tags)
    if known.tags and others:
        tags = ", ".join(sorted({*known.tags, *others}))
        text = f"{tags} are tags over the same weights: each loads them as it wants"
        yield Cause(text, "likely", lines(*(one.line for one in before), launch.line))


def _floor(known: Known, launch: Launch, record: Record) -> Iterator[Cause]:
    """Less was asked for, by the server or by nobody, than this release gives such a model at the least."""
    release, per_slot = known.release, launch.facts["ctx_per_slot"]
    environment = defaults.environment(record.server)
    asked = environment or (builtin_context(release) if release else None)
    if release is None or not isinstance(asked, int) or not isinstance(per_slot, int) or asked >= per_slot:
        return
    became, steps = context(asked, release, _loaded(record))
    raised = next((step for step in steps if step.startswith("raised to")), None)
    if raised and became == per_slot:
        who = f"the server's {VARIABLE} of {asked}" if environment else f"Ollama's default of {asked}"
        yield Cause(f"{who} was {raised}", "likely", lines(*known.stated, *known.start(VARIABLE)))


def _loaded(record: Record) -> Loaded:
    return Loaded(
        architecture=record.blob.architecture,
        engine=record.engine,
        trained=record.ctx_trained,
        embedding=record.embedding,
        projector=bool(record.args.mmproj),
        vision=True if record.args.mmproj else None,
        low_vram=record.server.low_vram,
        parallel=record.parallel,
    )


_SPECIAL: tuple[Callable[[Known, Launch, Record], Iterator[Cause]], ...] = (
    _out_of_memory,
    start.malformed,
    start.lost,
    start.changed,
    _no_option,
    _past_the_model,
    _outranked,
    _floor,
    _two_tags,
    start.slider,
)


def _general(known: Known, launch: Launch) -> Iterator[Cause]:
    """Say where the value comes from, as the launch itself shows it."""
    facts, per_slot = launch.facts, launch.facts["ctx_per_slot"]
    if facts["ctx_is_default"]:
        yield from start.by_itself(known, launch)
    elif facts["ctx_wanted_from"] != "environment" and per_slot is not None:
        stated = bool(known.record and known.record.num_ctx == per_slot)
        itself = known.by_v1 or stated
        who = "the model itself (PARAMETER num_ctx)" if itself else "the request or by the model"
        sure = stated and known.surely_by_v1
        text = f"num_ctx {per_slot} was asked for by {who}"
        yield Cause(text, "certain" if sure else "likely", known.stated)
