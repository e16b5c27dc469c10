"""How the loop rests between two turns."""

from contextlib import closing
from threading import Event

from ollama_watch.app.config import load_config
from ollama_watch.app.deliveries import Deliveries
from ollama_watch.app.keeping import Keeping
from ollama_watch.app.loop import Loop
from ollama_watch.app.naming import Naming
from ollama_watch.app.reloading import Reloading
from ollama_watch.app.roster import Roster
from ollama_watch.app.sdnotify import Notifier
from ollama_watch.app.showing import Showing
from ollama_watch.app.watched import Watched
from ollama_watch.app.watching import Watch
from ollama_watch.models.catalogue import Catalogue
from ollama_watch.sources.bell import Bell


class _Stop(Event):
    """A signal's handler sets it in the thread that runs the loop: within `wait` that would never return."""

    def wait(self, timeout: float | None = None) -> bool:
        raise AssertionError("the loop waits on what a signal sets")


class _Thrice(Roster):
    """Is looked at three times, and something comes each time."""

    bell: Bell
    stop = _Stop()
    looks = 0

    def look(self, now: float) -> tuple[dict[str, Watched], list[str]]:
        self.looks += 1
        self.bell.ring()
        if self.looks > 2:
            self.stop.set()
        return super().look(now)


def test_a_signal_can_come_at_any_moment() -> None:
    roster, watch = _Thrice([], [], {}), Watch(load_config(None), {})
    keeping = Keeping(None, watch, roster, Deliveries([], {}), lambda: 0.0)
    reloading = Reloading(lambda: load_config(None), tuple, 0.0)
    with closing(Bell()) as roster.bell:
        Loop(
            roster=roster,
            bell=roster.bell,
            watch=watch,
            showing=Showing(watch, roster, [], keeping, reloading),
            keeping=keeping,
            reloading=reloading,
            naming=Naming(Catalogue()),
            notify=Notifier({}),
            stop=roster.stop,
            ready=True,
            rung=True,
        ).run()

    assert roster.looks == 3
