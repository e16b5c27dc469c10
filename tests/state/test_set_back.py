"""A clock that is set back, as when the network corrects one that was wrong at boot: log time goes on."""

from ollama_watch.app.reading import Reading
from ollama_watch.model import Line
from ollama_watch.state.updates import Ended

BLOB = "/m/blobs/sha256-" + "a" * 64
COMMAND = f"llama-server --model {BLOB} -c 8192 -np 1"
LAUNCH = f'time=2026-03-01T{{}}Z level=INFO msg="starting llama-server" cmd="{COMMAND}"'
STARTED = 'time=2026-03-01T{}Z level=INFO msg="llama-server started in 2.00 seconds"'


def test_a_launch_behind_log_time_is_waited_for() -> None:
    reading = Reading("server.log")
    texts = (LAUNCH.format("14:00:00"), STARTED.format("14:00:02"))
    back = (LAUNCH.format("12:30:00"), STARTED.format("12:30:02"))

    updates = [
        one
        for number, text in enumerate((*texts, *back), 1)
        for one in reading.feed(Line(text.encode(), number, 0.0))
    ]

    assert [one.record.started for one in updates if isinstance(one, Ended)] == [True, True]
