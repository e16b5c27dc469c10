"""The families that have a series a model."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from ollama_watch.model import Launch
from ollama_watch.serve.families import Family, counter, gauge, histogram
from ollama_watch.serve.places import Places
from ollama_watch.serve.view import SourceView
from ollama_watch.state.tally import Tally

Read = Callable[[Launch], float | None]


def _number(fact: str) -> Read:
    def read(launch: Launch) -> float | None:
        value = launch.facts[fact]
        return value if isinstance(value, int) else None

    return read


_RUNNER: tuple[tuple[str, str, Read], ...] = (
    ("runner_context_tokens", "Context that one request may use.", _number("ctx_per_slot")),
    ("runner_context_all_slots_tokens", "Context of all slots together.", _number("ctx_size")),
    ("runner_context_wanted_tokens", "Context that somebody wants for it.", _number("ctx_wanted")),
    ("runner_parallel_slots", "Requests served at once.", _number("parallel")),
    ("runner_batch_tokens", "Logical batch.", _number("batch_size")),
    ("runner_offloaded_layers", "Layers on the GPU.", _number("layers_offloaded")),
    ("runner_model_layers", "Layers of the model.", _number("layers_total")),
    ("runner_start_timestamp_seconds", "When it was launched.", lambda launch: launch.at or None),
)


def of_models(sources: Iterable[SourceView], places: Places) -> Iterator[Family]:
    """Yield the families of runners and models; models beyond the first hundred have no series."""
    sources = list(sources)
    yield from _runners(sources, places)
    yield from _counts(sources, places)
    yield histogram(
        "runner_load_duration_seconds",
        "How long Ollama took to load a model.",
        places.names,
        [(places.of(s), s.tally.loads) for s in sources],
    )
    yield histogram(
        "prompt_tokens",
        "Size of prompts as asked: all from 0.30 on, before that only the cut ones.",
        (*places.names, "model"),
        [((*places.of(s), s.model(subject)), h) for s in sources for subject, h in s.tally.prompts.items()],
    )


def _runners(sources: list[SourceView], places: Places) -> Iterator[Family]:
    shown = [(places.of(s), r) for s in sources for r in s.runners if r.subject in s.tally.subjects]
    yield gauge(
        "runner_info",
        "A runner that is believed alive.",
        (*places.names, "model", "engine", "flash_attention", "kv_cache_type", "library"),
        [((*place, runner.name, *map(_word(runner), _INFO)), 1) for place, runner in shown],
    )
    for name, text, read in _RUNNER:
        yield gauge(name, text, (*places.names, "model"), [((*place, r.name), read(r)) for place, r in shown])


_INFO = ("engine", "flash_attention_effective", "kv_cache_type", "library")


def _word(runner: Launch) -> Callable[[str], str]:
    return lambda fact: str(runner.facts[fact] or "")


Counts = Iterable[tuple[tuple[str, ...], float]]  # a subject, maybe a further label; how many

_COUNTS: tuple[tuple[str, str, tuple[str, ...], Callable[[Tally], Counts]], ...] = (
    ("runner_launches", "Launches of a model, and why.", ("reason",), lambda t: t.launches.items()),
    (
        "context_changes",
        "Launches of a model with another context than before; default: Ollama's own.",
        ("direction",),
        lambda t: t.context_changes.items(),
    ),
    ("prompt_truncations", "Prompts that lost tokens.", (), lambda t: _alone(t.truncations)),
    (
        "prompt_tokens_dropped",
        "Tokens that prompts lost, at least.",
        (),
        lambda t: _alone(t.tokens_dropped),
    ),
)


def _alone(counts: Mapping[str, int]) -> Counts:
    return (((subject,), count) for subject, count in counts.items())


def _counts(sources: list[SourceView], places: Places) -> Iterator[Family]:
    for name, text, more, read in _COUNTS:
        rows = [
            ((*places.of(s), s.model(subject), *rest), count)
            for s in sources
            for (subject, *rest), count in read(s.tally)
        ]
        yield counter(name, text, (*places.names, "model", *more), rows)
    yield counter(
        "models_without_series",
        "Launches and prompts of models beyond the first hundred of a source.",
        places.names,
        [(places.of(s), s.tally.models_beyond) for s in sources],
    )
