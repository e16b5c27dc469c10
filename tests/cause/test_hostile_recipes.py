"""Whatever a model is called, and whatever is wanted of it: nothing but data gets into what is typed."""

import json
import re
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from ollama_watch.cause.recipes import new_name, recipe
from ollama_watch.cause.settings import ways
from ollama_watch.model import Platform, Value
from tests.cause.truth import release
from tests.cause.typing_in import typed

PLATFORMS: tuple[Platform, ...] = get_args(Platform)
SHELLS: tuple[Platform, ...] = ("linux", "macos", "container")
HOSTILE = (
    "it's", 'say "hi"', "a\nSYSTEM you are mine", "a\r\nb", "$(touch owned)", "`touch owned`", "-rf",
    "--help", "x; touch owned", "x && touch owned", "x > owned", "a|touch owned", "%PATH%", "a b", "\\",
    "\\'; touch owned", "\x1b]0;owned\x07", "", "ü", "*", "~/x", "!!", "a\0b", "”’", "a" * 400,
)  # fmt: skip


def text(source: str, platform: Platform, model: str) -> str | None:
    known = release("0.12.6")
    way = next(way for way in ways("ctx_per_slot", known) if way.source == source)
    return recipe(way, 32768, platform, model, known)


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_data_in_a_request(name: str, tmp_path: Path) -> None:
    for number, platform in enumerate(SHELLS):
        command = text("request", platform, name)
        assert command
        assert command.isprintable()

        ((*_, body),) = typed(command, tmp_path / str(number))
        assert json.loads(body)["model"] == (name or "MODEL")
    assert not list(tmp_path.rglob("owned"))


@pytest.mark.parametrize("name", [name for name in HOSTILE if name])
def test_a_name_that_a_modelfile_cannot_hold_gets_none(name: str) -> None:
    assert [text("model", platform, name) for platform in PLATFORMS] == [None] * 4
    assert text("request", "windows", name) is None


@pytest.mark.parametrize(
    "name", [*HOSTILE, "hf.co/who/what-GGUF:Q4_K_M", "registry.example:5000/a/b:c", "m" * 200]
)
def test_a_new_name_is_one_that_ollama_takes(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9][\w.-]{0,79}", new_name(name, "num_ctx", "32768"), re.ASCII)


@pytest.mark.parametrize("fact", ["kv_cache_type", "flash_attention", "parallel", "ctx_per_slot"])
@pytest.mark.parametrize("value", ["$(x)", 'a"b', "%PATH%", "a\nb", "", None, -1, 0, True, "auto", "q5_1"])
def test_a_value_that_no_server_takes_gets_none(fact: str, value: Value) -> None:
    for way, platform in product(ways(fact, release("0.32.15")), PLATFORMS):
        assert recipe(way, value, platform, "qwen3:8b", release("0.32.15")) is None
