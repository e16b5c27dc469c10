"""What `http.tls` of the configuration stands for, on both sides."""

import ssl
from pathlib import Path

from ollama_watch.errors import UserError


def server(certificate: Path, key: Path, client_ca: Path | None) -> ssl.SSLContext:
    """Return how to serve; with `client_ca` only to clients that it has signed. Raises UserError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _own(context, certificate, key)
    if client_ca:
        context.verify_mode = ssl.CERT_REQUIRED
        _trust(context, client_ca)
    return context


def client(certificate: Path, key: Path, client_ca: Path | None) -> ssl.SSLContext:
    """Return how to ask the daemon of the same configuration: it must show just this certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False  # it is reached by its address
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN  # the certificate itself is what is trusted
    _trust(context, certificate)
    if client_ca:
        _own(context, certificate, key)
    return context


def _own(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    for path in (certificate, key):
        _readable(path)
    try:
        context.load_cert_chain(certificate, key, password=_no_password)
    except (OSError, ValueError) as error:
        hint = "both in PEM form, the key not encrypted and that of this certificate"
        raise UserError(f"http.tls: {certificate} and {key} are no certificate and key", hint=hint) from error


def _trust(context: ssl.SSLContext, path: Path) -> None:
    _readable(path)
    try:
        context.load_verify_locations(path)
    except (OSError, ValueError) as error:
        raise UserError(f"http.tls: {path} holds no certificate", hint="in PEM form") from error


def _readable(path: Path) -> None:
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        hint = "is the path right, and may you read it?"
        raise UserError(f"http.tls: {path}: {error.strerror}", hint=hint) from error


def _no_password() -> str:
    """Never ask at the terminal of a daemon."""
    return ""
