"""Why other rules than those on the context are broken: one function a rule, for what the log proves."""

from collections.abc import Callable, Iterator, Mapping

from ollama_watch.cause import memory, options, variables, withheld
from ollama_watch.cause.known import Known, lines
from ollama_watch.cause.releases import Span
from ollama_watch.model import Cause
from ollama_watch.state import defaults

_PARALLEL = "OLLAMA_NUM_PARALLEL"
_AUTOMATIC_SLOTS = Span("0.2.0", "0.10.0")


def causes(known: Known) -> Iterator[Cause]:
    """Yield what explains a finding of a rule that is not on the context."""
    find = _BY_RULE.get(known.rule)
    if find:
        yield from find(known)


def _disagreeing(known: Known) -> Iterator[Cause]:
    """Clients, or tags, that want different contexts of one model."""
    launch, record = known.launch, known.record
    if launch is None or record is None:
        return
    asked = {one.per_slot: _who(one.endpoint, one.client) for one in record.earlier if one.endpoint}
    now, made = launch.facts["ctx_per_slot"], launch.request
    if made and isinstance(now, int):
        asked[now] = _who(made.endpoint, made.client)
    evidence = lines(*(one.line for one in record.earlier), launch.line)
    names = sorted({tag for one in record.earlier for tag in one.tags} | set(known.tags))
    if len(names) > 1:
        text = f"{', '.join(names)} are tags over the same weights, with contexts of their own"
        yield Cause(text, "likely", evidence)
    if len(told := {tokens: who for tokens, who in asked.items() if tokens}) > 1:
        text = ", ".join(f"{tokens} by {who}" for tokens, who in sorted(told.items()))
        access = lines(*(one.access for one in record.earlier), made.line if made else None)
        yield Cause(f"its requests get different contexts: {text}", "likely", access)


def _who(endpoint: str | None, client: str | None) -> str:
    return f"{endpoint} from {client}" if client else str(endpoint)


def _environment_lost(known: Known) -> Iterator[Cause]:
    evidence = lines(known.life.env_line, known.life.env_before_line)
    if known.fields.get("upgraded"):
        yield Cause("the release changed with it: an installer writes the unit anew", "likely", evidence)
    else:
        yield Cause("the unit, or whatever starts the server, was changed", "possible", evidence)


def _environment_invalid(known: Known) -> Iterator[Cause]:
    """The server itself says that it cannot read it."""
    name, value = known.fields.get("variable"), known.fields.get("value")
    variable = variables.VARIABLES.get(str(name))
    is_no = " is no whole number from 0 on" if variable and variable.kind == "number" else " cannot be read"
    yield Cause(f"{value}{is_no}", "certain", lines(known.line))


def _default_changed(known: Known) -> Iterator[Cause]:
    life, why = known.life, known.fields.get("why")
    if not why:
        return
    by_memory = defaults.by_vram(life.version_before) and defaults.by_vram(life.version_text)
    found = f": {life.vram} now, {life.vram_before} before" if by_memory and life.vram_before else ""
    yield Cause(f"{why}{found}", "certain", lines(life.line, life.announced_line))


def _invalid_option(known: Known) -> Iterator[Cause]:
    name, meant = str(known.fields.get("option")), known.fields.get("meant")
    option = options.OPTIONS.get(name)
    if option and option.span.until and option.span.holds(known.release) is False:
        text = f"{name} is gone since {option.span.until}: Ollama decides that by itself"
        yield Cause(text, "certain", lines(known.line))
    elif meant and meant != name:
        yield Cause(f"did you mean {meant}? Ollama has no option {name}", "likely", lines(known.line))


def _splitting(known: Known) -> Iterator[Cause]:
    launch = known.launch
    if launch is None:
        return
    slots, asked = launch.facts["parallel"], known.life.number_of(_PARALLEL)
    evidence = lines(*known.start(_PARALLEL), *known.stated)
    if asked and asked == slots:
        yield Cause(f"the server's {_PARALLEL} is {asked}", "certain", evidence)
    elif known.start(_PARALLEL) and not asked and _AUTOMATIC_SLOTS.holds(known.release):
        text = f"nobody set {_PARALLEL}, and up to 0.9.6 Ollama takes {slots} slots by itself where they fit"
        yield Cause(text, "certain", evidence)
    elif not known.start(_PARALLEL) and launch.era == "command-line":
        text = f"up to 0.9.6 Ollama takes several slots by itself where nobody sets {_PARALLEL}"
        yield Cause(text, "possible", evidence)


def _threads(known: Known) -> Iterator[Cause]:
    record = known.record
    if record and record.era.id == "llama-server" and record.args.threads == known.fields.get("used"):
        text = f"num_thread {record.args.threads} was asked for: Ollama by itself passes no number"
        yield Cause(text, "certain", (record.line,))


_BY_RULE: Mapping[str, Callable[[Known], Iterator[Cause]]] = {
    "thrashing": _disagreeing,
    "environment-lost": _environment_lost,
    "environment-invalid": _environment_invalid,
    "default-changed": _default_changed,
    "invalid-option": _invalid_option,
    "parallel-splits-context": _splitting,
    "threads-above-cores": _threads,
    "flash-attention-dropped": withheld.flash,
    "kv-cache-type-dropped": withheld.cache,
    "kv-cache-needs-flash-attention": withheld.cache_needs_flash,
    "environment-without-effect": withheld.without_effect,
    "parallel-below-asked": withheld.slots,
    "context-capped": withheld.capped,
    "lora-missing": withheld.adapters,
    "layers-on-cpu": memory.partly,
    "all-on-cpu": memory.wholly,
    "context-spills": memory.spilled,
    "gpu-lost": memory.gpu_lost,
    "load-failed": memory.not_loaded,
}
