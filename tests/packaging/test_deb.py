"""The Debian packages: what is in them, and their life in a booted system, from install to purge."""

import itertools
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from ollama_watch.verify.shipped import files_of
from tests.packaging.debs import ROOT, Debs, contents, debian_version, dpkg_deb, field, later
from tests.packaging.machine import Machine
from tests.support.logs import START, launch
from tests.support.need import need
from tests.support.wait import until

_VERSION: str = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
_CONFIG = "/etc/ollama-watchd/config.yaml"
_MINE = "sources: [{name: mine, journal: {unit: ollama.service}}]\n"
_WISH = "/etc/ollama-watchd/want.d/mine.yaml"
_OLLAMA = "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=cat /opt/ollama.log\n"
_LOG = "\n".join((*START, launch(ctx_size=8192, parallel=4, started=True), ""))
_IMPORTS = ("prometheus_client", "systemd", "watchdog", "yaml")
_WHENCE = "import sys, importlib; print(*(importlib.import_module(name).__file__ for name in sys.argv[1:]))"


def test_the_readme_gets_what_the_package_is_built_with(tmp_path: Path) -> None:
    """As apt reads it: here with one more package, which nobody has."""
    readme = (ROOT / "packaging/README.md").read_text(encoding="utf-8")
    folder = re.search(r"^sudo apt install git make && sudo apt build-dep \./(\S+)$", readme, re.MULTILINE)
    assert folder
    control = (ROOT / folder[1] / "debian/control").read_text(encoding="utf-8")
    (tmp_path / "debian").mkdir()
    (tmp_path / "debian/control").write_text(
        control.replace("Build-Depends: ", "Build-Depends: nobody-has, ")
    )

    apt = [need("apt-get", package="apt"), "build-dep", "--simulate"]
    done = subprocess.run([*apt, f"{tmp_path}/"], capture_output=True, text=True, check=False)

    assert "nobody-has" in done.stdout + done.stderr


def test_lintian_has_nothing_to_say(debs: Debs) -> None:
    lintian = [need("lintian", package="lintian"), "--allow-root", "--fail-on", "warning,error"]
    done = subprocess.run([*lintian, *debs.both], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_documents_lead_to_each_other(debs: Debs, tmp_path: Path) -> None:
    """But to pictures, and to how to change the program: those are in the source alone."""
    dpkg_deb("--extract", debs.service, tmp_path)
    pages = sorted((tmp_path / "usr/share/doc/ollama-watchd").rglob("*.md"))
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
        if not link.endswith((".png", "CONTRIBUTING.md"))
    ]

    assert len(links) > len(pages)
    assert [f"{page.name}: {link}" for page, link in links if not (page.parent / link).exists()] == []


def test_the_version_stands_in_one_place(debs: Debs) -> None:
    assert {field(deb, "Version") for deb in debs.both} == {debian_version(_VERSION)} == {debian_version()}
    assert any(f"/ollama_watchd-{_VERSION}.dist-info/" in path for path in contents(debs.service))


def test_versions_that_lead_to_a_release_come_before_it() -> None:
    dpkg = need("dpkg", package="dpkg")
    versions = "0.1.0 0.2.0.dev1 0.2.0a1 0.2.0b2 0.2.0rc1.dev4 0.2.0rc1 0.2.0 0.2.0.post1".split()

    for earlier, newer in itertools.pairwise(map(debian_version, versions)):
        output(dpkg, "--compare-versions", earlier, "lt", newer)


def test_what_is_installed(debs: Debs) -> None:
    service, desktop = contents(debs.service), contents(debs.desktop)
    rules = "/usr/lib/python3/dist-packages/ollama_watch/shipped_rules"

    assert {f"{rules}/{path.name}" for path in files_of(ROOT / "rules")} <= set(service)
    assert {
        "/usr/bin/ollama-watchd",
        "/lib/systemd/system/ollama-watchd.service",
        "/lib/systemd/system-generators/ollama-watchd-generator",
        "/usr/lib/systemd/user/ollama-watchd.service",
        "/etc/ollama-watchd/config.yaml",
        "/etc/ollama-watchd/rules.d/",
        "/etc/ollama-watchd/want.d/",
        "/usr/share/bash-completion/completions/ollama-watchd",
        "/usr/share/zsh/vendor-completions/_ollama-watchd",
        "/usr/share/man/man1/ollama-watchd.1.gz",
        "/usr/share/man/man5/ollama-watchd-config.5.gz",
        "/usr/share/man/man5/ollama-watchd-rules.5.gz",
        "/usr/share/ollama-watchd/grafana/ollama-watchd.json",
        "/usr/share/ollama-watchd/prometheus/alerts-ollama.rules.yml",
        "/usr/share/doc/ollama-watchd/changelog.gz",
        "/usr/share/doc/ollama-watchd/packaging/runbooks.md",
    } <= set(service)
    assert "/usr/lib/systemd/user/ollama-watchd-desktop.service" in desktop
    assert not any("/tests/" in path or "__pycache__" in path for path in service)


@pytest.fixture(scope="module")
def machine(debs: Debs) -> Iterator[Machine]:
    with Machine() as booted:
        # Not among what we depend on: libnss-systemd, which knows the service's passing user.
        booted.of_debian("sed", "-i", "s/ systemd//", "/etc/nsswitch.conf")
        booted.write("/opt/ollama.log", _LOG)
        booted.write("/etc/systemd/system/ollama.service", _OLLAMA)
        booted.of_debian("systemctl", "daemon-reload")
        yield booted


def test_a_life_from_install_over_an_upgrade_to_purge(machine: Machine, debs: Debs, tmp_path: Path) -> None:
    before = machine.traces()
    machine.install(debs)
    assert (machine.property("ActiveState"), machine.property("UnitFileState")) == ("active", "enabled")
    of_users = machine.run("systemctl", "--global", "is-enabled", "ollama-watchd", "ollama-watchd-desktop")
    assert of_users.stdout.split() == ["disabled", "enabled"]
    whence = machine.of_debian("/usr/bin/python3", "-c", _WHENCE, "ollama_watch", *_IMPORTS).split()
    assert all(path.startswith("/usr/lib/python3/dist-packages/") for path in whence)

    machine.write(_CONFIG, _MINE)
    machine.write(_WISH, 'want: {"*": {parallel: 4}}\n')
    machine.of_debian("systemctl", "restart", "ollama-watchd")
    machine.of_debian("systemctl", "start", "ollama")
    until(machine.told, 30)
    first, told = machine.property("MainPID"), machine.told()
    machine.install(later(debs, f"{debian_version()}+1", tmp_path))

    assert machine.property("ActiveState") == "active"
    assert machine.property("MainPID") != first
    assert machine.of_debian("cat", _CONFIG) == _MINE
    assert [one["facts"]["ctx_per_slot"] for one in until(machine.status, 30)["runners"]] == [2048]
    assert machine.told() == told

    machine.of_debian("dpkg", "--purge", "ollama-watchd-desktop", "ollama-watchd")
    assert machine.traces() == before


def test_what_the_program_imports_is_what_the_package_depends_on(debs: Debs) -> None:
    whence = output("/usr/bin/python3", "-c", _WHENCE, *_IMPORTS).split()
    owners = {line.partition(":")[0] for line in output("dpkg-query", "--search", *whence).splitlines()}

    assert owners <= {one.split()[0] for one in field(debs.service, "Depends").split(", ")}
    assert "python3-jeepney" in field(debs.desktop, "Depends")


def output(*words: str) -> str:
    return subprocess.run(words, capture_output=True, text=True, check=True).stdout
