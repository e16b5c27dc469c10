"""The user unit, as systemd reads it."""

import configparser
import os
import subprocess
from pathlib import Path

from tests.support.need import need

UNIT = Path(__file__).parents[2] / "packaging/systemd/ollama-watchd-desktop.service"


def test_systemd_has_nothing_to_say_about_it(tmp_path: Path) -> None:
    """An unknown key would be a warning only."""
    copy = tmp_path / UNIT.name
    copy.write_text(UNIT.read_text())

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
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they are
    unit.read(UNIT)

    assert unit["Unit"]["PartOf"] == unit["Unit"]["After"] == unit["Install"]["WantedBy"]
    assert unit["Unit"]["PartOf"] == "graphical-session.target"
    mounts = {"ProtectSystem", "ProtectHome", "PrivateTmp", "PrivateDevices", "PrivateUsers", "ProtectProc"}
    assert not mounts & set(unit["Service"])


def test_the_program_is_found_wherever_it_was_put(tmp_path: Path) -> None:
    """As the command of the unit finds it, with the unit's PATH in a home of ours."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]  # keys as they are
    unit.read(UNIT)
    own = tmp_path / ".local/bin/ollama-watchd"
    own.parent.mkdir(parents=True)
    own.write_text('#!/bin/sh\necho "mine: $*"\n')
    own.chmod(0o755)

    name, _, value = unit["Service"]["Environment"].replace("%h", str(tmp_path)).partition("=")
    command = unit["Service"]["ExecStart"].split()

    assert subprocess.check_output(command, env={name: value}, text=True) == "mine: desktop\n"
