"""What the lives of a daemon told, held against what was written."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from tests.torture.killer import Lives
from tests.torture.writer import Writer

_TOLD = re.compile(r"(warning|fixed)[: ]+context-small(?: of|:) sha256:([0-9a-f]{12})")
_PORT = re.compile(r"--port (\d+)")


@dataclass(slots=True, kw_only=True)
class Verdict:
    """Figures; the first four are what happened, the others have to be zero."""

    kills: int = 0
    launches: int = 0
    rotations: int = 0
    gone: int = 0  # models whose last launch no file held any more before it was read
    launches_lost: int = 0
    begins_missing: int = 0
    second_ids: int = 0
    second_begins: int = 0  # one life told one thing twice
    most_repeated_after_a_kill: int = 0  # one may be
    own_ends: int = 0
    tracebacks: int = 0

    def __add__(self, other: "Verdict") -> "Verdict":
        worst = max(self.most_repeated_after_a_kill, other.most_repeated_after_a_kill)
        sums = {one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)}
        return Verdict(**{**sums, "most_repeated_after_a_kill": worst})

    @property
    def kept(self) -> bool:
        """The promise was kept."""
        zero = (self.launches_lost, self.begins_missing, self.second_ids, self.second_begins)
        return not any((*zero, self.own_ends, self.tracebacks)) and self.most_repeated_after_a_kill <= 1

    def __str__(self) -> str:
        return ", ".join(f"{one.name.replace('_', ' ')} {getattr(self, one.name)}" for one in fields(self))


def table(found: Mapping[str, Verdict]) -> str:
    """Return the figures for people: a row each, a column a medium."""
    rows = [["", *found], ["---", *("--:" for _ in found)]]
    for one in fields(Verdict):
        figures = (str(getattr(verdict, one.name)) for verdict in found.values())
        rows += [[one.name.replace("_", " "), *figures]]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in rows)


def known_ports(status: Mapping[str, Any]) -> set[int]:
    return {runner["facts"]["port"] for runner in status["runners"]}


def judge(writer: Writer, lives: Lives, known: set[int]) -> Verdict:
    """Return the figures; `known`: the ports of the launches that the daemon knows at the end."""
    unknown = {model.port for model in writer.models.values()} - known
    lost = unknown & {int(port) for port in _PORT.findall(writer.medium.held())}
    told = [_told(said) for said in lives.said]
    begun = {name for life in told for what, name in life if what == "warning"}
    due = {name for name, model in writer.models.items() if model.broken and model.port in known}
    return Verdict(
        kills=lives.kills,
        launches=writer.launches,
        rotations=sum(writer.medium.disturbances.values()),
        gone=len(unknown - lost),
        launches_lost=len(lost),
        begins_missing=len(due - begun),
        second_ids=sum(len(ids) > 1 for ids in lives.ids.values()),
        second_begins=sum(number - 1 for life in told for number in life.values()),
        most_repeated_after_a_kill=max(_repeated(told), default=0),
        own_ends=lives.own_ends,
        tracebacks=sum(said.count("Traceback") for said in lives.said),
    )


def _told(said: str) -> Counter[tuple[str, str]]:
    return Counter((found[1], found[2]) for found in _TOLD.finditer(said))


def _repeated(told: Iterable[Counter[tuple[str, str]]]) -> Iterable[int]:
    """Yield how many things each life told that an earlier one had told already."""
    before: set[tuple[str, str]] = set()
    for life in told:
        yield len(before & set(life))
        before |= set(life)
