"""What pip installs is whole: the rules come with it, and the command runs without the checkout."""

import os
import subprocess
import sys
from pathlib import Path

from ollama_watch.verify.shipped import files_of
from tests.support.need import missing

ROOT = Path(__file__).parents[1]


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
    assert told[1:] == [path.name for path in files_of(ROOT / "rules")]
    assert (tmp_path / "ollama_watch" / "shipped_rules" / "context-small.test.yaml").is_file()
    assert (tmp_path / "ollama_watch" / "py.typed").is_file()
    page = Path("ollama_watch", "serve", "page")
    assert all((tmp_path / page / name).is_file() for name in ("page.css", "page.js", "icon.svg"))
