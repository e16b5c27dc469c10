"""The word that something changed in a folder, where there is no inotify: `watchdog` knows the other systems.

A log that grows by thousands of lines a second rings for each of them, and a ring costs as much as ten lines.
So after a storm of rings the folders are not watched for a while, and the bell rings by the clock.
"""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from threading import Event

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

_NEWS = frozenset(("created", "modified", "moved", "deleted", "closed"))
_STORM, _WITHIN = 100, 0.5  # rings, s
_CALM, _EVERY = 2.0, 0.01  # s without the kernel's word, and between rings meanwhile


class _Ringer(FileSystemEventHandler):
    """Rings at each change; called by the observer's own thread."""

    def __init__(self, folders: Iterable[Path], ring: Callable[[], None], observer: BaseObserver) -> None:
        self._folders, self._ring, self._observer = tuple(folders), ring, observer
        self._rings, self._since = 0, 0.0
        self._stopped = Event()

    def watch(self) -> None:
        for folder in self._folders:
            with suppress(OSError):
                self._observer.schedule(self, str(folder))

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type not in _NEWS:  # not "opened": reading the log ourselves is no news
            return
        self._ring()
        now = time.monotonic()
        if now - self._since > _WITHIN:
            self._rings, self._since = 0, now
        self._rings += 1
        if self._rings > _STORM:
            self._sit_out()

    def stop(self) -> None:
        self._stopped.set()
        self._observer.stop()
        self._observer.join()

    def _sit_out(self) -> None:
        self._observer.unschedule_all()
        for _ in range(round(_CALM / _EVERY)):
            if self._stopped.wait(_EVERY):
                return
            self._ring()
        self._rings = 0
        self.watch()
        self._ring()  # for what came before the kernel was asked again


def ring_on_change(folders: Iterable[Path], ring: Callable[[], None]) -> Callable[[], None]:
    """Call `ring` from another thread at each change in one of `folders`; return what ends that.

    Where inotify cannot be had (too many watches, a folder that is not there yet) the loop still asks every
    second: that folder is left out.
    """
    observer = Observer()
    try:
        observer.start()
    except OSError:
        return lambda: None
    ringer = _Ringer(folders, ring, observer)
    ringer.watch()
    return ringer.stop
