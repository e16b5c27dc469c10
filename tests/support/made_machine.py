"""A machine that is made up for `ollama-watchd doctor`: a home, a configuration, a log, a server."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.support.command import command
from tests.support.need import need
from tests.support.ollama_log import OllamaLog

# A server as the kernel shows it: its words are `ollama serve`, its log goes where it is told to.
_SERVE = "import sys, time\nprint(sys.argv[0], flush=True)\ntime.sleep(600)\n"
# Runs a server, waits for its first word, and then what it is asked to.
_WITH_SERVER = """
import subprocess, sys
server = subprocess.Popen(
    ["ollama", "serve"], executable=sys.executable, cwd=sys.argv[1], stdout=subprocess.PIPE,
    stderr=open(sys.argv[2], "ab"),
)
assert server.stdout.readline() == b"serve\\n"
code = subprocess.run(sys.argv[3:]).returncode
server.kill()
sys.exit(code)
"""
_SHOWN = {"OLLAMA_CONTEXT_LENGTH": 4096, "OLLAMA_NUM_PARALLEL": 1, "OLLAMA_SCHED_SPREAD": "false"}


class Machine:
    """A home and its configuration; nobody's systemd, and no processes but its own."""

    def __init__(self, folder: Path) -> None:
        self.home, self.log = folder / "home", folder / "server.log"
        self.home.mkdir()
        self.config = self.home / ".config/ollama-watchd/config.yaml"
        self.environ = {
            "HOME": str(self.home),
            "PATH": "/nonexistent",
            "LC_ALL": "C.UTF-8",
        }

    def add(self, path: str, text: str) -> None:
        file = self.home / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def configure(self, text: str) -> None:
        self.add(".config/ollama-watchd/config.yaml", text)

    def follow(self, log: object = "") -> None:
        """Configure a log that holds `log`."""
        self.log.write_text(str(log))
        self.configure(f"sources:\n  - {{name: box, file: {{path: {json.dumps(str(self.log))}}}}}\n")

    def doctor(
        self, *words: str, before: tuple[str, ...] = (), serving: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """Run it; `serving`: beside an Ollama that writes to this file."""
        argv = [*before, *command("doctor", *words)]
        if serving:
            (self.home / "serve").write_text(_SERVE)
            argv = [sys.executable, "-c", _WITH_SERVER, str(self.home), serving, *argv]
        alone = [need("unshare", package="util-linux"), "--pid", "--fork", "--mount-proc", "--kill-child"]
        if os.geteuid() != 0:
            alone += ["--user", "--map-root-user"]
        return subprocess.run([*alone, *argv], capture_output=True, text=True, check=False, env=self.environ)

    def checks(self, name: str, *words: str, **more: Any) -> list[dict[str, Any]]:
        """Return what the check of a name says."""
        done = self.doctor("--json", *words, **more)
        assert done.stderr == ""
        found = json.loads(done.stdout)["checks"]
        assert done.returncode == int(any(one["ok"] is False for one in found))
        return [one for one in found if one["name"] == name]

    def check(self, name: str, *words: str, **more: Any) -> dict[str, Any]:
        (found,) = self.checks(name, *words, **more)
        return found


def started(release: str = "0.11.4", **env: object) -> OllamaLog:
    return OllamaLog().server(release, {**_SHOWN, **env})
