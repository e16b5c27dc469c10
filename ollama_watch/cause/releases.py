"""Since when and until when: the releases that a row of a table is for."""

from dataclasses import dataclass
from functools import cache

from ollama_watch.parse.version import RELEASE, Version, version


@cache
def at(text: str) -> Version:
    """Return a release to compare with, its candidates included."""
    found = version(f"{text}-rc0")
    if found is None:
        raise ValueError(text)
    return found


def named(release: Version) -> str:
    """Return a release as Ollama writes it: 0.33.0-rc2."""
    major, minor, patch, candidate = release
    text = f"{major}.{minor}.{patch}"
    return text if candidate == RELEASE else f"{text}-rc{candidate}"


@dataclass(frozen=True, slots=True)
class Span:
    """The releases that have something."""

    since: str = ""  # first release; "": as old as the first launch that can be read
    until: str = ""  # first release without it; "": still there

    def holds(self, release: Version | None) -> bool | None:
        """Tell whether `release` has it; None where the release is unknown and matters."""
        if release is None:
            return None if self.since or self.until else True
        return not self.before(release) and not self.after(release)

    def before(self, release: Version) -> bool:
        """Tell whether `release` is older than the first that has it."""
        return bool(self.since) and release < at(self.since)

    def after(self, release: Version) -> bool:
        """Tell whether `release` has it no more."""
        return bool(self.until) and release >= at(self.until)
