"""The user unit, as systemd reads it."""

import configparser
import os
import subprocess
from pathlib import Path

from tests.support.need import need

UNIT = Path(__file__).parents[2] / "packaging/systemd/ollama-watchd-desktop.service"


def test_systemd_has_nothing_to_say_about_it(tmp_path: Path) -> None:
    """An unknown key would be a warning only; the program need not be installed here."""
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text().replace("/usr/bin/ollama-watchd", "/bin/true"))

    said = subprocess.run(
        [need("systemd-analyze", package="systemd"), "verify", "--user", str(copy)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert said.stdout + said.stderr == ""


def test_it_lives_and_dies_with_the_session_and_sees_other_users_as_they_are() -> None:
    """A mount namespace of a user unit brings a user namespace along, in which all others look alike."""
    unit = configparser.ConfigParser(strict=False)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they are
    unit.read(UNIT)

    assert unit["Unit"]["PartOf"] == unit["Unit"]["After"] == unit["Install"]["WantedBy"]
    assert unit["Unit"]["PartOf"] == "graphical-session.target"
    mounts = {"ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices", "PrivateUsers", "ProtectProc"}
    assert not mounts & set(unit["Service"])
