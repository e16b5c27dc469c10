"""What no log tells, and the machine does: `doctor` tells it of the story's unit and shell files."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from ollama_watch.app.config import Config
from ollama_watch.app.doctor import Place, Seen
from ollama_watch.app.doctor import environment as checks
from ollama_watch.app.doctor.outcome import Check
from ollama_watch.app.doctor.seen import Served
from ollama_watch.host import drift
from ollama_watch.host.setting import Setting, setting
from ollama_watch.host.units import Unit, unit
from tests.cause.typed import wrong_in

V = "OLLAMA_CONTEXT_LENGTH"
_FILE = "/etc/systemd/system/ollama.service"
_DROP_IN = f"{_FILE}.d/override.conf"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitStory:
    """Settings are NAME=value by the place where they stand."""

    of: str
    unit: Mapping[str, str] = field(default_factory=dict)  # place -> setting
    shells: Mapping[str, str] = field(default_factory=dict)
    shown: Mapping[str, str] | None  # of the start line of the server; None: it was not seen
    reload: bool = False
    by: Callable[[Seen], Iterator[Check]]  # the check that tells it
    says: str = ""  # "": there is nothing to tell
    mend: tuple[str, ...] = ()
    release: str = "0.12.6"


STORIES = (
    UnitStory(
        of="variable-unknown", unit={f"{_DROP_IN}:2": "OLLAMA_NUM_CTX=32768"}, shown={V: "4096"},
        by=checks.variables, says=f"OLLAMA_NUM_CTX, which no Ollama reads; did you mean {V}?",
        mend=(f'sudo systemctl edit ollama  →  [Service] Environment="{V}=32768"',),
    ),
    UnitStory(
        of="variable-misspelt-in-a-shell", shells={"/home/u/.bashrc:9": "OLLAMA_CONTEXT_LENGHT=32768"},
        shown={V: "4096"}, by=checks.variables, says=f"did you mean {V}?",
        mend=(f'sudo systemctl edit ollama  →  [Service] Environment="{V}=32768"',),
    ),
    UnitStory(
        of="variable-that-is-an-option", unit={f"{_DROP_IN}:2": "OLLAMA_NUM_GPU=20"}, shown={V: "4096"},
        by=checks.variables, says="it is an option of a model", mend=("PARAMETER num_gpu 20 in a Modelfile",),
    ),
    UnitStory(
        of="malformed", unit={f"{_DROP_IN}:2": f"{V}=32k"}, shown={V: "4096"}, by=checks.environment,
        says=f"{V}=32k cannot be read by Ollama: its default 4096 holds", mend=("write digits alone at",),
    ),
    UnitStory(
        of="set-and-not-restarted", unit={f"{_DROP_IN}:2": f"{V}=32768"}, shown={V: "4096"},
        by=checks.environment, says=f"{V}=32768 is set, the server saw 4096",
        mend=("sudo systemctl restart ollama",),
    ),
    UnitStory(
        of="set-and-not-reloaded", unit={f"{_DROP_IN}:2": f"{V}=32768"}, shown={V: "4096"}, reload=True,
        by=checks.environment, says="the server saw 4096",
        mend=("sudo systemctl daemon-reload", "sudo systemctl restart ollama"),
    ),
    UnitStory(
        of="bashrc", shells={"/home/u/.bashrc:9": f"{V}=32768"}, shown={V: "4096"}, by=checks.shell_files,
        says=f"/home/u/.bashrc:9 sets {V}=32768, which the service ollama.service never sees",
        mend=(f'sudo systemctl edit ollama  →  [Service] Environment="{V}=32768"',),
    ),
    UnitStory(  # the unit sets it too: the shell is nobody's mistake
        of="bashrc-and-unit", unit={f"{_DROP_IN}:2": f"{V}=32768"},
        shells={"/home/u/.bashrc:9": f"{V}=32768"}, shown={V: "32768"}, by=checks.shell_files,
    ),
    UnitStory(
        of="installer-will-overwrite", unit={f"{_FILE}:8": f"{V}=32768"}, shown={V: "32768"},
        by=checks.unit_file, says="Ollama's installer overwrites this file at the next upgrade",
        mend=(f'sudo systemctl edit ollama  →  [Service] Environment="{V}=32768"',),
    ),
    UnitStory(
        of="drop-in-stays", unit={f"{_DROP_IN}:2": f"{V}=32768"}, shown={V: "32768"}, by=checks.unit_file,
    ),
    UnitStory(
        of="seen", unit={f"{_DROP_IN}:2": f"{V}=32768"}, shown={V: "32768"}, by=checks.environment,
    ),
    UnitStory(  # the log begins later: what the server saw is not known
        of="unseen", unit={f"{_DROP_IN}:2": f"{V}=32768"}, shown=None, by=checks.environment,
    ),
)  # fmt: skip


def _unit(story: UnitStory) -> Unit:
    found = unit("ollama.service", run=lambda _: "LoadState=loaded")
    assert found
    settings = {one.name: one for one in _settings(story.unit)}
    return replace(found, fragment=Path(_FILE), settings=settings, needs_reload=story.reload)


def _settings(places: Mapping[str, str]) -> Iterator[Setting]:
    for where, text in places.items():
        name, _, value = text.partition("=")
        yield setting(name, value, where)


def told(story: UnitStory) -> list[Check]:
    """Return what the story's check has to say against the machine."""
    server = drift.Server(shown=story.shown, release=story.release, unit=_unit(story))
    place = Place(home=Path("/home/u"), environ={}, config=None)
    seen = Seen(
        place=place, config=Config(), mistake=None, found=(), running=(), logs=(),
        served=(Served(server, None),), own=None, shells=tuple(_settings(story.shells)), status=None,
        silence=None,
    )  # fmt: skip
    return [one for one in story.by(seen) if one.ok is False]


of_each = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.of)


@of_each
def test_what_the_machine_is_like_is_said(story: UnitStory) -> None:
    found = told(story)
    assert len(found) == (1 if story.says else 0)

    for one in found:
        assert story.says in one.text
        assert [words in line for words, line in zip(story.mend, one.mend, strict=True)].count(False) == 0, (
            one.mend
        )


@of_each
def test_what_mends_it_is_known_to_the_release(story: UnitStory) -> None:
    typed = [line for one in told(story) for line in one.mend]

    assert [wrong for line in typed for wrong in wrong_in(line, story.release)] == []
