"""Readers see the program standing still, whatever the loop is about to do."""

import time
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

from ollama_watch.alerts.notice import Notice
from ollama_watch.app.config import load_config
from ollama_watch.app.deliveries import Deliveries
from ollama_watch.app.keeping import Keeping
from ollama_watch.app.loop import Loop
from ollama_watch.app.naming import Naming
from ollama_watch.app.reading import Reading
from ollama_watch.app.reloading import Reloading
from ollama_watch.app.roster import Pattern, Roster
from ollama_watch.app.sdnotify import Notifier
from ollama_watch.app.showing import Showing
from ollama_watch.app.watched import Watched
from ollama_watch.app.watching import Watch
from ollama_watch.model import Line
from ollama_watch.models.catalogue import Catalogue
from ollama_watch.sources.bell import Bell
from tests.support.logs import START, launch


def test_a_stream_hears_how_it_ended_though_nobody_was_told_of_it() -> None:
    """The launch is one that may yet fail, so people hear of nothing before it has loaded."""
    watch = Watch(load_config(None), {"server.log": Watched(Reading("server.log"))})
    roster = Roster([], [], {})
    keeping = Keeping(None, watch, roster, Deliveries([], {}), lambda: 0.0)
    showing = Showing(watch, roster, [], keeping, Reloading(lambda: load_config(None), tuple, 0.0))

    def say(*lines: str) -> list[Notice]:
        watch.following("server.log", live=True)
        texts = (text for line in lines for text in line.split("\n"))
        notices = [one for text in texts for one in watch.feed("server.log", Line(text.encode(), 1, 0.0))]
        showing.publish()
        return notices

    say(*START, launch(ctx_size=2048, parallel=1))
    number = showing.changes.snapshot().number
    assert say(launch(ctx_size=32768, parallel=1, port=40002, started=True)) == []

    ended = [one.alert.alert for one in showing.changes.since(number) or ()]
    assert {(one.rule, one.state, one.ended) for one in ended} >= {("context-small", "resolved", "fixed")}


def test_what_another_alert_speaks_for_goes_on_for_the_streams() -> None:
    """Its end would be told as an end, and its return as another begin."""
    watch = Watch(load_config(None), {"server.log": Watched(Reading("server.log"))})
    roster = Roster([], [], {})
    keeping = Keeping(None, watch, roster, Deliveries([], {}), lambda: 0.0)
    showing = Showing(watch, roster, [], keeping, Reloading(lambda: load_config(None), tuple, 0.0))
    watch.following("server.log", live=True)
    lines = [*START, launch(ctx_size=2048, parallel=1, started=True)]
    texts = [text.encode() for line in lines for text in line.split("\n")]
    for text in texts:
        watch.feed("server.log", Line(text, 1, time.time()))
    watch.feed("server.log", Line(b"failed", 9, time.time(), "c", "failed"))
    showing.publish()
    number = showing.changes.snapshot().number

    for second in range(1, 12):
        watch.tick(time.time() + second, 1.0)
    showing.publish()
    changed = {one.alert.alert.rule: one.alert for one in showing.changes.since(number) or ()}
    down, small = changed["server-down"], changed["context-small"]
    assert (small.alert.state, small.inhibited_by) == ("firing", down.alert.id)
    with showing() as view:
        assert [one.alert.rule for one in view.alerts] == ["server-down"]


class _Visited(Roster):
    """Somebody comes to read in the moment after files came and went."""

    visit: Thread
    over = Event()

    def look(self, now: float) -> tuple[dict[str, Watched], list[str]]:
        found = super().look(now)
        self.visit.start()
        self.visit.join(0.2)  # as long as it is let
        self.over.set()
        return found


def test_a_turn_that_changed_nothing_is_no_news_for_the_streams() -> None:
    watch = Watch(load_config(None), {"server.log": Watched(Reading("server.log"))})
    roster = Roster([], [], {})
    keeping = Keeping(None, watch, roster, Deliveries([], {}), lambda: 0.0)
    showing = Showing(watch, roster, [], keeping, Reloading(lambda: load_config(None), tuple, 0.0))
    for number, line in enumerate((*START, launch(ctx_size=1024, parallel=1, started=True)), 1):
        for text in line.encode().splitlines():
            watch.feed("server.log", Line(text, number, time.time()))

    showing.publish()
    number = showing.changes.snapshot().number
    showing.publish()

    assert showing.changes.snapshot().alerts
    assert showing.changes.since(number) == []


def test_a_reader_sees_no_source_that_only_a_part_of_the_program_knows(tmp_path: Path) -> None:
    (tmp_path / "a.log").touch()
    roster = _Visited([], [Pattern("pods", f"{tmp_path}/*.log")], {})
    watch = Watch(load_config(None), {})
    keeping = Keeping(None, watch, roster, Deliveries([], {}), lambda: 0.0)
    reloading = Reloading(lambda: load_config(None), tuple, 0.0)
    showing = Showing(watch, roster, [], keeping, reloading)
    seen: list[int] = []

    def read() -> None:
        with showing() as view:
            seen.append(len(view.sources))

    roster.visit = Thread(target=read)
    with closing(Bell()) as bell, closing(roster):
        Loop(
            roster=roster,
            bell=bell,
            watch=watch,
            showing=showing,
            keeping=keeping,
            reloading=reloading,
            naming=Naming(Catalogue()),
            notify=Notifier(),
            stop=roster.over,
        ).run()
    roster.visit.join(5)

    assert seen == [1]
