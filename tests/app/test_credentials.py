"""Files of the configuration that systemd hands over."""

from pathlib import Path

import pytest

from ollama_watch.app.config import load_config
from ollama_watch.app.credentials import hint, located

_GIVEN = {"CREDENTIALS_DIRECTORY": "/run/credentials/mine.service"}


@pytest.mark.parametrize(
    ("text", "environ", "path"),
    [
        ("$CREDENTIALS_DIRECTORY/hook", _GIVEN, "/run/credentials/mine.service/hook"),
        ("${CREDENTIALS_DIRECTORY}/hook", _GIVEN, "/run/credentials/mine.service/hook"),
        ("$CREDENTIALS_DIRECTORY/hook", {}, "/run/credentials/ollama-watchd.service/hook"),
        ("hook", _GIVEN, "/etc/here/hook"),
        ("/root/hook", _GIVEN, "/root/hook"),
        ("$HOME/hook", _GIVEN, "/etc/here/$HOME/hook"),
    ],
)
def test_where_a_file_is(text: str, environ: dict[str, str], path: str) -> None:
    assert located(text, Path("/etc/here"), environ) == Path(path)


def test_secrets_and_certificates_may_come_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/given")
    path = tmp_path / "config.yaml"
    path.write_text(
        "sinks:\n"
        "  webhook: {url_file: $CREDENTIALS_DIRECTORY/url, bearer_token_file: $CREDENTIALS_DIRECTORY/token}\n"
        "http: {tls: {certificate: $CREDENTIALS_DIRECTORY/crt, key: $CREDENTIALS_DIRECTORY/key}}\n"
    )

    config = load_config(path)

    assert config.sinks
    receiver, tls = config.sinks[0].receiver, config.http.tls
    assert (receiver.url_file, receiver.bearer_token_file) == (Path("/given/url"), Path("/given/token"))
    assert tls
    assert (tls.certificate, tls.key) == (Path("/given/crt"), Path("/given/key"))


def test_only_a_file_of_systemds_that_is_not_there_gets_the_line_for_it(tmp_path: Path) -> None:
    assert hint((None, tmp_path / "none")) == ""
    assert "LoadCredential=hook:" in hint((None, Path("/run/credentials/ollama-watchd.service/hook")))
