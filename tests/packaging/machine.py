"""A booted Debian on which packages of ours are installed."""

import json
from pathlib import Path
from typing import Any

from ollama_watch.sinks.log import MESSAGE_IDS
from tests.packaging.debs import Debs
from tests.support.booted import ROOT, Booted


class Machine(Booted):
    """A booted system, as Debian's own programs see it: without the checkout, and services may start."""

    def of_debian(self, *words: str) -> str:
        done = self.run("env", "-u", "PYTHONPATH", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def install(self, debs: Debs) -> None:
        """Install both, and start what they start."""
        self.run("rm", "-f", "/usr/sbin/policy-rc.d")  # of a container's image: no service may start
        self.run("rm", "-f", "/var/lib/man-db/auto-update")  # an index of all the pages of this machine
        for deb in debs.both:
            self.write(f"/opt/{deb.name}", deb.read_bytes())
        self.of_debian("dpkg", "--install", *(f"/opt/{deb.name}" for deb in debs.both))

    def status(self) -> Any:
        return json.loads(
            self.run("env", "--unset=PYTHONPATH", "ollama-watchd", "status", "--json").stdout or "{}"
        )

    def told(self) -> list[str]:
        """Return the alerts that people were told of, by their ids."""
        wanted = ["--unit=ollama-watchd", f"MESSAGE_ID={MESSAGE_IDS['begin']}"]
        entries = self.run("journalctl", "--output=json", *wanted).stdout.splitlines()
        return [json.loads(entry)["OLLAMA_WATCH_ALERT_ID"] for entry in entries]

    def property(self, name: str) -> str:
        return self.run("systemctl", "show", "-P", name, "ollama-watchd").stdout.strip()

    def traces(self) -> set[str]:
        """Return the files of ours."""
        places = "/etc /lib /opt /run /usr /var".split()
        found = self.run("find", *places, "-name", "*ollama[-_]watch*", "-not", "-name", "*.deb").stdout
        return {path for path in found.splitlines() if not Path(path).is_relative_to(ROOT)}
