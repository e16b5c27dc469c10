"""The metrics page. Read from the program's own state when scraped; nothing is counted twice."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client.core import Metric
from prometheus_client.registry import Collector

from ollama_watch.model import source_label
from ollama_watch.serve.families import Family, Labels, counter, gauge
from ollama_watch.serve.metrics_models import of_models
from ollama_watch.serve.places import Places
from ollama_watch.serve.view import Show, SourceView, View
from ollama_watch.state.tally import Tally


class WatchCollector(Collector):
    """Gives `prometheus_client` what the program is like at the moment of the scrape."""

    def __init__(self, show: Show) -> None:
        self._show = show

    def collect(self) -> Iterable[Metric]:
        with self._show() as view:
            return list(metrics(view))


def metrics(view: View) -> Iterator[Metric]:
    """Yield every family of the page, as the library has them."""
    return (family.metric() for family in families(view))


def families(view: View) -> Iterator[Family]:
    """Yield every family of the page, also those that have no series yet."""
    places = Places(view.sources)
    yield from _program(view)
    yield from _alerts(view, places)
    yield from _sources(view.sources, places)
    yield from _parsing(view.sources, places)
    yield from of_models(view.sources, places)


def _program(view: View) -> Iterator[Family]:
    yield gauge("build_info", "Version of ollama-watchd.", ("version",), [((view.version,), 1)])
    yield gauge("rules", "Rules in force.", (), [((), view.rules)])
    yield counter(
        "state_save_failures",
        "How often what a restart needs could not be saved.",
        (),
        [((), view.state_save_failures)],
    )
    yield gauge(
        "config_last_reload_successful",
        "Whether the configuration on disk is the one in force.",
        (),
        [((), view.reload_successful)],
    )
    yield gauge(
        "config_last_reload_success_timestamp_seconds",
        "When the configuration in force was read.",
        (),
        [((), view.reloaded_at)],
    )


def _alerts(view: View, places: Places) -> Iterator[Family]:
    yield gauge(
        "alert_firing",
        "Alerts that are firing.",
        ("rule", "severity", *places.names, "model"),
        [
            (
                (a.rule, a.severity, *places.label(a.finding.host, source_label(a.finding.source)), a.model),
                1,
            )
            for a in (one.alert for one in view.alerts)
            if a.state == "firing"
        ],
    )
    yield counter(
        "rule_violations",
        "Launches and events that broke a rule.",
        ("rule", "severity"),
        view.violations.items(),
    )
    yield counter(
        "notifications",
        "Notices by sink and what became of them.",
        ("sink", "outcome"),
        view.notifications.items(),
    )


# Name, help, whether it counts, how it is read off a source.
_ROWS: tuple[tuple[str, str, bool, Callable[[SourceView], float | None]], ...] = (
    ("source_up", "Whether the source can be read.", False, lambda s: s.trouble is None),
    ("source_lines", "Log lines read.", True, lambda s: s.lines),
    ("source_bytes", "Bytes of log read.", True, lambda s: s.bytes),
    ("source_last_line_timestamp_seconds", "When the last line came.", False, lambda s: s.last_line_at),
    ("source_reopens", "Rotations, truncations and reconnections.", True, lambda s: s.reopens),
    ("source_suppressed_lines", "Lines that journald says it dropped.", True, lambda s: s.suppressed),
    ("source_malformed_lines", "Records of a pipeline that held no line.", True, lambda s: s.malformed),
    ("context_default_tokens", "Context that nobody has to ask for.", False, lambda s: s.context_default),
)


def _sources(sources: Iterable[SourceView], places: Places) -> Iterator[Family]:
    for name, text, counts, read in _ROWS:
        values = [(places.of(source), read(source)) for source in sources]
        if counts:
            yield counter(name, text, places.names, [(labels, value or 0) for labels, value in values])
        else:
            yield gauge(
                name, text, places.names, sorted(values, key=_known_last, reverse=name == "source_up")
            )
    yield gauge(
        "server_info",
        "Release of the Ollama server.",
        (*places.names, "version"),
        [((*places.of(s), s.ollama_version), 1) for s in sources if s.ollama_version],
    )


def _known_last(row: tuple[Labels, float | None]) -> float:
    """Of the files of one source the last row counts: the newest line; for `up` the worst."""
    return -1.0 if row[1] is None else row[1]


_PARSED: tuple[tuple[str, str, Callable[[Tally], int]], ...] = (
    ("parse_failures", "Launch lines that could not be read.", lambda t: t.parse_failures),
    ("unknown_flags", "Flags on launch lines that this version does not know.", lambda t: t.unknown_flags),
    (
        "requests_without_launch",
        "Requests served although no launch was read since the server's start.",
        lambda t: t.requests_without_launch,
    ),
)


def _parsing(sources: Iterable[SourceView], places: Places) -> Iterator[Family]:
    yield counter(
        "parse_events",
        "What the log announced, by kind.",
        (*places.names, "event"),
        [((*places.of(s), event), count) for s in sources for event, count in s.tally.events.items()],
    )
    for name, text, read in _PARSED:
        yield counter(name, text, places.names, [(places.of(s), read(s.tally)) for s in sources])
