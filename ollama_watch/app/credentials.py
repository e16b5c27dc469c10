"""Files that systemd hands to the service alone: LoadCredential= of systemd.exec(5)."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

_NAME = "CREDENTIALS_DIRECTORY"
_ALL = "/run/credentials"
_OUTSIDE = f"{_ALL}/ollama-watchd.service"  # where root sees what the service was given


def hint(paths: Iterable[Path | None]) -> str:
    """Return what to type if one of the files is to come from systemd and is not there, else ""."""
    lacking = (path for path in paths if path and path.is_relative_to(_ALL) and not os.access(path, os.R_OK))
    if (path := next(lacking, None)) is None:
        return ""
    line = f"LoadCredential={path.name}:/the/file"
    return f"sudo systemctl edit ollama-watchd  →  [Service] {line}   and restart it"


def located(text: str, beside: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the path that `text` names: below $CREDENTIALS_DIRECTORY, absolute, or else `beside` it."""
    for start in (f"${_NAME}/", f"${{{_NAME}}}/"):
        if text.startswith(start):
            return Path(environ.get(_NAME) or _OUTSIDE, text.removeprefix(start))
    return beside / text
