"""Systemd says that the server's process ended: what that ends, and what it does not forget."""

from ollama_watch.app.reading import Reading
from ollama_watch.model import Launch, Line
from ollama_watch.state.updates import Changed, Ended, Reported, Update
from ollama_watch.verify.facts import launch
from tests.support.checked import lines
from tests.support.ollama_log import OllamaLog, digest

FAILED = Line(b"ollama.service: Failed with result 'oom-kill'.", 99, 4_000_000_000.0, "cursor", "failed")
NOTICE = Line(b"Stopped Ollama Service.", 99, 4_000_000_000.0, "cursor", "stopped")


def read(log: OllamaLog) -> tuple[Reading, list[Update]]:
    """Return what the notice tells after a log."""
    reading = Reading("ollama.service")
    for line in lines(str(log)):
        reading.feed(line)
    return reading, reading.feed(NOTICE)


def newest(told: list[Update]) -> list[Launch]:
    records = {update.record.index: update.record for update in told if isinstance(update, Changed)}
    return [launch(record) for _, record in sorted(records.items())]


def server() -> OllamaLog:
    return OllamaLog().server("0.32.1")


def test_all_runners_of_a_stopped_server_are_gone() -> None:
    reading, told = read(server().runs("a", ctx=8192).runs("b", ctx=8192))

    assert [one.gone for one in newest(told)] == [True, True]
    assert reading.fleet.runners == []


def test_a_launch_that_was_pending_will_not_be_told_to_the_end() -> None:
    reading, told = read(server().launch("a", ctx=8192))

    (one,) = newest(told)
    assert any(isinstance(update, Ended) for update in told)
    assert (one.complete, one.started, one.failed, one.gone) == (False, False, False, True)
    assert reading.fleet.pending is None


def test_the_next_start_is_a_new_life_that_remembers_the_models() -> None:
    log = server().runs("a", ctx=8192)
    before = len(str(log))
    reading, told = read(log)
    for line in lines(str(log.server("0.32.1").runs("a", ctx=4096))[before:]):
        told += reading.feed(line)

    last = newest(told)[-1]
    assert (last.reason, last.gone, last.facts["ctx_previous"]) == ("restart", False, 8192)


def test_what_a_stopped_server_was_is_still_known() -> None:
    reading, _ = read(server().runs("a", ctx=8192))

    assert reading.fleet.server.version_text == "0.32.1"
    assert digest("a") in reading.fleet.subjects


def test_a_second_notice_tells_nothing_more() -> None:
    """Systemd says several things of one end."""
    reading, _ = read(server().runs("a", ctx=8192))

    assert reading.feed(NOTICE) == []


def test_the_words_of_a_notice_are_not_read() -> None:
    reading = Reading("ollama.service")
    hostile = Line(b'level=INFO msg="server config" env="map[]"', 1, 1.0, "cursor", "stopped")

    assert reading.feed(hostile) == []
    assert reading.fleet.server.line is None


def test_a_server_that_failed_is_down_until_it_listens() -> None:
    reading, _ = read(server().runs("a", ctx=8192))
    assert not reading.fleet.down  # somebody stopped it

    (told,) = [one for one in reading.feed(FAILED) if isinstance(one, Reported)]
    assert (told.kind, told.fields["result"]) == ("server_failed", "oom-kill")
    config, listening, *_ = lines(str(server()))
    reading.feed(config)
    assert reading.fleet.down  # it may fail again before it listens
    reading.feed(listening)
    assert not reading.fleet.down


def test_a_launch_shows_a_server_at_work() -> None:
    """Journald may have dropped the line that it listens."""
    reading, _ = read(server())
    reading.feed(FAILED)
    for line in lines(str(OllamaLog().launch("a", ctx=8192))):
        reading.feed(line)

    assert not reading.fleet.down
