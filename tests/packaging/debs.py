"""The Debian packages as they are built here, and what dpkg says about them."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.need import missing, need

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "packaging" / "build-deb"


@dataclass(frozen=True, slots=True)
class Debs:
    """Files of the service and of the desktop's agent."""

    service: Path
    desktop: Path

    @property
    def both(self) -> tuple[Path, Path]:
        return self.service, self.desktop


def build(folder: Path) -> None:
    """Build both into `folder`, or skip the test naming the Debian package that it takes."""
    check = need("dpkg-checkbuilddeps", package="dpkg-dev")
    lacking = subprocess.run(
        [check, ROOT / "packaging" / "debian" / "control"], capture_output=True, text=True, check=False
    )
    if lacking.returncode:
        missing(lacking.stderr.rpartition("dependencies: ")[2].strip())
    done = subprocess.run([BUILD, folder, folder / "build"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def found(folder: Path) -> Debs:
    """Return those that were built into `folder`."""
    (service,) = folder.glob("ollama-watchd_*.deb")
    (desktop,) = folder.glob("ollama-watchd-desktop_*.deb")
    return Debs(service, desktop)


def later(debs: Debs, version: str, folder: Path) -> Debs:
    """Return the same packages under a later version."""
    for deb in debs.both:
        tree = folder / "tree"
        dpkg_deb("--raw-extract", deb, tree)
        control = tree / "DEBIAN" / "control"
        control.write_text(control.read_text(encoding="utf-8").replace(field(deb, "Version"), version))
        name = f"{field(deb, 'Package')}_{version}_all.deb"
        dpkg_deb("--build", "--root-owner-group", "-Znone", tree, folder / name)
        shutil.rmtree(tree)
    return found(folder)


def field(deb: Path, name: str) -> str:
    return dpkg_deb("--field", deb, name).strip()


def contents(deb: Path) -> dict[str, str]:
    """Return the mode of each path, which begins with a slash; folders end with one."""
    rows = (line.split(maxsplit=5) for line in dpkg_deb("--contents", deb).splitlines())
    return {row[5].removeprefix("."): row[0] for row in rows}


def debian_version(version: str = "") -> str:
    """Return how Debian spells a version, by default that of the project."""
    command = [str(BUILD), "--version", *([version] if version else [])]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def dpkg_deb(*words: str | Path) -> str:
    command = [need("dpkg-deb", package="dpkg"), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
