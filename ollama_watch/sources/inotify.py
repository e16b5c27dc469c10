"""The kernel's word that something changed in a folder. Costs threads: only where files are watched."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

_NEWS = frozenset(("created", "modified", "moved", "deleted", "closed"))


class _Ringer(FileSystemEventHandler):
    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring

    def on_any_event(self, event: FileSystemEvent) -> None:
        if event.event_type in _NEWS:  # not "opened": reading the log ourselves is no news
            self._ring()


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
    for folder in folders:
        with suppress(OSError):
            observer.schedule(_Ringer(ring), str(folder))

    def stop() -> None:
        observer.stop()
        observer.join()

    return stop
