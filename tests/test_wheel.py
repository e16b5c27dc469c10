"""What is installed is whole, and its command runs without the checkout: by pip, pipx and uv."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from pathlib import Path

import pytest

from ollama_watch import VERSION
from ollama_watch.verify.shipped import files_of
from tests.support.need import missing, need

ROOT = Path(__file__).parents[1]
_RULES = [path.name for path in files_of(ROOT / "rules")]
_SHARED = (
    "man/man1/ollama-watchd.1",
    "man/man5/ollama-watchd-config.5",
    "man/man5/ollama-watchd-rules.5",
    "bash-completion/completions/ollama-watchd",
    "zsh/site-functions/_ollama-watchd",
)


def test_the_program_knows_its_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION


def test_an_installed_copy_has_the_rules_of_the_checkout(tmp_path: Path) -> None:
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check"]
    done = subprocess.run(
        [*install, "--target", str(tmp_path), str(ROOT)], capture_output=True, text=True, check=False
    )
    if "No matching distribution found for hatchling" in done.stderr:
        missing("hatchling (from PyPI)")
    assert done.returncode == 0, done.stderr

    program = (
        "import ollama_watch, pathlib; from ollama_watch.verify.shipped import shipped_rules;"
        "print(ollama_watch.__file__); [print(pathlib.Path(name).name) for name, _ in shipped_rules()]"
    )
    told = subprocess.run(
        [sys.executable, "-P", "-c", program],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
    ).stdout.splitlines()

    assert told[0].startswith(str(tmp_path))
    assert told[1:] == _RULES
    assert (tmp_path / "ollama_watch" / "shipped_rules" / "context-small.test.yaml").is_file()
    assert (tmp_path / "ollama_watch" / "py.typed").is_file()
    page = Path("ollama_watch", "serve", "page")
    assert all((tmp_path / page / name).is_file() for name in ("page.css", "page.js", "icon.svg"))


@pytest.fixture(scope="module")
def uv() -> str:
    """Return the path of uv, which may stand beside the Python that runs this."""
    found = shutil.which("uv", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    if found is None:
        missing("uv (from PyPI)")
    return str(found)


@pytest.fixture(scope="module")
def wheel(uv: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build an sdist, and from nothing but that the wheel."""
    folder = tmp_path_factory.mktemp("built")
    run(uv, "build", "--quiet", "--python", sys.executable, "--out-dir", folder, ROOT)
    (sdist,) = folder.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"LICENSE", "Makefile", "packaging/build-deb", "packaging/man/ollama-watchd.1"} <= names
    (wheel,) = folder.glob("*.whl")
    return wheel


def test_uv_installs_a_command_that_runs(uv: str, wheel: Path, tmp_path: Path) -> None:
    tools = {"UV_TOOL_DIR": str(tmp_path / "tools"), "UV_TOOL_BIN_DIR": str(tmp_path / "bin")}
    run(uv, "tool", "install", "--quiet", "--python", sys.executable, wheel, **tools)

    assert runs(tmp_path / "bin" / "ollama-watchd", tmp_path / "tools" / "ollama-watchd")


def test_pipx_installs_a_command_that_runs(wheel: Path, tmp_path: Path) -> None:
    pipx = need("pipx", package="pipx")
    places = {"PIPX_HOME": str(tmp_path / "pipx"), "PIPX_BIN_DIR": str(tmp_path / "bin")}
    run(pipx, "install", "--python", sys.executable, wheel, **places)

    assert runs(tmp_path / "bin" / "ollama-watchd", tmp_path / "pipx" / "venvs" / "ollama-watchd")


def runs(command: Path, environment: Path) -> bool:
    """Tell whether a command knows all rules, and its environment what man and the shells look for."""
    told = json.loads(run(command, "rules", "list", "--json"))
    assert [Path(rule["file"]).name for rule in told] == _RULES
    assert all(Path(rule["file"]).is_relative_to(environment) for rule in told)
    return all((environment / "share" / name).is_file() for name in _SHARED)


def run(*words: str | Path, **variables: str) -> str:
    """Run a program outside of the checkout; return what it prints."""
    environ = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | variables
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd="/", env=environ)
    assert done.returncode == 0, done.stderr
    return done.stdout
