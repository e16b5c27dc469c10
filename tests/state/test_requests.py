"""Which request made the server launch: joined by time, and by nothing that the log does not tell."""

from datetime import datetime, timedelta

import pytest

from ollama_watch.model import Request
from tests.support.checked import launches
from tests.support.ollama_log import OllamaLog

START = datetime.fromisoformat("2026-03-01T12:00:00")  # when the made-up log begins, in UTC


def gin(
    path: str, *, end: float, took: str, client: str = "10.0.0.7", east: int = 0, method: str = "POST"
) -> str:
    """Return an access line; `end`: seconds after the log's begin, `east`: hours of the log's zone."""
    stamp = (START + timedelta(seconds=int(end), hours=east)).strftime("%Y/%m/%d - %H:%M:%S")
    return f'[GIN] {stamp} | 200 | {took:>12} | {client:>15} | {method:8} "{path}"'


def launched(*access: str, before: tuple[str, ...] = ()) -> Request | None:
    """Return what made a launch at 10 s that was ready at 12 s."""
    log = OllamaLog().server("0.32.1").wait(9.7)
    for line in before:
        log.raw(line)
    log.launch(ctx=4096).wait(2).started()
    for line in access:
        log.raw(line)
    return launches(str(log))[0].request


def test_the_one_request_that_was_there_made_it() -> None:
    found = launched(gin("/v1/completions", end=13, took="3.4s"))

    assert found == Request(endpoint="/v1/completions", client="10.0.0.7", line=6, certain=True)


@pytest.mark.parametrize(
    "access",
    [
        gin("/api/chat", end=9, took="1.5s"),  # done before it
        gin("/api/chat", end=20, took="5s"),  # came after it
        gin("/api/chat", end=12, took="12ms"),  # there for a moment of it
        gin("/api/ps", end=13, took="3.4s"),  # loads nothing
        gin("/api/chat", end=13, took="3.4s", method="GET"),
    ],
    ids=["before", "after", "short", "another endpoint", "another method"],
)
def test_others_did_not(access: str) -> None:
    assert launched(access) is None


def test_a_long_answer_to_the_request_comes_much_later() -> None:
    """From a minute on the latency is cut to whole seconds, which are given back to it."""
    found = launched(gin("/api/chat", end=75, took="1m4s"))

    assert found
    assert found.certain


def test_two_streams_may_be_out_of_order() -> None:
    assert launched(before=(gin("/api/chat", end=13, took="3.4s"),))


@pytest.mark.parametrize("made", ["", gin("/v1/completions", end=10, took="600ms")], ids=["not yet", "known"])
def test_one_logged_before_it_in_its_second_did_not_make_it(made: str) -> None:
    """The second of its end holds the launch too; whose request made it may be heard much later."""
    done_before = gin("/api/generate", end=10, took="700ms")
    log = OllamaLog().server("0.32.1").wait(9.9).raw(done_before).launch(ctx=4096).wait(0.1).started()

    found = launches(str(log.raw(made) if made else log))[0].request

    assert (found and (found.endpoint, found.certain)) == (("/v1/completions", True) if made else None)


def test_of_two_at_one_endpoint_the_endpoint_is_known_and_neither_is_certain() -> None:
    found = launched(
        gin("/api/chat", end=13, took="3.4s", client="10.0.0.7"),
        gin("/api/chat", end=14, took="5s", client="10.0.0.8"),
    )

    assert found
    assert (found.endpoint, found.client, found.certain) == ("/api/chat", None, False)


def test_of_two_endpoints_the_one_that_came_just_before_it_is_likelier() -> None:
    long_before = gin("/api/generate", end=13, took="40s")

    found = launched(long_before, gin("/v1/completions", end=13, took="3.4s"))

    assert found
    assert (found.endpoint, found.certain) == ("/v1/completions", False)


def test_two_endpoints_that_were_there_long_before_are_not_told_apart() -> None:
    assert launched(gin("/api/chat", end=14, took="30s"), gin("/v1/completions", end=15, took="40s")) is None


def test_access_lines_are_in_local_time() -> None:
    log = str(OllamaLog().server("0.32.1").wait(9.7).launch(ctx=4096).wait(2).started())
    local = log.replace("T12:", "T14:").replace("Z level", "+02:00 level")

    found = launches(local + gin("/api/chat", end=13, took="3.4s", east=2))[0].request
    assert found
    assert found.certain


def test_a_retry_belongs_to_the_request_that_made_the_first_try() -> None:
    log = OllamaLog().server("0.32.1").launch(ctx=8192).says('"Load failed" model=/x error="no memory"')
    log.launch(ctx=4096).wait(2).started().raw(gin("/api/chat", end=3, took="3.2s"))

    assert launches(str(log))[-1].request


def test_how_many_are_kept_is_bounded() -> None:
    many = [gin("/api/chat", end=13, took="3.4s") for _ in range(1000)]

    assert launched(*many)
    assert launched(before=tuple(many))
