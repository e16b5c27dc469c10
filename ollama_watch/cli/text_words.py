"""Findings and launches in few words, for the text report."""

from ollama_watch.model import Finding, Launch, Value
from ollama_watch.verify.judge import shown

_LABELS = {
    "ctx_per_slot": "per request",
    "ctx_size": "all slots",
    "parallel": "slots",
    "layers_offloaded": "on the GPU",
    "gpu_layers": "GPU layers",
    "batch_size": "batch",
    "kv_cache_type": "KV cache",
    "kv_cache_type_effective": "KV cache",
    "flash_attention": "flash attn",
    "flash_attention_effective": "flash attn",
}
_WANTED = {
    "config": "your want:",
    "model": "the model's own num_ctx",
    "environment": "OLLAMA_CONTEXT_LENGTH",
    "history": "its earlier launches",
}
_MORE = {">": "more than ", "<": "less than ", "<=": "at most ", "!=": "not "}
_SPELT = {  # how the launch of each wording states a fact; the others look like the first
    "command-line": {
        "ctx_size": "--ctx-size {}",
        "parallel": "--parallel {}",
        "gpu_layers": "--n-gpu-layers {}",
        "batch_size": "--batch-size {}",
    },
    "load-request": {
        "ctx_size": "KvSize:{}",
        "parallel": "Parallel:{}",
        "gpu_layers": "GPULayers:{}",
        "batch_size": "BatchSize:{}",
    },
    "llama-server": {
        "ctx_size": "-c {}",
        "parallel": "-np {}",
        "gpu_layers": "-ngl {}",
        "batch_size": "-b {}",
    },
}
_TOTAL = "is the total of"  # so the cause says it, which the row of the command says already


def label(fact: str) -> str:
    return _LABELS.get(fact, fact.replace("_", " "))


def beside(found: Finding) -> str:
    """Return what was expected instead of the actual value."""
    facts = found.launch.facts if found.launch else {}
    source = facts.get("ctx_wanted_from")
    if found.fact == "ctx_per_slot" and facts.get("ctx_wanted") is not None:
        return f"wanted {facts['ctx_wanted']} ({_WANTED.get(str(source), source)})"
    expected = found.expected or ""
    sign, _, rest = expected.partition(" ")
    text = f"expected {_MORE[sign]}{rest}" if sign in _MORE else f"expected {expected}"
    if found.fact == "ctx_per_slot" and facts.get("ctx_trained"):
        return f"{text}; the model takes {facts['ctx_trained']}"
    return text


def command(found: Finding) -> str:
    """Return what matters of the launch as its wording spells it, "" if it states none of it."""
    launch = found.launch
    spelt = _SPELT.get(launch.era, {}) if launch else {}
    if launch is None or launch.facts.get("ctx_size") is None:
        return ""
    facts = dict.fromkeys(("ctx_size", "parallel", found.fact or "ctx_size"))
    stated = [(fact, launch.facts.get(fact)) for fact in facts]
    return " ".join(
        spelt[fact].format(value) for fact, value in stated if fact in spelt and value is not None
    )


def total(launch: Launch) -> str:
    """Return that the printed context is shared, "" where it is not."""
    size, slots = launch.facts.get("ctx_size"), launch.facts.get("parallel")
    shared = isinstance(slots, int) and slots > 1 and launch.facts.get("ctx_per_slot") != size
    return f"{size} {_TOTAL} {slots} slots" if shared else ""


def causes(found: Finding) -> list[tuple[str, str]]:
    """Return each cause with its confidence, but what the row of the command says."""
    said = bool(found.fact and found.launch and total(found.launch))
    return [(one.confidence, one.text) for one in found.causes if not (said and _TOTAL in one.text)]


def aside(found: Finding) -> str:
    """Return an info finding as a remark behind its launch."""
    facts = found.launch.facts if found.launch else {}
    match found.rule:
        case "context-at-default":
            trained = facts.get("ctx_trained")
            return "Ollama's default" + (f"; the model takes {trained}" if trained else "")
        case "context-changed":
            return f"less than its usual {facts.get('ctx_wanted')}: a client asked for it"
        case "layers-on-cpu":
            return "partly on the CPU"
        case "parallel-splits-context":
            return f"the log's {total(found.launch)}" if found.launch else found.message
        case _:
            name = found.model
            return found.message.removeprefix(f"{name}: ").removeprefix(f"{name} ")


def remark(launch: Launch) -> str:
    """Return why a launch without findings is fine, or what keeps anybody from saying so."""
    facts = launch.facts
    tokens, trained = facts.get("ctx_per_slot"), facts.get("ctx_trained")
    if launch.failed:
        return "did not start"
    if tokens is None:
        return "context not told" if untold(launch) else "no context at launch"
    at_limit = isinstance(trained, int) and isinstance(tokens, int) and tokens >= trained
    if facts.get("embedding"):
        return "embedding, its own limit" if at_limit else "embedding"
    if isinstance(wanted := facts.get("ctx_wanted"), int) and isinstance(tokens, int) and tokens >= wanted:
        return f"as wanted ({facts['ctx_wanted_from']})"
    if at_limit:
        return "all that the model takes"
    return "Ollama's default" if facts.get("ctx_is_default") else ""


def untold(launch: Launch) -> bool:
    """Tell whether the launch has a context that the log keeps to itself."""
    unknown = launch.facts.get("ctx_per_slot") is None and launch.superseded_by is None
    return unknown and not launch.failed and launch.facts.get("engine") not in ("mlx", "image")


def context(launch: Launch) -> str:
    """Return what one request may use, a question mark where only the slots are known."""
    tokens = launch.facts.get("ctx_per_slot")
    if tokens is None:
        return "" if launch.facts.get("parallel") is None else "?"
    return str(tokens)


def slots(launch: Launch) -> str:
    """Return "× 4 slots", "" where they are not told."""
    parallel = launch.facts.get("parallel")
    return "" if parallel is None else f"× {parallel} slot{'' if parallel == 1 else 's'}"


def layers(launch: Launch) -> str:
    """Return "37/37 layers rocm", as much of it as is known."""
    done, total_, library = (launch.facts.get(f) for f in ("layers_offloaded", "layers_total", "library"))
    share = "" if done is None else f"{done}/{shown(total_)} layers"
    return " ".join(part for part in (share, _word(library)) if part)


def _word(value: Value) -> str:
    return "" if value is None else str(value)
