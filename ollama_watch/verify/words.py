"""The facts and fields of events whose values are settled words, for the loader and the JSON Schema."""

from collections.abc import Mapping

from ollama_watch.verify.events import EVENTS
from ollama_watch.verify.facts import FACTS

WORDS: Mapping[str, tuple[str, ...]] = {
    **{field: words for event in EVENTS.values() for field, words in event.words.items()},
    **{name: fact.words for name, fact in FACTS.items() if fact.words},
}
SMALL = frozenset(
    ("library", "kv_cache_type", "kv_cache_type_effective")
)  # small, though some logs write ROCm
