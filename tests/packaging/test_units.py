"""The units, as systemd reads them, and what it says of the sandbox."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.support.installed import SYSTEMD
from tests.support.need import need

UNIT = SYSTEMD / "ollama-watchd.service"
_WORST = 1.5  # exposure by `systemd-analyze security`
_NEW_TYPE = 253  # release of systemd with Type=notify-reload
_DROP_INS = sorted(path.name for path in (SYSTEMD / "drop-ins").iterdir())


def _analyze(*words: str, folder: Path) -> str:
    command = need("systemd-analyze", package="systemd")
    environ = {**os.environ, "XDG_RUNTIME_DIR": str(folder)}
    done = subprocess.run([command, *words], env=environ, capture_output=True, text=True, check=True)
    return done.stdout + done.stderr


def _copied(unit: Path, folder: Path) -> Path:
    """Copy a unit; the program need not be installed here."""
    copy = folder / unit.name
    copy.write_text(unit.read_text().replace("/usr/bin/ollama-watchd", "/bin/true"))
    return copy


def _release() -> int:
    found = subprocess.run(
        [need("systemctl", package="systemd"), "--version"], capture_output=True, text=True, check=True
    )
    return int(found.stdout.split()[1])


def test_systemd_has_nothing_to_say_about_the_units(tmp_path: Path) -> None:
    """An unknown key would be a warning only."""
    for words, unit in (((), UNIT), (("--user",), SYSTEMD / "user" / UNIT.name)):
        assert _analyze("verify", "--man=no", *words, str(_copied(unit, tmp_path)), folder=tmp_path) == ""


@pytest.mark.parametrize("name", _DROP_INS)
def test_systemd_has_nothing_to_say_about_a_drop_in(name: str, tmp_path: Path) -> None:
    if name == "notify-reload.conf" and _release() < _NEW_TYPE:
        pytest.skip("needs systemd 253")
    copy = _copied(UNIT, tmp_path)
    folder = tmp_path / f"{copy.name}.d"
    folder.mkdir()
    (folder / name).write_bytes((SYSTEMD / "drop-ins" / name).read_bytes())

    assert _analyze("verify", "--man=no", str(copy), folder=tmp_path) == ""


def test_the_sandbox_is_tight_and_what_it_leaves_open_is_explained(tmp_path: Path) -> None:
    rows = json.loads(
        _analyze("security", "--offline=true", "--json=short", str(_copied(UNIT, tmp_path)), folder=tmp_path)
    )

    open_ = {row["name"].split("=/")[0] for row in rows if row["exposure"] and not row["set"]}
    explained = set(re.findall(r"^# {3}(\S+)", UNIT.read_text(), re.MULTILINE))
    assert {name.removesuffix("=") for name in open_} == {name.removesuffix("=") for name in explained}
    overall = _analyze("security", "--offline=true", "--no-pager", str(tmp_path / UNIT.name), folder=tmp_path)
    assert float(re.findall(r"exposure level for \S+: ([\d.]+)", overall)[0]) <= _WORST


@pytest.mark.parametrize(
    ("groups", "drop_in"),
    [
        ("root:x:0:\nollama:x:999:me\n", "[Service]\nSupplementaryGroups=ollama\n"),
        ("root:x:0:\nollamas:x:999:\n", None),
    ],
)
def test_the_generator_names_a_group_only_if_there_is_one(
    groups: str, drop_in: str | None, tmp_path: Path
) -> None:
    (tmp_path / "group").write_text(groups)
    script = (SYSTEMD / "ollama-watchd-generator").read_text().replace("/etc/group", str(tmp_path / "group"))

    subprocess.run([need("sh", package="dash"), "-c", script, "generator", str(tmp_path)], check=True)

    found = [path.read_text() for path in tmp_path.glob("ollama-watchd.service.d/*")]
    assert found == ([drop_in] if drop_in else [])
