"""The image, as far as it can be tried without a Docker: its steps, its configuration, and what it mounts."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import yaml

from ollama_watch.app.config import load_config
from tests.packaging.manifests import container
from tests.support.need import missing

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "packaging" / "container"
_LINES = (FOLDER / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ").splitlines()
_STEPS = [line.split(None, 1) for line in _LINES if line and not line.startswith("#")]
_PYTHON = "/usr/bin/python3"  # Debian's, as in the image


def _step(instruction: str) -> str:
    return [words for name, words in _STEPS if name == instruction][-1]


def _environment() -> dict[str, str]:
    steps = [words for name, words in _STEPS if name == "ENV"]
    return dict(pair.split("=", 1) for words in steps for pair in shlex.split(words))


def _compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_what_is_copied_is_enough_to_install_and_to_run(tmp_path: Path) -> None:
    if (
        not Path(_PYTHON).exists()
        or subprocess.run([_PYTHON, "-m", "pip", "--version"], check=False).returncode
    ):
        missing("python3-pip")
    for words in (words.split() for name, words in _STEPS if name == "COPY" and "/source" in words):
        *sources, target = words
        for source in sources:
            inside = tmp_path / target.strip("/") / ("" if target.endswith("/") else ".")
            inside.mkdir(parents=True, exist_ok=True)
            _copy(ROOT / source, inside / Path(source).name if target.endswith("/") else inside)
    words = shlex.split(next(words for name, words in _STEPS if name == "RUN" and "pip install" in words))
    installed = tmp_path / "installed"
    replaced = {
        "python3": _PYTHON,
        "/source": str(tmp_path / "source"),
        _environment()["PYTHONPATH"]: str(installed),
    }
    done = subprocess.run(
        [replaced.get(word, word) for word in words], capture_output=True, text=True, check=False
    )
    if "No matching distribution found for hatchling" in done.stderr:
        missing("hatchling (from PyPI)")
    assert done.returncode == 0, done.stderr

    entry = yaml.safe_load(_step("ENTRYPOINT"))
    path = _environment()["PATH"].replace(_environment()["PYTHONPATH"], str(installed))
    environment = {**_environment(), "PYTHONPATH": str(installed), "HOME": str(tmp_path), "PATH": path}
    command = shutil.which(entry[0], path=path)  # as `docker exec` looks for it
    assert command
    shown = subprocess.run(
        [command, "rules", "list"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert shown.returncode == 0, shown.stderr
    assert "context-reverted" in shown.stdout


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        shutil.copy(source, target)


def test_the_user_of_the_image_may_write_its_state_alone() -> None:
    state = _environment()["STATE_DIRECTORY"]

    assert _step("VOLUME") == state
    assert re.search(rf"--owner=(\d+) --group=\1 --mode=0700 {state}$", _step("RUN"))
    assert _step("USER") == "10001:10001"
    assert state in [mount["mountPath"] for mount in container()["volumeMounts"]]
    assert any(mount.endswith(f":{state}") for mount in _compose()["services"]["ollama-watchd"]["volumes"])


def test_the_configuration_of_the_image_is_accepted() -> None:
    found = load_config(FOLDER / "config.yaml")

    assert [(one.container, one.unit) for one in found.sources] == [
        ("ollama", None),
        (None, "ollama.service"),
    ]
    assert found.http.allow_cleartext
    assert found.http.listen.endswith(f":{_step('EXPOSE')}")


def test_compose_builds_our_image_and_reads_the_container_that_it_names() -> None:
    services = _compose()["services"]
    build = services["ollama-watchd"]["build"]
    (journal, _) = load_config(FOLDER / "config.yaml").sources

    assert (FOLDER / build["context"] / build["dockerfile"]).resolve() == FOLDER / "Containerfile"
    assert services["ollama"]["container_name"] == journal.container
    assert services["ollama"]["logging"] == {"driver": "journald"}


def test_compose_writes_nothing_of_the_machine_and_is_reached_from_it_alone() -> None:
    ours = _compose()["services"]["ollama-watchd"]

    assert all(mount.endswith(":ro") for mount in ours["volumes"] if mount.startswith("/"))
    assert all(port.startswith("127.0.0.1:") for port in ours["ports"])
