"""The real daemon as a process of its own, on a port that the kernel chooses."""

import json
import os
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.wait import until

COMMAND = (sys.executable, "-m", "ollama_watch")
_ADDRESS = re.compile(r"status at (https?://\S+)/\s")
_TERM = 10.0  # s to go down in


class Daemon:
    """A running `ollama-watchd run`."""

    def __init__(self, process: subprocess.Popen[bytes], errors: Path) -> None:
        self.process, self._errors = process, errors
        self.home = errors.parent
        self.url = ""

    @property
    def said(self) -> str:
        """All that it wrote to standard error so far."""
        return self._errors.read_text(encoding="utf-8")

    def is_listening(self) -> bool:
        """Tell whether it has said its address; then `url` is known."""
        if not self.url and (found := _ADDRESS.search(self.said)):
            self.url = found[1]
        return bool(self.url)

    def wait_for_address(self) -> None:
        def listening() -> bool:
            if self.process.poll() is not None:
                raise AssertionError(f"the daemon ended: {self.said}")
            return self.is_listening()

        until(listening)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> tuple[int, str]:
        """Return status and body of a page, whatever the status."""
        request = urllib.request.Request(self.url + path, headers=dict(headers or {}))  # noqa: S310  # loopback
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  # loopback
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    def headers(self, path: str) -> Mapping[str, str]:
        """Return the headers of a page that there is."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:  # noqa: S310  # loopback
            return dict(answer.headers)

    def json(self, path: str) -> Any:
        return json.loads(self.get(path)[1])

    @property
    def alerts(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.json("/api/v1/alerts")["alerts"]
        return found

    def firing(self, rule: str) -> list[dict[str, Any]]:
        return [one for one in self.alerts if one["rule"] == rule and one["state"] == "firing"]

    def metric(self, series: str) -> float | None:
        """Return the value of a series written as on the page, or None if it is not there."""
        rows = (line.rpartition(" ") for line in self.get("/metrics")[1].splitlines())
        return next((float(value) for name, _, value in rows if name == series), None)


@contextmanager
def daemon(
    arguments: Sequence[str],
    *,
    environ: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
    stdin: int = subprocess.DEVNULL,
    command: str = "run",
) -> Iterator[Daemon]:
    """Run the daemon and end it by its process id; `prefix` runs it inside something else."""
    with tempfile.TemporaryDirectory() as folder:
        running = start(arguments, Path(folder), environ=environ, prefix=prefix, stdin=stdin, command=command)
        process = running.process
        try:
            running.wait_for_address()
            yield running
        finally:
            process.terminate()
            try:
                process.wait(_TERM)
            finally:
                process.kill()
                process.wait()
                if process.stdin:
                    process.stdin.close()


def start(
    arguments: Sequence[str],
    folder: Path,
    *,
    environ: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
    stdin: int = subprocess.DEVNULL,
    command: str = "run",
) -> Daemon:
    """Start the daemon with its home and its standard error in `folder`; the caller ends it."""
    errors = folder / "stderr"
    argv = [*prefix, *COMMAND, command, "--listen", "127.0.0.1:0", *arguments]
    with errors.open("wb") as stream:
        environment = _environment(str(folder), environ)
        process = subprocess.Popen(argv, stderr=stream, stdin=stdin, env=environment)
    return Daemon(process, errors)


def _environment(folder: str, more: Mapping[str, str] | None) -> dict[str, str]:
    """Nothing of this machine's own configuration, state or desktop reaches a test."""
    keep = {
        key: os.environ[key] for key in ("PATH", "PYTHONPATH", "LANG", "VIRTUAL_ENV") if key in os.environ
    }
    return {**keep, **(more or {}), "HOME": folder, **_own(folder)}


def _own(folder: str) -> dict[str, str]:
    return dict.fromkeys(("XDG_CONFIG_HOME", "XDG_STATE_HOME"), folder)


def configured(folder: Path, *sinks: str) -> list[str]:
    """Write a configuration with `sinks`; return the options for it, and for a log and a state beside it."""
    config = folder / "config.yaml"
    config.write_text(f"sinks: {{{', '.join(('log: {}', *sinks))}}}\n")
    options = {"--config": config, "--file": folder / "server.log", "--state": folder / "state"}
    return [str(word) for pair in options.items() for word in pair]


def append(path: Path, *lines: str) -> None:
    """Write lines as a server does: whole, and at once."""
    with path.open("a", encoding="utf-8") as log:
        log.writelines(line + "\n" for line in lines)
