"""Metric families: rows of labels and a value, and what `prometheus_client` makes of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.utils import floatToGoString

from ollama_watch.model import Histogram
from ollama_watch.serve.text import label

PREFIX = "ollama_watch_"

Labels = tuple[str, ...]
Number = float | None
Counted = tuple[tuple[float, ...], tuple[int, ...], float]  # bounds, counts as in `Histogram`, sum
T = TypeVar("T")

_shown = lru_cache(4096)(label)  # a hundred models have a dozen families


@dataclass(frozen=True, slots=True)
class Gauges:
    """A series a row; a value of None is unknown, and absent."""

    name: str  # without `PREFIX`
    text: str
    labels: Labels
    rows: tuple[tuple[Labels, Number], ...]

    def metric(self) -> Metric:
        family = GaugeMetricFamily(PREFIX + self.name, self.text, labels=self.labels)
        for values, value in _last(self.rows).items():  # two blobs may have one name: the last one counts
            if value is not None:
                family.add_metric(values, value)
        return family


@dataclass(frozen=True, slots=True)
class Counters:
    """A series a row; rows with the same labels add up."""

    name: str
    text: str
    labels: Labels
    rows: tuple[tuple[Labels, float], ...]

    def metric(self) -> Metric:
        family = CounterMetricFamily(PREFIX + self.name, self.text, labels=self.labels)
        sums: dict[Labels, float] = {}
        for raw, value in self.rows:
            values = tuple(map(_shown, raw))
            sums[values] = sums.get(values, 0) + value
        for values, value in sums.items():
            family.add_metric(values, value)
        return family


@dataclass(frozen=True, slots=True)
class Histograms:
    """The cumulated buckets of each row; of rows with the same labels the last counts."""

    name: str
    text: str
    labels: Labels
    rows: tuple[tuple[Labels, Counted], ...]

    def metric(self) -> Metric:
        family = HistogramMetricFamily(PREFIX + self.name, self.text, labels=self.labels)
        for values, (bounds, counts, total) in _last(self.rows).items():
            names = [*map(floatToGoString, bounds), "+Inf"]
            sums = [sum(counts[: n + 1]) for n in range(len(counts))]
            family.add_metric(values, list(zip(names, sums, strict=True)), total)
        return family


Family = Gauges | Counters | Histograms  # equal ones are the same text


def gauge(name: str, text: str, labels: Labels, rows: Iterable[tuple[Labels, Number]]) -> Gauges:
    return Gauges(name, text, labels, tuple(rows))


def counter(name: str, text: str, labels: Labels, rows: Iterable[tuple[Labels, float]]) -> Counters:
    return Counters(name, text, labels, tuple(rows))


def histogram(name: str, text: str, labels: Labels, rows: Iterable[tuple[Labels, Histogram]]) -> Histograms:
    """Return what the histograms hold now: they go on counting."""
    now = tuple((values, (one.bounds, tuple(one.counts), one.sum)) for values, one in rows)
    return Histograms(name, text, labels, now)


def _last(rows: Iterable[tuple[Labels, T]]) -> dict[Labels, T]:
    """Return the values by their labels as they are shown: those may be alike where names are not."""
    return {tuple(map(_shown, labels)): value for labels, value in rows}
