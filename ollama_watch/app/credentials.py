"""Files that systemd hands to the service alone: LoadCredential= of systemd.exec(5)."""

import os
from collections.abc import Mapping
from pathlib import Path

_NAME = "CREDENTIALS_DIRECTORY"
_OUTSIDE = "/run/credentials/ollama-watchd.service"  # where root sees what the service was given


def located(text: str, beside: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Return the path that `text` names: below $CREDENTIALS_DIRECTORY, absolute, or else `beside` it."""
    for start in (f"${_NAME}/", f"${{{_NAME}}}/"):
        if text.startswith(start):
            return Path(environ.get(_NAME) or _OUTSIDE, text.removeprefix(start))
    return beside / text
