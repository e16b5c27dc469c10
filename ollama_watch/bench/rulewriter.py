"""Rules as a person would have written them: YAML whose `why` holds the evidence."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from ollama_watch.bench.pair import Pair
from ollama_watch.bench.refused import percent
from ollama_watch.bench.run import slug
from ollama_watch.bench.scope import Follows
from ollama_watch.bench.settings import SETTINGS, said
from ollama_watch.model import Severity

_SWITCHES = frozenset(("flash_attention", "mmap"))  # two values, and a launch has one of them
_KINDS = {"pp": "in prompts", "tg": "in text", "both": "in both together"}


def rules_text(follows: Sequence[Follows], name: str, severity: Severity) -> str:
    """Return a file of rules; `name` is what people call the file that they come from."""
    head = [
        f"# Written by `ollama-watchd rules from-bench` from {name}: of each setting that llama-bench swept",
        "# the value that was the fastest on this machine in every test, by more than the error.",
        "rules:",
    ]
    ids = _ids(follows)
    bodies = [_rule(one, id_, name, severity) for one, id_ in zip(follows, ids, strict=True)]
    return "\n".join([*head, *(line for body in bodies for line in body)]) + "\n"


def _ids(follows: Iterable[Follows]) -> list[str]:
    """Return an id a rule: of setting, library and model, and where that is not enough, of file or size."""
    found = [(_id(one), one) for one in follows]
    counts = Counter(id_ for id_, _ in found)
    longer = [f"{id_}-{_tell(one)}" if counts[id_] > 1 else id_ for id_, one in found]
    counts = Counter(longer)
    return [f"{id_}-{at}" if counts[id_] > 1 else id_ for at, id_ in enumerate(longer, 1)]


def _id(follows: Follows) -> str:
    first = follows.fastest[0]
    parts = ["bench", slug(first.setting), first.library or slug(first.backend)]
    return "-".join([*parts, slug(first.model.name)] if _is_named(follows) else parts)


def _tell(follows: Follows) -> str:
    model = follows.fastest[0].model
    return slug("-".join(follows.tags)) if follows.tags else (follows.digest or slug(model.size))[:12]


def _is_named(follows: Follows) -> bool:
    return bool(follows.tags or follows.digest)


def _rule(follows: Follows, id_: str, name: str, severity: Severity) -> list[str]:
    first = follows.fastest[0]
    unless = ["      failed-to-start: {failed: true}"]
    if (first.setting, first.value) == ("flash_attention", "off"):
        unless.append('      cache-needs-it: {kv_cache_type: "q*"}')
    return [
        f"  - id: {id_}",
        f"    severity: {severity}",
        f"    summary: {json.dumps(_summary(follows), ensure_ascii=False)}",
        f"    when: {{{', '.join(_when(follows))}}}",
        f"    expect: {{{SETTINGS[first.setting].fact}: {_scalar(first.value)}}}",
        "    unless:",
        *unless,
        "    why: |-",
        *(f"      {line}" for line in _why(follows, name)),
    ]


def _when(follows: Follows) -> list[str]:
    found = []
    if follows.tags:
        tags = ", ".join(json.dumps(tag) for tag in follows.tags)
        found.append(f"model: {tags}" if len(follows.tags) == 1 else f"model: [{tags}]")
    elif follows.digest:
        found.append(f'model_digest: "{follows.digest}"')
    first = follows.fastest[0]
    found += [f"library: {first.library}"] if first.library else []
    return found + [f"{SETTINGS[name].fact}: {_scalar(value)}" for name, value in first.under.items()]


def _scalar(value: str) -> str:
    """Return a value of `expect`; YAML 1.1 would read a bare `on` as true, which people trip over."""
    return f'"{value}"' if value in ("on", "off") else value


def _summary(follows: Follows) -> str:
    first = follows.fastest[0]
    setting = SETTINGS[first.setting]
    switch = first.setting in _SWITCHES
    instead = f"{{model}} runs with {setting.title} {{{setting.fact}}} instead of {said(first.value)}"
    losses: dict[str, list[float]] = defaultdict(list)
    for pair in _pairs(follows):
        losses[_kind(pair)].append(pair.loss)
    parts = [f"{_span(losses[kind])} {words}" for kind, words in _KINDS.items() if kind in losses]
    measured = "measured" if switch else "others were measured"
    backend = re.sub(r"[^\w ,.+-]", "", first.backend)  # braces would ask for a fact
    return f"{instead}: {measured} slower by {', '.join(parts)} ({backend})"


def _pairs(follows: Follows) -> list[Pair]:
    return [pair for fastest in follows.fastest for pair in fastest.pairs]


def _kind(pair: Pair) -> str:
    return "both" if "+" in pair.run.test else pair.run.test[:2]


def _span(shares: Sequence[float]) -> str:
    low, high = f"{min(shares) * 100:.0f}", f"{max(shares) * 100:.0f}"
    return f"{low} %" if low == high else f"{low} to {high} %"


def _why(follows: Follows, name: str) -> list[str]:
    """Return the evidence: a paragraph a device and build, in it a line a comparison."""
    places: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for pair in _pairs(follows):
        run = pair.run
        places[run.device, run.backend, run.build].append(f"{run.model.name}, {_evidence(pair, follows)}")
    lines = [f"llama-bench, in tokens per second (mean ± deviation), from {name}:"]
    for (device, backend, build), found in places.items():
        made = f"build {build}" if build else "build not told"
        lines += [
            f"on {device or 'a device that is not named'}, {backend}, {made}",
            *(f"  {line}" for line in found),
        ]
    return lines


def _evidence(pair: Pair, follows: Follows) -> str:
    before, after = said(pair.other), said(follows.fastest[0].value)
    slower = percent(pair.loss).removeprefix("+")
    return f"{pair.test}: {pair.against} with {before}, {pair.run} with {after}; {before} is {slower} slower"
