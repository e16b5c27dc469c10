"""The home of whoever runs this."""

from collections.abc import Mapping
from pathlib import Path


def own_home(environ: Mapping[str, str]) -> Path:
    """Return it, `/` if there is none: the passing user of a service may be without."""
    if named := environ.get("HOME"):
        return Path(named)
    try:
        return Path.home()
    except RuntimeError:
        return Path("/")
