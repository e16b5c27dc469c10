"""JSON by HTTP to one address: bounded in time and size, no redirects, no proxies, no secret in words."""

import http.client
import json
import socket
import ssl
from base64 import b64encode
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Timer
from urllib.parse import SplitResult, unquote, urlsplit

from ollama_watch.sinks.sink import Refused, Undelivered

_ANSWER = 64 << 10  # bytes of an answer that are read at most
_SHOWN = 200  # characters of an answer that are told
_NEVER = (400, 413, 414, 415, 422, 431)  # what is wrong is this very message; anything else may be mended
_ESCAPES = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}  # as Go's encoder writes them


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """Where to send, and what it takes to be let in. Files are read anew each time: secrets change."""

    url: str = ""
    url_file: Path | None = None  # instead of `url`, where that is a secret
    bearer_token_file: Path | None = None
    ca_file: Path | None = None  # who signs the far side's certificate; None: whoever this machine trusts
    timeout: float = 10.0  # s, from connecting to the whole answer

    def address(self) -> SplitResult:
        """Return the URL in parts; raises Undelivered where it cannot be read or is none."""
        url = _read(self.url_file) if self.url_file else self.url
        trouble = wrong_with(url)
        if trouble and self.url_file:
            raise Undelivered(f"{self.url_file}: {trouble}")
        return urlsplit(url)

    def authorization(self) -> dict[str, str]:
        """Return the header that lets us in; raises Undelivered where its file cannot be read."""
        if self.bearer_token_file:
            return {"Authorization": f"Bearer {_read(self.bearer_token_file)}"}
        parts = self.address()
        if parts.username is None:
            return {}
        login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        return {"Authorization": f"Basic {b64encode(login.encode()).decode()}"}

    def trust(self) -> ssl.SSLContext | None:
        """Return whom to believe; None where the address is in clear text. Raises Undelivered."""
        if self.address().scheme == "http":
            return None
        try:
            return ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            raise Undelivered(f"{self.ca_file}: {error.strerror or error}") from error

    def check(self) -> None:
        """Raises Undelivered where one of its files is not what it should be."""
        self.authorization()
        self.trust()


def wrong_with(url: str) -> str:
    """Return why `url` cannot be posted to, without telling it; empty: it can."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname and (parts.port or 1)
    except ValueError:
        known = False
    if not known or not url.isascii() or any(char <= " " for char in url):
        return "expected the URL of a receiver: http://… or https://…"
    return ""


def post(receiver: Receiver, data: object, path: str = "") -> None:
    """Post `data` to the receiver's URL with `path` behind it; any answer of 2xx is fine.

    Raises Undelivered, also where it lets nobody in or is not there (401, 404): a token is renewed, a proxy
    comes up again. Raises Refused where it does not want this message.
    """
    parts = receiver.address()
    headers = {"Content-Type": "application/json", "User-Agent": "ollama-watchd", "Connection": "close"}
    headers |= receiver.authorization()
    where = parts.path.rstrip("/") + path if path else parts.path or "/"
    query = f"?{parts.query}" if parts.query else ""
    status, said = _ask(receiver, parts, where + query, json.dumps(data).translate(_ESCAPES), headers)
    if not 200 <= status < 300:  # noqa: PLR2004  # the statuses that mean success
        words = " ".join(said.split())[:_SHOWN]
        text = f"{parts.hostname} answered {status}{': ' if words else ''}{words}"
        raise Refused(text) if status in _NEVER else Undelivered(text)


def _ask(
    receiver: Receiver, parts: SplitResult, target: str, body: str, headers: dict[str, str]
) -> tuple[int, str]:
    connection = _connection(receiver, parts)
    late = Event()
    timer = Timer(receiver.timeout, _hang_up, (connection, late))
    timer.daemon = True
    timer.start()
    sent = False
    try:
        connection.connect()
        connection.request("POST", target, body.encode(), headers)
        sent = True
        answer = connection.getresponse()
        said = answer.read(_ANSWER).decode("utf-8", "replace")
        if late.is_set():  # what was cut off is no answer
            raise TimeoutError
    except (OSError, http.client.HTTPException) as error:
        slow = late.is_set() or isinstance(error, TimeoutError)
        why = f"no answer within {receiver.timeout:g} s" if slow else _why(error)
        raise Undelivered(f"{parts.hostname}: {why}", perhaps=sent) from None  # it may quote the URL
    else:
        return answer.status, said
    finally:
        timer.cancel()
        connection.close()


def _connection(receiver: Receiver, parts: SplitResult) -> http.client.HTTPConnection:
    host, context = str(parts.hostname), receiver.trust()
    if context is None:
        return http.client.HTTPConnection(host, parts.port, timeout=receiver.timeout)
    return http.client.HTTPSConnection(host, parts.port, timeout=receiver.timeout, context=context)


def _hang_up(connection: http.client.HTTPConnection, late: Event) -> None:
    """End a talk that takes too long: one byte now and then keeps no single read waiting, but us."""
    late.set()
    peer = connection.sock
    if peer is not None:
        with suppress(OSError):
            socket.socket.shutdown(peer, socket.SHUT_RDWR)  # below TLS, which is not for two threads


def _read(path: Path) -> str:
    try:
        found = path.read_text(encoding="utf-8").strip()
    except UnicodeDecodeError:
        found = ""
    except OSError as error:
        raise Undelivered(f"{path}: {error.strerror or error}") from error
    if not found.isprintable() or not found:
        raise Undelivered(f"{path}: expected one line of text")
    return found


def _why(error: Exception) -> str:
    if isinstance(error, http.client.RemoteDisconnected):
        return "it hung up without an answer"
    if isinstance(error, OSError):
        return error.strerror or str(error)
    return f"no HTTP answer ({type(error).__name__})"
