"""Request options by release; a Modelfile's PARAMETER takes the same names (reference 1.4, 5, 10, 16).

`use_mlock`, `low_vram`, `f16_kv`, `logits_all` and `vocab_only` went with 0.7.0 (ollama/ollama#10574;
`--mlock` is last seen in 0.6.8, recorded as unknown from 0.9.6 on), `numa` with 0.3.4: automatic since.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from ollama_watch.cause.releases import Span
from ollama_watch.model import Value
from ollama_watch.parse.version import Version


class Option(NamedTuple):
    """One option that acts on a launch."""

    name: str
    fact: str | None  # what it becomes; None: nothing that this program follows
    kind: Literal["whole", "bool"]
    span: Span = Span()
    least: int = 0  # of a whole number
    note: str = ""


_OLD = Span(until="0.7.0")
_ROWS = (
    Option("num_ctx", "ctx_per_slot", "whole", least=1, note="tokens of one slot"),
    Option("num_batch", "batch_size", "whole", least=1),
    Option("num_gpu", "gpu_layers", "whole", least=-1, note="-1 is automatic, 999 is all"),
    Option("main_gpu", "main_gpu", "whole"),
    Option("num_thread", "threads", "whole", note="0 is automatic"),
    Option("use_mmap", "mmap", "bool"),
    Option("use_mlock", "mlock", "bool", _OLD),
    Option("low_vram", None, "bool", _OLD),
    Option("f16_kv", None, "bool", _OLD, note="false made the KV cache f32 up to 0.4.0"),
    Option("logits_all", None, "bool", _OLD),
    Option("vocab_only", None, "bool", _OLD),
    Option("numa", None, "bool", Span(until="0.3.4")),
)
OPTIONS: Mapping[str, Option] = {option.name: option for option in _ROWS}
OF_FACT: Mapping[str, Option] = {option.fact: option for option in _ROWS if option.fact}

_SAMPLING: Mapping[str, Span] = {
    **dict.fromkeys(
        "num_predict temperature top_k top_p typical_p seed stop repeat_last_n repeat_penalty "
        "presence_penalty frequency_penalty num_keep".split(),
        Span(),
    ),
    "draft_num_predict": Span("0.30.0"),
}  # they act on one answer, not on the launch


def known(name: str, release: Version | None) -> bool | None:
    """Tell whether `release` takes the option; None: an option or a release that is not known here."""
    if option := OPTIONS.get(name):
        return option.span.holds(release)
    span = _SAMPLING.get(name)
    return span.holds(release) if span else None


def written(option: Option, value: Value) -> str | None:
    """Return `value` as JSON and a Modelfile write it; None if the option does not take it."""
    if option.kind == "bool":
        return str(value).lower() if isinstance(value, bool) else None
    if isinstance(value, bool) or not isinstance(value, int) or value < option.least:
        return None
    return str(value)
