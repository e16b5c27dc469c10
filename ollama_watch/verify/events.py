"""The event kinds that rules may name after `on:`, and the fields each carries.

A new kind is a row here and the place in `state` that reports it.
"""

from collections.abc import Mapping
from typing import NamedTuple


class EventKind(NamedTuple):
    """One kind of occurrence."""

    meaning: str
    fields: Mapping[str, str]  # name -> kind of value, as in `verify.facts.FACTS`
    of_model: bool = True  # False: about the server or one of its variables


EVENTS: Mapping[str, EventKind] = {
    "prompt_truncated": EventKind(
        "a prompt lost tokens because it was longer than the context of its slot; `loss`: how many, in words",
        {"prompt": "tokens", "limit": "tokens", "kept": "tokens", "dropped": "tokens", "loss": "word"},
    ),
    "flash_attention_unsupported": EventKind(
        "flash attention was dropped; `asked`: the server's own start line asked for it; "
        "`by`: gpu, model or release; `why`: the same in words",
        {"by": "word", "why": "word", "asked": "bool"},
    ),
    "kv_cache_dropped": EventKind(
        "the KV cache type fell back to f16; `asked`: the server's own start line asked for it",
        {"type": "word", "asked": "bool"},
    ),
    "context_capped": EventKind(
        "a context above the trained length was cut to it; `was_default`: nobody asked for it; "
        "`config_wanted`: what `want:` asks for, uncapped",
        {
            "requested": "tokens",
            "trained": "tokens",
            "was_default": "bool",
            "config_wanted": "tokens",
        },
    ),
    "load_failed": EventKind("a model could not be loaded", {"error": "word"}),
    "invalid_environment": EventKind(
        "a variable of the server could not be read; its default is in force (`instead`: in words)",
        {"variable": "word", "value": "word", "default": "word", "instead": "word"},
        of_model=False,
    ),
    "invalid_option": EventKind(
        "a request or a model carries an option this release does not know", {"option": "word"}
    ),
    "unknown_flag": EventKind("a launch line carries a flag we do not know", {"flag": "word"}),
    "thrashing": EventKind(
        "one model's context changed three times or more within 10 minutes", {"changes": "count"}
    ),
    "gpu_lost": EventKind(
        "the server's last start listed a GPU, this one lists none", {"gpus": "word"}, of_model=False
    ),
    "format_drift": EventKind(
        "the log speaks of launches in words that we cannot read", {"what": "word"}, of_model=False
    ),
    "unverifiable": EventKind(
        "a release before 0.1.32, whose launches cannot be read", {"what": "word"}, of_model=False
    ),
}
