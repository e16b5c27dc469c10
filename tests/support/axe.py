"""axe-core, which looks for barriers in a page: from npm, kept under `build/` and fetched once a version."""

import hashlib
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.support.browser import Page
from tests.support.need import missing, need

_ROOT = Path(__file__).parents[2]
_WANTED = _ROOT / "tests" / "browser"
_LISTS = ("package.json", "package-lock.json")
_PATIENCE = 120  # s for the registry


def axe() -> str:
    """Return the script; skips where it is not there and cannot be had."""
    lock = hashlib.sha256((_WANTED / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = _ROOT / "build" / f"browser-{lock}"
    script = folder / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        npm = need("npm", package="npm")
        folder.mkdir(parents=True, exist_ok=True)
        for name in _LISTS:
            shutil.copy(_WANTED / name, folder)
        install = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(install, cwd=folder, capture_output=True, check=False, timeout=_PATIENCE)
        if done.returncode:
            missing("axe-core (from npm)")
    return script.read_text(encoding="utf-8")


def barriers(page: Page, script: str) -> list[str]:
    """Return what is wrong with a page for somebody, by axe's rules and best practices."""
    page.evaluate(f"{script}; 0")
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run({resultTypes: ['violations'], preload: false}).then((found) => found.violations)"
    )
    return [f"{one['id']}: {one['help']}: {[node['html'][:200] for node in one['nodes']]}" for one in found]
