"""Systemd's words in a text file: only those about Ollama's unit, and only systemd's."""

from io import BytesIO

import pytest

from ollama_watch.sources.textfile import lines_of

HEAD = b"Mar 01 12:00:10 host "
NOTICES = (
    (HEAD + b"systemd[1]: ollama.service: Failed with result 'signal'.", "failed"),
    (HEAD + b"systemd[812]: ollama.service: Failed with result 'exit-code'.", "failed"),
    (HEAD + b"systemd[1]: my-ollama@2.service: Failed with result 'oom-kill'.", "failed"),
    (HEAD + b"systemd[1]: ollama.service: Deactivated successfully.", "stopped"),
    (HEAD + b"systemd[1]: ollama.service: Main process exited, code=exited, status=1/FAILURE", "stopped"),
    (HEAD + b"systemd[1]: Stopped ollama.service - Ollama Service.", "stopped"),
    (HEAD + b"systemd[1]: Stopped Ollama Service.", "stopped"),
    (HEAD + b"systemd[1]: docker.service: Failed with result 'signal'.", ""),
    (HEAD + b"systemd[1]: Started ollama.service - Ollama Service.", ""),
    (HEAD + b"ollama[7]: ollama.service: Failed with result 'signal'.", ""),
    (b'time=2026-03-01T12:00:00.000Z level=INFO msg="llama-server started in 2.00 seconds"', ""),
)


@pytest.mark.parametrize(("text", "kind"), NOTICES)
def test_a_copy_of_a_journal_tells_that_the_unit_ended(text: bytes, kind: str) -> None:
    assert [line.kind for line in lines_of(BytesIO(text))] == [kind]
