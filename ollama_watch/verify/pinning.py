"""A rule that keeps a launch as it is: its facts as expectations."""

import re
from collections.abc import Callable, Mapping, Sequence

from ollama_watch.errors import UserError
from ollama_watch.model import Facts, Value
from ollama_watch.verify.conditiontext import LATEST, NULL, RANGE, STRANGE
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.kinds import KINDS

_OTHER = "other-weights"  # the exception of launches that are not of this model, or not any more
_NAMED = "without-weights"  # the exception of engines whose launches have a name and no digest
_STARTS = re.compile(rf"\s|{STRANGE}")


def _at_least(value: Value, facts: Facts) -> str:
    return f">= {value}"


def _itself(value: Value, facts: Facts) -> Value:
    return value


def _layers(value: Value, facts: Facts) -> str:
    return "all" if value == facts.get("layers_total") else f">= {value}"


# What people set or what their machine gives; more context and more layers are no loss.
PINNED: Mapping[str, Callable[[Value, Facts], Value]] = {
    "ctx_per_slot": _at_least,
    "parallel": _itself,
    "layers_offloaded": _layers,
    "library": _itself,
    "batch_size": _itself,
    "ubatch_size": _itself,
    "flash_attention_effective": _itself,
    "kv_cache_type": _itself,
    "threads": _itself,
    "main_gpu": _itself,
    "tensor_split": _itself,
    "mmap": _itself,
    "mlock": _itself,
    "lora": _itself,
    "mmproj": _itself,
}


def pinned(name: str, facts: Facts, model: str, tags: Sequence[str] = ()) -> dict[str, object]:
    """Return a rule, as it stands in YAML, that fires when a later launch of this model is another one.

    `tags`: which of the model's it is for, without any all of them. Raises UserError where nothing tells this
    model from others, or nothing is known that could be kept.
    """
    expected = {
        fact: _written(fact, make(value, facts))
        for fact, make in PINNED.items()
        if (value := facts.get(fact)) is not None
    }
    if not expected:
        raise UserError(f"nothing is known of the launch of {model} that a rule could keep")
    when, unless = _about(facts, model, tags)
    ends = ", while it has these weights" if _OTHER in unless else ""
    return {
        "id": name,
        "severity": "warning",
        "summary": f"{{model}} is not launched as it was when {name} was written",
        "about": f"keeps {model} as it was launched{ends}",
        "when": when,
        "expect": expected,
        "unless": {"failed-to-start": {"failed": True}, **unless},
    }


def _about(facts: Facts, model: str, tags: Sequence[str]) -> tuple[dict[str, object], dict[str, object]]:
    """Return `when` and exceptions that leave the launches of this model.

    A launch without a name is not told apart by `model`: what is unknown applies. Only the digest excuses it,
    and that excuses a pulled anew model too, whose layers and memory are others.
    """
    known = facts.get("model")
    named = tags or (known if isinstance(known, tuple) else ())
    digest = facts.get("model_digest")
    if not (named or digest):
        hint = "name another launch: rules know a model by its tag or by the digest of its weights"
        raise UserError(f"the log tells neither the name nor the digest of {model}", hint=hint)
    if not named:
        return {"model_digest": digest}, {_NAMED: {"engine": ["mlx", "image"]}}
    written = [literal(str(tag), "names") for tag in named]
    when: dict[str, object] = {"model": written[0] if len(written) == 1 else written}
    if digest:
        return when, {_OTHER: {"model_digest": f"!{digest}"}}
    engine = facts.get("engine")  # of an MLX model nothing but its name is told, and always that
    return (when | {"engine": literal(str(engine), "word")} if engine else when), {}


def _written(fact: str, value: Value) -> object:
    """Return what a condition may be written as that only this value meets."""
    kind = FACTS[fact].kind
    if isinstance(value, tuple):
        return [literal(str(one), kind) for one in value]
    return literal(value, kind) if isinstance(value, str) and not KINDS[kind].literal else value


def literal(text: str, kind: str) -> str:
    """Return the pattern that matches `text`, whatever its signs mean in patterns and conditions.

    A sign that stands in brackets is itself. Only ! is not, at the beginning of brackets: there it gets a
    blank for company, with which no fact begins.
    """
    pattern = re.sub(r"[\[*?]", r"[\g<0>]", text)
    if text.startswith("!"):
        return f"[ !]{pattern[1:]}"
    if _STARTS.match(text) or text in NULL or re.fullmatch(RANGE, text):
        pattern = f"[{pattern[0]}]{pattern[1:]}"
    if pattern[-1:].isspace() or (kind == "names" and pattern.endswith(LATEST)):
        pattern = f"{pattern[:-1]}[{pattern[-1]}]"
    return pattern
