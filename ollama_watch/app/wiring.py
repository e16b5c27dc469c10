"""The one place that chooses and connects. No other module names a concrete source or sink."""

import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from threading import Event
from typing import TYPE_CHECKING

from ollama_watch.alerts.alert import Alert
from ollama_watch.app.checkpoint import Checkpoint, read
from ollama_watch.app.config import Config
from ollama_watch.app.delivering import delivering
from ollama_watch.app.hosts import is_many, many
from ollama_watch.app.judging import Judging
from ollama_watch.app.keeping import Keeping
from ollama_watch.app.lacking import lacking
from ollama_watch.app.loop import Loop
from ollama_watch.app.naming import naming
from ollama_watch.app.reloading import Reloading
from ollama_watch.app.roster import Many, Roster, Target
from ollama_watch.app.sdnotify import Notifier
from ollama_watch.app.showing import Showing
from ollama_watch.app.sinkfailing import SinkFailing
from ollama_watch.app.sinks import Here, close_all, here, open_sinks
from ollama_watch.app.store import Store
from ollama_watch.app.watching import Watch
from ollama_watch.app.web import open_web
from ollama_watch.errors import UserError
from ollama_watch.sources.bell import Bell
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.file import FileSource
from ollama_watch.sources.position import Position
from ollama_watch.sources.source import Source
from ollama_watch.sources.waiting import Waiting

if TYPE_CHECKING:
    from ollama_watch.sources.inotify import Folders

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a daemon is made of."""

    load: Callable[[], Config]  # the configuration as it is on disk; raises UserError
    paths: Callable[[], tuple[Path, ...]] = tuple  # what `load` reads: changes are taken in
    targets: Sequence[Target]
    patterns: Sequence[Many] = ()
    state: Path | None = None  # folder; None: a restart begins anew
    accept: Callable[[Alert], str] | None = None  # wants what a model has; None: nothing may be wanted


def serve(config: Config, setup: Setup) -> None:
    """Run until SIGTERM or SIGINT, then take every part down in reverse order."""
    with ExitStack() as parts:
        bell = Bell()
        parts.callback(bell.close)
        store = Store(setup.state) if setup.state else None
        if store:
            parts.callback(store.close)
        place = here(config.http.external_url, setup.accept)
        place.lacking = lacking(config.sinks, config.http, os.environ)
        for one in place.lacking:
            level = logging.INFO if one.perhaps else logging.WARNING
            _log.log(level, "%s: %s: %s", one.what, one.why, one.mend)
        place.state = setup.state
        loop = _loop(config, setup, bell, store, place, parts)
        web = open_web(config.http, loop.showing, loop.showing.changes)
        parts.callback(web.close)
        place.page = web.url
        for target in setup.targets:
            _log.info("watching %s", target.what)
        _log.info("metrics, alerts and status at %s", web.url)
        loop.run()


def _loop(
    config: Config, setup: Setup, bell: Bell, store: Store | None, place: Here, parts: ExitStack
) -> Loop:
    """Connect what the loop drives; `parts` takes it down."""
    saved = _saved(store, config)
    roster = Roster(setup.targets, setup.patterns, saved.sources)
    parts.callback(roster.close)
    names, end = naming(config.models)
    parts.callback(end)
    watch = Watch(config, roster.watched, saved.book, saved.moments, names, roster.elsewhere)
    deliveries = delivering(open_sinks(config.sinks, place), watch.book, saved, store, bell.ring)
    outboxes = deliveries.outboxes
    failing = SinkFailing(outboxes, deliveries, watch.book, time.time, place.lacking)
    keeping = Keeping(store, watch, roster, deliveries, time.monotonic, failing)
    parts.callback(keeping.finish)
    parts.callback(close_all, outboxes)
    folders = _folders(roster.sources, bell, parts)
    reloading = Reloading(setup.load, setup.paths, time.time(), config)
    return Loop(
        roster=roster,
        bell=bell,
        folders=folders,
        watch=watch,
        showing=Showing(watch, roster, outboxes, keeping, reloading),
        keeping=keeping,
        reloading=reloading,
        naming=names,
        notify=Notifier(),
        stop=_stopper(bell, reloading),
    )


def _saved(store: Store | None, config: Config) -> Checkpoint:
    rules = Judging(config).rules
    found = store.load(lambda text: read(text, rules)) if store else None
    return found or Checkpoint()


def _folders(sources: Iterable[Source], bell: Bell, parts: ExitStack) -> "Folders | None":
    """Return what wakes the loop when a file changes; elsewhere than on Linux the bell does."""
    folders = {source.path.parent for source in sources if isinstance(source, FileSource)}
    if not folders:
        return None
    if sys.platform != "linux":
        from ollama_watch.sources.observed import ring_on_change  # noqa: PLC0415  # costs threads

        parts.callback(ring_on_change(folders, bell.ring))
        return None
    from ollama_watch.sources.inotify import watched  # noqa: PLC0415  # only where files are watched

    found = watched(folders)
    if found:
        parts.callback(found.close)
    return found


def _stopper(bell: Bell, reloading: Reloading) -> Event:
    """Set the signals' handlers; return what SIGTERM and SIGINT set."""
    stop = Event()

    def on_end(*_: object) -> None:
        stop.set()
        bell.ring()

    def on_hangup(*_: object) -> None:
        reloading.asked = True
        bell.ring()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_end)
    signal.signal(signal.SIGHUP, on_hangup)
    return stop


# ---- what there is to watch


def targets_of(config: Config) -> list[Target]:
    """Return what the configuration names, else what is found on this machine; empty: there is no Ollama.

    A server whose log cannot be followed is waited for: it may come back with one that can.
    """
    if config.sources:
        return [target(source) for source in config.sources if not is_many(source)]
    from ollama_watch.sources.find import find  # noqa: PLC0415  # not needed where sources are named

    found = find()
    for one in found:
        _log.info("%s", one.why)
    known = [target(one.source) for one in found if one.source]
    return known or [AWAITED][: len(found)]


def patterns_of(config: Config) -> list[Many]:
    """Return the configured sources that are in many files, or of many hosts."""
    return [many(one) for one in config.sources if is_many(one)]


def target(source: SourceConfig) -> Target:
    """Return how to open a configured source."""
    if source.path is not None:
        return file_target(Path(source.path), source.name)
    from ollama_watch.sources.journals import open_journal  # noqa: PLC0415  # the binding costs memory

    what = source.unit or source.user_unit or source.container or "ollama.service"
    whose = f" of the user {source.uid}" if source.uid is not None else ""
    where = f" in the namespace {source.namespace}" if source.namespace else ""
    return Target(
        source.name, f"the journal of {what}{whose}{where}", lambda after: open_journal(source, after=after)
    )


def file_target(path: Path, name: str = "") -> Target:
    """Return how to follow a file; it need not be there yet, but it can be no folder and no pipe."""
    if path.is_dir():
        raise UserError(f"{path}: is a directory", hint="name the log file inside it")
    if path.is_fifo():
        raise UserError(f"{path}: is a pipe", hint=f"pipe it in: ollama-watchd run - < {quote(str(path))}")
    return Target(
        name or path.name, str(path), lambda after: FileSource(name or path.name, path, after=after)
    )


def _wait(after: Position | None) -> Source:
    from ollama_watch.sources.find import find  # noqa: PLC0415  # see above

    def look() -> tuple[Source, str] | None:
        found = next((target(one.source) for one in find() if one.source), None)
        if found is None:
            return None
        _log.info("watching %s", found.what)
        return found.open(after), found.what

    return Waiting("ollama", look)


AWAITED = Target("ollama", "the Ollama that will come", _wait)
