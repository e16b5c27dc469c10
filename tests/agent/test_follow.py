"""The agent's end of the stream, against servers that are not well."""

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Thread

import pytest

from ollama_watch.agent.follow import Daemon, Follower
from ollama_watch.agent.mailbox import Mailbox
from ollama_watch.agent.received import Everything, Heard
from ollama_watch.serve.status import alert as written
from ollama_watch.serve.view import AlertView
from tests.support import made_alerts as made
from tests.support.wait import until

OK = b"HTTP/1.0 200 OK\r\n\r\n"


def event(name: str, number: int, data: object) -> bytes:
    return f"event: {name}\nid: {number}\ndata: {json.dumps(data)}\n\n".encode()


SNAPSHOT = event("snapshot", 7, {"run": 1, "ready": True, "alerts": []})


class Fake:
    """Gives its answers one connection after the other; the last one again and again."""

    def __init__(self, *answers: bytes) -> None:
        self.asked: list[bytes] = []
        self._answers = answers
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                peer, _ = self._server.accept()
            except OSError:
                return
            with peer:
                self.asked.append(peer.recv(4096))
                self._answer(peer, self._answers[min(len(self.asked), len(self._answers)) - 1])

    @staticmethod
    def _answer(peer: socket.socket, answer: bytes) -> None:
        """A stream stays open for a while: what is closed is nobody's."""
        with suppress(OSError):
            peer.sendall(answer)
            if answer.startswith(OK):
                peer.settimeout(0.5)
                peer.recv(1)

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        self._thread.join(10)


@contextmanager
def following(fake: Fake) -> Iterator[tuple[Mailbox, Follower]]:
    mailbox = Mailbox()
    daemon = Daemon(host="127.0.0.1", port=fake.port, tls=None, own=os.getuid(), allowed=None)
    follower = Follower(daemon, mailbox, delays=(0.01, 0.05))
    thread = Thread(target=follower.run)
    thread.start()
    try:
        yield mailbox, follower
    finally:
        follower.stop()
        thread.join(10)
        assert not thread.is_alive()
        mailbox.close()
        fake.close()


def taken(mailbox: Mailbox) -> Callable[[], list[Everything | Heard]]:
    found: list[Everything | Heard] = []

    def more() -> list[Everything | Heard]:
        found.extend(mailbox.take())
        return found

    return more


def test_it_comes_back_with_the_last_number_that_it_heard() -> None:
    one = event("alert", 8, written(AlertView(made.small(), 1.0, 60.0)))
    fake = Fake(OK + SNAPSHOT + b": nothing new\n\n" + one, OK)
    with following(fake) as (mailbox, follower):
        more = taken(mailbox)
        until(lambda: len(more()) == 2)
        until(lambda: len(fake.asked) > 1)

        assert follower.uid == os.getuid()
    assert b"Last-Event-ID" not in fake.asked[0]
    assert b"\r\nLast-Event-ID: 8\r\n" in fake.asked[1]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"HTTP/1.0 503 Service Unavailable\r\n\r\n", "it answers 503 Service Unavailable"),
        (b"SSH-2.0-OpenSSH_9\r\n", "SSH-2.0"),
        (b"", "Remote end closed connection"),
        (OK + b"data: {\n\n", "Expecting property name"),
        (OK + b"data: " + b"[" * 500_000 + b"\n\n", "nested too deep"),
        (OK + b"event: snapshot\ndata: []\n\n", "what it says is no alert of ours"),
        (OK + b"event: alert\ndata: {}\n\n", "what it says is no alert of ours"),
        (OK + b"data: " + b"x" * (17 << 20), "it sends an event without an end"),
    ],
    ids=["busy", "no-http", "nothing", "no-json", "deep", "no-snapshot", "no-alert", "endless"],
)
def test_what_is_no_stream_is_told_once_and_tried_again(
    answer: bytes, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    fake = Fake(answer, answer, OK + SNAPSHOT)
    with caplog.at_level("INFO"), following(fake) as (mailbox, _):
        more = taken(mailbox)
        until(more, 30)

    assert sum(words in record.message for record in caplog.records) == 1


def test_the_newest_of_each_alert_waits_and_no_more() -> None:
    mailbox = Mailbox()
    for count in range(5000):
        mailbox.put(Heard(made.truncated(count=count), 1.0, 60.0))

    (found,) = mailbox.take()
    assert isinstance(found, Heard)
    assert found.alert.finding.count == 4999
    assert mailbox.take() == []
    mailbox.close()
