"""Releases of Ollama, comparable."""

import re
from functools import lru_cache

Version = tuple[int, int, int, int]  # the last: the release candidate's number, RELEASE if it is none
RELEASE = 1_000_000

# 0.33.0-rc2; container images up to 0.6 say 0.5.7-0-ga420a45-dirty.
# Forks (0.5.4-ipexllm) are nobody's release.
_VERSION = re.compile(r"v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:-rc(\d{1,6}))?(?:-\d+-g[0-9a-f]+)?(?:-dirty)?")


@lru_cache(64)
def version(text: str) -> Version | None:
    """Return `text` as something to compare; None for source builds (0.0.0) and forks."""
    found = _VERSION.fullmatch(text)
    if found is None:
        return None
    major, minor, patch = int(found[1]), int(found[2]), int(found[3])
    if (major, minor, patch) == (0, 0, 0):
        return None
    return major, minor, patch, int(found[4]) if found[4] else RELEASE
