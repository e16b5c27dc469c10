"""Where a server keeps its models, and what to do where that cannot be read."""

import errno
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath

from ollama_watch.parse.argv import digest

_BOUND = "/run/ollama-models"
_PLAIN = re.compile(r"[\w/.,@+-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why names cannot be read, in words for people; what follows from it depends on who else is asked."""

    path: str
    text: str
    mend: str  # lines to copy


@lru_cache(1024)  # of the same models again and again
def directory_of(model: str | None) -> Path | None:
    """Return the models directory of a launch, by the path after its `--model`; None if that is no blob."""
    path = PurePosixPath(model or "")
    if digest(model) is None or not path.is_absolute() or path.parent.name != "blobs" or ".." in path.parts:
        return None
    return Path(path.parent.parent)


def trouble(directory: Path, path: str, error: OSError) -> Trouble:
    """Return what to tell of a file or folder below `directory` that cannot be read."""
    if error.errno == errno.ENOENT:
        text = f"there is no {path} here"
    else:
        why = os.strerror(error.errno) if error.errno else str(error)
        text = f"{path} cannot be read ({why})"
    return Trouble(path, text, _mend(directory))


def _mend(directory: Path) -> str:
    """Return a drop-in. Bound at its own path the folder would stay behind closed ones above it."""
    drop_in = f"BindReadOnlyPaths={directory}:{_BOUND}"
    if not _PLAIN.fullmatch(str(directory)):  # systemd would read some of its characters otherwise
        drop_in = f"BindReadOnlyPaths= that shows this folder at {_BOUND}"
    return (
        f"sudo systemctl edit ollama-watchd  →  [Service] {drop_in}\n"
        f"and in its config.yaml: models: {{directory: {_BOUND}}}"
    )
