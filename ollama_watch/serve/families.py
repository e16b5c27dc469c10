"""Metric families from rows: labels and a value, as `prometheus_client` wants them."""

from collections.abc import Iterable
from typing import TypeVar

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.utils import floatToGoString

from ollama_watch.model import Histogram
from ollama_watch.serve.text import label as shown

PREFIX = "ollama_watch_"

Labels = tuple[str, ...]
T = TypeVar("T")


def gauge(
    name: str, text: str, labels: Iterable[str], rows: Iterable[tuple[Labels, float | None]]
) -> GaugeMetricFamily:
    """Return a family with a series a row; a value of None is unknown, and absent."""
    family = GaugeMetricFamily(PREFIX + name, text, labels=list(labels))
    for values, value in _shown(rows).items():  # two blobs may have one name: the last one counts
        if value is not None:
            family.add_metric(list(values), value)
    return family


def counter(
    name: str, text: str, labels: Iterable[str], rows: Iterable[tuple[Labels, float]]
) -> CounterMetricFamily:
    """Return a family with a series a row; rows with the same labels add up."""
    family = CounterMetricFamily(PREFIX + name, text, labels=list(labels))
    sums: dict[Labels, float] = {}
    for raw, value in rows:
        values = tuple(map(shown, raw))
        sums[values] = sums.get(values, 0) + value
    for values, value in sums.items():
        family.add_metric(list(values), value)
    return family


def histogram(
    name: str, text: str, labels: Iterable[str], rows: Iterable[tuple[Labels, Histogram]]
) -> HistogramMetricFamily:
    """Return a family with each row's cumulated buckets; of rows with the same labels the last counts."""
    family = HistogramMetricFamily(PREFIX + name, text, labels=list(labels))
    for values, found in _shown(rows).items():
        bounds = [*map(floatToGoString, found.bounds), "+Inf"]
        sums = [sum(found.counts[: n + 1]) for n in range(len(found.counts))]
        family.add_metric(list(values), list(zip(bounds, sums, strict=True)), found.sum)
    return family


def _shown(rows: Iterable[tuple[Labels, T]]) -> dict[Labels, T]:
    """Return the values by their labels as they are shown: those may be alike where names are not."""
    return {tuple(map(shown, labels)): value for labels, value in rows}
