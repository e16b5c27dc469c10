"""The agent's unit in a booted system: a service with a user of systemd's making, and a session beside it."""

import sys
from pathlib import Path

from tests.support.booted import ROOT, Booted
from tests.support.logs import START, launch
from tests.support.wait import until

_UNIT = "ollama-watchd-desktop.service"
_COMMAND = f"{sys.executable} -m ollama_watch"
_DAEMON = f"""[Service]
DynamicUser=yes
BindReadOnlyPaths={ROOT}
Environment=HOME=/tmp PYTHONPATH={ROOT}
ExecStart={_COMMAND} run --file /var/lib/ollama.log --sink log
"""
# What a desktop does when it starts: the target itself cannot be started by hand.
_SESSION = """[Unit]
BindsTo=graphical-session.target
Before=graphical-session.target
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
"""


def test_it_follows_the_service_for_as_long_as_the_session_lasts() -> None:
    """Restricted as it is, it sees that the daemon is a service's, not only root's or its own."""
    with Booted() as machine:
        machine.run("useradd", "--create-home", "--uid", "1234", "wanda")
        for folder in Path(sys.executable).resolve().parents:  # in there only
            machine.run("chmod", "o+x", str(folder))
        machine.write("/var/lib/ollama.log", "\n".join((*START, launch(ctx_size=2048, parallel=1), "")))
        machine.write("/etc/systemd/system/watchd.service", _DAEMON)
        unit = (ROOT / "packaging/systemd" / _UNIT).read_text()
        unit = unit.replace("/usr/bin/env ollama-watchd", _COMMAND)
        machine.write(f"/etc/systemd/user/{_UNIT}", f"{unit}[Service]\nEnvironment=PYTHONPATH={ROOT}\n")
        machine.write("/etc/systemd/user/session.service", _SESSION)
        machine.run("systemctl", "daemon-reload")
        machine.run("systemctl", "start", "watchd", "user@1234.service")
        wanda = (
            "runuser",
            "-u",
            "wanda",
            "--",
            "env",
            "XDG_RUNTIME_DIR=/run/user/1234",
            "systemctl",
            "--user",
        )
        machine.run(*wanda, "enable", _UNIT)

        machine.run(*wanda, "start", "session.service")
        log = ("journalctl", "--no-pager", f"_SYSTEMD_USER_UNIT={_UNIT}")
        until(lambda: "following the daemon at 127.0.0.1:10434" in machine.run(*log).stdout, 30)
        assert machine.run(*wanda, "is-active", _UNIT).stdout == "active\n"

        machine.run(*wanda, "stop", "session.service")
        until(lambda: machine.run(*wanda, "is-active", _UNIT).stdout == "inactive\n", 30)
