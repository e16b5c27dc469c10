"""Which value of a setting is the fastest for a model, by runs that differ in nothing else.

A value wins if it beats every other one in every test by more than the error: the means differ by more than
the sum of the deviations, and by 1 % at least. Where none wins there is a reason instead.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import fmean

from ollama_watch.bench.pair import Pair, merged
from ollama_watch.bench.refused import Refused, undecided
from ollama_watch.bench.run import Model, Run
from ollama_watch.bench.settings import SETTINGS, said

_TIED = frozenset(("flash_attention", "kv_cache_type"))  # a quantized cache takes flash attention
Cell = tuple[str, str, str, frozenset[tuple[str, str]]]  # test, device, build, other settings
Cells = Mapping[Cell, Mapping[str, Run]]  # … and what was measured there, by the value of the setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Fastest:
    """One value of a setting beats every other for a model."""

    setting: str  # key of `SETTINGS`
    model: Model
    backend: str
    library: str
    value: str
    under: Mapping[
        str, str
    ]  # the setting that this one is tied to, where it was compared with one value of it
    pairs: tuple[Pair, ...]  # seen from the value; by test in the order of the file, then by other value


def compare(runs: Iterable[Run]) -> list[Fastest | Refused]:
    """Return what follows for each model and each setting that was swept, in the order of the file."""
    found: list[Fastest | Refused] = []
    for of_library in _grouped(runs, lambda run: run.library):
        swept = _swept(of_library)
        for of_model in _grouped(of_library, lambda run: run.model):
            found += [_outcome(setting, of_model) for setting in swept] or [_nothing(of_model)]
    return found


def _grouped(runs: Iterable[Run], key: Callable[[Run], Hashable]) -> list[list[Run]]:
    groups: dict[Hashable, list[Run]] = defaultdict(list)
    for run in runs:
        groups[key(run)].append(run)
    return list(groups.values())


def _swept(runs: Sequence[Run]) -> list[str]:
    """Return the settings with several values, ours first."""
    names = dict.fromkeys([*SETTINGS, *(name for run in runs for name in run.settings)])
    return [name for name in names if len(_values(name, runs)) > 1]


def _values(setting: str, runs: Iterable[Run]) -> list[str]:
    """Return its values in the order of the file; auto is none beside those that it stands for."""
    values = list(dict.fromkeys(run.settings[setting] for run in runs if setting in run.settings))
    if setting == "flash_attention" and {"on", "off"} <= set(values):
        values = [value for value in values if value != "auto"]
    return values


def _nothing(runs: Sequence[Run]) -> Refused:
    reason = "only one value was measured of every setting; sweep one: llama-bench -fa 0,1"
    return Refused("", runs[0].model.name, runs[0].library, reason)


def _outcome(setting: str, runs: Sequence[Run]) -> Fastest | Refused:
    values = _values(setting, runs)
    refused = partial(Refused, setting, runs[0].model.name, runs[0].library)
    if len(values) < 2:  # noqa: PLR2004  # a comparison takes two
        return refused(f"only one value was measured ({', '.join(map(said, values)) or 'none'})")
    if setting not in SETTINGS:
        return refused("no rule can expect it, for Ollama's log does not tell it")
    cells = _cells(setting, values, runs)
    best, *others = sorted(values, key=lambda value: -_rank(value, cells))
    pairs = _pairs(best, others, cells, _held(setting, runs))
    tests = dict.fromkeys(cell[0] for cell in cells)
    if reason := _unpaired(best, others, pairs, tests) or _unbeaten(best, others, pairs):
        return refused(reason)
    if not SETTINGS[setting].usable(best):
        return refused(f"the fastest is {best}, which no rule can expect")
    return Fastest(
        setting=setting,
        model=runs[0].model,
        backend=runs[0].backend,
        library=runs[0].library,
        value=best,
        under=_under(setting, pairs, runs),
        pairs=tuple(pairs),
    )


def _cells(setting: str, values: Sequence[str], runs: Iterable[Run]) -> Cells:
    """Return the runs by all that must be the same; several of one thing are one."""
    found: dict[Cell, dict[str, list[Run]]] = defaultdict(lambda: defaultdict(list))
    for run in runs:
        value = run.settings.get(setting, "")
        if value in values:
            rest = frozenset((name, told) for name, told in run.settings.items() if name != setting)
            found[run.test, run.device, run.build, rest][value].append(run)
    return {cell: {value: merged(same) for value, same in row.items()} for cell, row in found.items()}


def _rank(value: str, cells: Cells) -> float:
    """Return how close to the fastest it is, on the average of its cells."""
    rows = [row for row in cells.values() if value in row]
    return fmean(row[value].speed / max(run.speed for run in row.values()) for row in rows)


def _held(setting: str, runs: Sequence[Run]) -> list[str]:
    return [name for name in _swept(runs) if name != setting]


def _pairs(best: str, others: Iterable[str], cells: Cells, held: Sequence[str]) -> list[Pair]:
    return [
        Pair(row[best], row[other], other, _named(row[best], held))
        for row in cells.values()
        if best in row
        for other in others
        if other in row
    ]


def _under(setting: str, pairs: Iterable[Pair], runs: Sequence[Run]) -> dict[str, str]:
    """Return what all pairs have in common, though not all runs."""
    found = {}
    for name in _TIED.intersection(_held(setting, runs)) if setting in _TIED else ():
        values = {pair.run.settings.get(name, "") for pair in pairs}
        if len(values) == 1 and (value := values.pop()):
            found[name] = value
    return found


def _named(run: Run, held: Iterable[str]) -> str:
    titles = ((SETTINGS[name].title if name in SETTINGS else name, run.settings.get(name)) for name in held)
    return ", ".join(f"{title} {value}" for title, value in titles if value)


def _unpaired(best: str, others: Sequence[str], pairs: Iterable[Pair], tests: Iterable[str]) -> str:
    """Return which test lacks a comparison, if one does."""
    compared = {(pair.run.test, pair.other) for pair in pairs}
    for test in tests:
        for other in others:
            if (test, other) not in compared:
                return f"{test} was not measured with {said(best)} and with {said(other)}, all else the same"
    return ""


def _unbeaten(best: str, others: Sequence[str], pairs: Sequence[Pair]) -> str:
    """Return why the best does not beat one of the others, the closest first, if so."""
    for other in others:
        against = [pair for pair in pairs if pair.other == other]
        if any(pair.verdict < 1 for pair in against):
            return undecided(best, other, against)
    return ""
