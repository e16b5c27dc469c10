"""What is printed to be typed does what it says: for every release, fact and platform, in a real shell."""

import json
import re
import shlex
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from ollama_watch.cause import options, variables
from ollama_watch.cause.recipes import recipe
from ollama_watch.cause.settings import FACTS, ways
from ollama_watch.model import Platform, Value
from tests.cause.truth import RELEASES, SETTABLE, release
from tests.cause.typing_in import typed

MODEL = "qwen2.5-coder:7b"
PLATFORMS: tuple[Platform, ...] = get_args(Platform)
SHELLS: tuple[Platform, ...] = ("linux", "macos", "container")
WANTED: dict[str, Value] = {
    "ctx_per_slot": 32768, "batch_size": 1024, "gpu_layers": 999, "threads": 8, "main_gpu": 1, "mmap": False,
    "mlock": True, "parallel": 2, "flash_attention": "on", "kv_cache_type": "q8_0",
}  # fmt: skip
NAMES = {
    "ctx_per_slot": "num_ctx", "batch_size": "num_batch", "gpu_layers": "num_gpu", "threads": "num_thread",
    "main_gpu": "main_gpu", "mmap": "use_mmap", "mlock": "use_mlock",
}  # fmt: skip
VARIABLES = {
    "ctx_per_slot": "OLLAMA_CONTEXT_LENGTH=32768", "parallel": "OLLAMA_NUM_PARALLEL=2",
    "flash_attention": "OLLAMA_FLASH_ATTENTION=1", "kv_cache_type": "OLLAMA_KV_CACHE_TYPE=q8_0",
}  # fmt: skip


def text(
    fact: str, source: str, platform: Platform, release_text: str, model: str | None = MODEL
) -> str | None:
    known = release(release_text)
    way = next(way for way in ways(fact, known) if way.source == source)
    return recipe(way, WANTED[fact], platform, model, known)


def _claims(source: str) -> list[tuple[str, str, bool]]:
    return [
        (row.what[0], release_text, cell == "y")
        for row in SETTABLE
        if row.what[1] == source
        for release_text, cell in row.claims()
    ]


@pytest.mark.parametrize(("fact", "release_text", "settable"), _claims("request"))
@pytest.mark.parametrize("platform", SHELLS)
def test_a_request_says_just_the_option(
    fact: str,
    release_text: str,
    settable: bool,  # noqa: FBT001
    platform: Platform,
) -> None:
    command = text(fact, "request", platform, release_text)

    assert (command is not None) == settable
    if command:
        *words, body = shlex.split(command)
        assert words == ["curl", "http://127.0.0.1:11434/api/generate", "-d"]
        assert json.loads(body) == {"model": MODEL, "options": {NAMES[fact]: WANTED[fact]}}
        assert options.known(NAMES[fact], release(release_text))


@pytest.mark.parametrize(("fact", "release_text", "settable"), _claims("model"))
def test_a_modelfile_is_offered_to_releases_that_know_the_parameter(
    fact: str,
    release_text: str,
    settable: bool,  # noqa: FBT001
) -> None:
    for platform in PLATFORMS:
        assert (text(fact, "model", platform, release_text) is not None) == settable


@pytest.mark.parametrize(("fact", "platform"), list(product(NAMES, SHELLS)))
def test_a_modelfile_gets_its_two_lines(fact: str, platform: Platform, tmp_path: Path) -> None:
    command = text(fact, "model", platform, "0.6.8")
    assert command
    written = str(WANTED[fact]).lower()

    *_, create = typed(command, tmp_path)

    name = f"qwen2.5-coder-7b-{NAMES[fact]}-{written}"
    assert (
        tmp_path / f"{name}.Modelfile"
    ).read_text() == f"FROM {MODEL}\nPARAMETER {NAMES[fact]} {written}\n"
    assert create == ["ollama", "create", name, "-f", f"{name}.Modelfile"]


@pytest.mark.parametrize(("fact", "release_text", "settable"), _claims("environment"))
@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_variable_is_set_as_it_is_there(
    fact: str,
    release_text: str,
    settable: bool,  # noqa: FBT001
    platform: Platform,
) -> None:
    said = text(fact, "environment", platform, release_text)

    assert (said is not None) == settable
    if said:
        *besides, setting = _settings(said, platform)
        assert setting == VARIABLES[fact]
        assert variables.known(setting.partition("=")[0], release(release_text))
        needs_flash = fact == "kv_cache_type" and release(release_text) < release("0.30.0-rc0")
        assert besides == (["OLLAMA_FLASH_ATTENTION=1"] if needs_flash else [])


def test_a_plain_cache_needs_no_flash_attention() -> None:
    known = release("0.12.6")
    way = next(way for way in ways("kv_cache_type", known) if way.source == "environment")

    assert "FLASH" not in str(recipe(way, "f16", "linux", None, known))


def _settings(said: str, platform: Platform) -> list[str]:
    """Return each NAME=VALUE as the one who is told would set it."""
    match platform:
        case "linux":
            command, section = said.split("  →  ")
            assert shlex.split(command) == ["sudo", "systemctl", "edit", "ollama"]
            first, *others = shlex.split(section)[1:]
            return [first.removeprefix("Environment="), *others]
        case "container":
            words = shlex.split(said.partition(" …")[0])[2:]
            assert words[::2] == ["-e"] * (len(words) // 2)
            return words[1::2]
        case "macos":
            commands = [shlex.split(one) for one in said.partition(", then")[0].split(" && ")]
            assert all(one[:2] == ["launchctl", "setenv"] for one in commands)
            return ["=".join(one[2:]) for one in commands]
        case "windows":
            typed_in = said.partition(", then ")[0].split(" && ")
            found = [re.fullmatch(r'setx (\w+) "([^"%]*)"', one) for one in typed_in]
            return [f"{one[1]}={one[2]}" for one in found if one]


@pytest.mark.parametrize(("fact", "release_text"), list(product(NAMES, ("0.6.8", "0.32.15"))))
def test_windows_gets_quotes_that_cmd_takes(fact: str, release_text: str) -> None:
    request, model = (text(fact, source, "windows", release_text) for source in ("request", "model"))
    if request is None:
        assert (fact, model) == ("mlock", None)
        return
    found = re.fullmatch(r'curl \S+/api/generate -d "((?:[^"\\]|\\")*)"', request)

    assert found
    assert json.loads(found[1].replace('\\"', '"'))["options"] == {NAMES[fact]: WANTED[fact]}
    assert model
    assert model.startswith(f"(echo FROM {MODEL}&echo PARAMETER {NAMES[fact]} ")
    assert re.search(r"\)>(qwen2\.5-coder-7b-\S+)\.Modelfile && ollama create \1 -f \1\.Modelfile$", model)


def test_v1_is_told_what_helps_instead() -> None:
    said = text("ctx_per_slot", "v1", "linux", "0.5.13")

    assert said
    first, model, server = said.splitlines()
    assert first == "no request to /v1 can carry num_ctx; instead"
    assert model.startswith("  a model of its own for such clients: printf ")
    assert server.startswith("  for the whole server: sudo systemctl edit ollama")


def test_v1_is_not_told_of_what_its_release_does_not_know() -> None:
    said = text("ctx_per_slot", "v1", "linux", "0.5.7")

    assert said
    assert "OLLAMA_CONTEXT_LENGTH" not in said
    assert text("mlock", "v1", "linux", "0.12.6") is None
    assert "OLLAMA_NUM_PARALLEL=2" in (text("parallel", "v1", "linux", "0.12.6") or "")


@pytest.mark.parametrize(("fact", "release_text"), list(product(FACTS, RELEASES)))
def test_no_recipe_names_a_variable_or_parameter_that_its_release_does_not_know(
    fact: str, release_text: str
) -> None:
    known = release(release_text)
    for way, platform in product(ways(fact, known), PLATFORMS):
        said = recipe(way, WANTED[fact], platform, MODEL, known) or ""
        assert all(variables.known(name, known) for name in re.findall(r"OLLAMA_\w+", said))
        assert all(options.known(name, known) for name in re.findall(r"PARAMETER (\w+)", said))


def test_a_switch_turned_off_and_the_least_values_are_values_too() -> None:
    known = release("0.12.6")
    wanted: dict[str, Value] = {"flash_attention": "off", "ctx_per_slot": 1, "gpu_layers": -1, "threads": 0}
    found = {
        (fact, way.source): recipe(way, value, "linux", MODEL, known)
        for fact, value in wanted.items()
        for way in ways(fact, known)
    }

    assert "OLLAMA_FLASH_ATTENTION=0" in (found["flash_attention", "environment"] or "")
    assert "PARAMETER num_ctx 1" in (found["ctx_per_slot", "model"] or "")
    assert "PARAMETER num_gpu -1" in (found["gpu_layers", "model"] or "")
    assert "PARAMETER num_thread 0" in (found["threads", "model"] or "")


def test_nothing_is_typed_to_get_what_a_release_gives_by_itself() -> None:
    assert text("ctx_per_slot", "built-in", "linux", "0.12.6") is None


def test_an_unknown_release_gets_what_every_release_knows() -> None:
    found = {way.source: recipe(way, 8192, "linux", MODEL, None) for way in ways("ctx_per_slot", None)}

    assert found["environment"] is None
    assert found["request"]
    assert found["model"]
