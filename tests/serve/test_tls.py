"""TLS as clients meet it, with certificates of a CA of our own."""

import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ollama_watch.app.httpconfig import Http, Tls
from ollama_watch.app.web import open_web
from ollama_watch.cli import main
from ollama_watch.errors import UserError
from ollama_watch.serve.changes import Changes
from tests.support.daemon import Daemon, append, daemon
from tests.support.logs import START, launch
from tests.support.need import need
from tests.support.wait import until

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two CAs, and for each a certificate that it signed."""
    folder = tmp_path_factory.mktemp("tls")
    for ca, name in (("ca", "server"), ("ca", "client"), ("other-ca", "other")):
        if not (folder / f"{ca}.pem").exists():
            _openssl(folder, "req", "-x509", *_KEY, "-subj", f"/CN={ca}", "-days", "2", *_out(ca))
        alt = ("-addext", "subjectAltName=IP:127.0.0.1")
        _openssl(folder, "req", *_KEY, "-subj", f"/CN={name}", *alt, *_out(name, ".csr"))
        signer = ("-CA", f"{ca}.pem", "-CAkey", f"{ca}.key", "-CAcreateserial", "-copy_extensions", "copy")
        _openssl(folder, "x509", "-req", "-in", f"{name}.csr", *signer, "-days", "2", "-out", f"{name}.pem")
    return folder


def _out(name: str, ending: str = ".pem") -> tuple[str, ...]:
    return "-keyout", f"{name}.key", "-out", f"{name}{ending}"


def _openssl(folder: Path, *words: str) -> None:
    subprocess.run([need("openssl", package="openssl"), *words], cwd=folder, check=True, capture_output=True)


def _config(folder: Path, more: str = "") -> Path:
    path = folder / "config.yaml"
    path.write_text(f"http: {{tls: {{certificate: server.pem, key: server.key{more}}}}}\n")
    return path


@pytest.fixture(scope="module", params=["", ", client_ca: ca.pem"], ids=["any client", "our clients"])
def running(request: pytest.FixtureRequest, folder: Path) -> Iterator[Daemon]:
    log = folder / "server.log"
    append(log, *START, launch(ctx_size=8192, parallel=4, started=True))
    with daemon(["--file", str(log), "--config", str(_config(folder, request.param))]) as running:
        yield running


def _context(folder: Path, own: str = "client") -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=folder / "ca.pem")
    if own:
        context.load_cert_chain(folder / f"{own}.pem", folder / f"{own}.key")
    return context


def _get(running: Daemon, context: ssl.SSLContext) -> int:
    request = f"{running.url}/-/healthy"
    with urllib.request.urlopen(request, context=context, timeout=10) as answer:  # noqa: S310  # loopback
        return int(answer.status)


def test_it_serves_under_its_certificate(running: Daemon, folder: Path) -> None:
    assert running.url.startswith("https://127.0.0.1:")
    assert _get(running, _context(folder)) == 200


def test_only_clients_of_the_ca_are_let_in(running: Daemon, folder: Path) -> None:
    strangers = [_context(folder, own) for own in ("", "other")]
    if "client_ca" not in (folder / "config.yaml").read_text():
        assert [_get(running, context) for context in strangers] == [200, 200]
        return
    for context in strangers:
        with pytest.raises((OSError, urllib.error.URLError)):
            _get(running, context)


def test_tls_1_1_is_refused(running: Daemon) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.maximum_version = ssl.TLSVersion.TLSv1_1

    with _connect(running) as peer, pytest.raises(ssl.SSLError):
        context.wrap_socket(peer)


def test_clear_text_gets_no_answer_and_nobody_else_is_hurt(running: Daemon, folder: Path) -> None:
    with _connect(running) as peer:
        peer.sendall(b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n")

        assert b"HTTP" not in _rest(peer)
    assert _get(running, _context(folder)) == 200


@pytest.mark.alone
def test_who_does_not_shake_hands_is_cut_off_and_blocks_nobody(running: Daemon, folder: Path) -> None:
    """The handshake has the deadline of the header, and is not the accepting thread's business."""
    began = time.monotonic()
    silent = [_connect(running) for _ in range(8)]

    assert _get(running, _context(folder)) == 200
    assert time.monotonic() - began < 4
    for peer in silent:
        with peer:
            assert _rest(peer) == b""
    assert time.monotonic() - began < 9
    assert until(lambda: _get(running, _context(folder))) == 200


def test_the_status_command_asks_its_own_daemon(
    running: Daemon, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "ollama-watchd").mkdir(exist_ok=True)
    text = (folder / "config.yaml").read_text().replace("server.", f"{folder}/server.")
    (folder / "ollama-watchd/config.yaml").write_text(text.replace("ca.pem", f"{folder}/ca.pem"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))

    until(lambda: main(["status", "--listen", urlsplit(running.url).netloc]) == 1)
    assert "context-small" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("certificate", "key", "ca", "message"),
    [
        ("none.pem", "server.key", None, "none.pem: No such file"),
        ("server.pem", "none.key", None, "none.key: No such file"),
        ("server.pem", "client.key", None, "are no certificate and key"),
        ("server.key", "server.key", None, "are no certificate and key"),
        ("server.pem", "server.key", "server.key", "holds no certificate"),
        ("server.pem", "server.key", "none.pem", "none.pem: No such file"),
        ("server.pem", "locked.key", None, "are no certificate and key"),
    ],
)
def test_a_mistake_is_the_users(
    folder: Path, certificate: str, key: str, ca: str | None, message: str
) -> None:
    if key == "locked.key":
        _openssl(folder, "ec", "-in", "server.key", "-aes128", "-passout", "pass:x", "-out", key)
    own = Tls(folder / certificate, folder / key, folder / ca if ca else None)

    with pytest.raises(UserError, match=message):
        open_web(Http(listen="127.0.0.1:0", tls=own), None, Changes())  # type: ignore[arg-type]  # never asked


def test_beyond_this_machine_only_with_tls_or_on_purpose(folder: Path) -> None:
    with pytest.raises(UserError, match="in clear text") as caught:
        open_web(Http(listen="0.0.0.0:0"), None, Changes())  # type: ignore[arg-type]  # never asked
    assert "http.tls" in caught.value.hint
    own = Tls(folder / "server.pem", folder / "server.key")
    for http in (Http(listen="0.0.0.0:0", tls=own), Http(listen="0.0.0.0:0", allow_cleartext=True)):
        open_web(http, None, Changes()).close()  # type: ignore[arg-type]  # never asked


def _connect(running: Daemon) -> socket.socket:
    place = urlsplit(running.url)
    return socket.create_connection((place.hostname, place.port), timeout=10)


def _rest(peer: socket.socket) -> bytes:
    found = b""
    try:
        while block := peer.recv(65536):
            found += block
    except ConnectionError:
        pass  # as good as an end
    return found


@pytest.mark.parametrize(("listen", "status"), [("0.0.0.0:0", 404), ("127.0.0.1:0", 403)])
def test_the_links_of_alerts_lead_to_a_page_that_answers(listen: str, status: int) -> None:
    """Where it listens at any address they name this machine."""
    web = open_web(Http(listen=listen, allow_cleartext=True), None, Changes())  # type: ignore[arg-type]  # never asked
    port = int(web.address.rpartition(":")[2])
    asked = []
    for name in (socket.gethostname(), "elsewhere"):
        connection = HTTPConnection("127.0.0.1", port)
        connection.request("GET", "/nothing", headers={"Host": f"{name}:{port}"})
        asked.append(connection.getresponse().status)
        connection.close()
    web.close()

    assert asked == [status, 403]
