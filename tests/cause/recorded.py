"""Launches of real servers with the truth beside them: what was set, and what the process got."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from ollama_watch.model import Facts
from tests.support.checked import launches

RECORDINGS = Path(__file__).parents[3] / "shared" / "recordings"
requires_recordings = pytest.mark.skipif(
    not RECORDINGS.is_dir(), reason="the recorded logs are not beside the repository"
)
_REFUSED = 400  # statuses from here on


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """One launch, and the request that made it."""

    where: str  # recording and request, for messages
    version: str
    environment: dict[str, str]
    path: str
    options: dict[str, int | bool]
    model: str  # tag
    arguments: tuple[str, ...]  # the process's own
    facts: Facts  # as the log tells them; by port


@cache
def recorded() -> tuple[Recorded, ...]:
    """Return every recorded launch that one request certainly made."""
    return tuple(launch for path in sorted(RECORDINGS.glob("*/*.json")) for launch in _launches(path))


def _launches(path: Path) -> Iterator[Recorded]:
    by_port = {
        launch.facts["port"]: launch.facts for launch in launches(path.with_suffix(".log").read_bytes())
    }
    told = json.loads(path.read_text())
    for life in told["lives"]:
        alive: set[int] = set()
        for number, step in enumerate(life["steps"]):
            runners = {runner["pid"]: runner["argv"] for runner in step.get("runners") or ()}
            new = runners.keys() - alive
            alive = set(runners)
            if len(new) != 1 or not step.get("body") or step["status"] >= _REFUSED:
                continue
            arguments = tuple(runners[new.pop()])
            yield Recorded(
                where=f"{path.parent.name}/{path.stem} request {number}",
                version=life["reported_version"]["version"],
                environment=life["environment"],
                path=step["path"],
                options=step["body"].get("options") or {},
                model=step["body"]["model"],
                arguments=arguments,
                facts=by_port[int(arguments[arguments.index("--port") + 1])],
            )
