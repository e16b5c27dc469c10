"""A shell in which curl, ollama and docker only note what they were given."""

import os
import subprocess
from pathlib import Path


def typed(command: str, folder: Path) -> list[list[str]]:
    """Run `command` in a shell whose programs only note what they were given; return each call."""
    folder.mkdir(exist_ok=True)
    calls = folder / "calls"
    note = f"#!/bin/sh\nprintf '%s\\036' \"${{0##*/}}\" \"$@\" >> {calls}\nprintf '\\035' >> {calls}\n"
    inside = '[ "${0##*/}" = docker ] || exit 0\nshift 2\nexec "$@"\n'  # docker exec CONTAINER COMMAND
    for name in ("curl", "ollama", "docker"):
        (folder / name).write_text(note + inside)
        (folder / name).chmod(0o755)
    path = f"{folder}:{os.environ['PATH']}"
    subprocess.run(["/bin/bash", "-c", command], cwd=folder, env={"PATH": path}, check=True)
    return [call.split("\x1e")[:-1] for call in calls.read_text().split("\x1d")[:-1]]
