"""The installed packages under a systemd that was really booted; in the order of a machine's life."""

from collections.abc import Iterator

import pytest

from ollama_watch.sinks.log import MESSAGE_IDS
from tests.packaging.debs import Debs
from tests.packaging.machine import Machine
from tests.support.booted import Booted
from tests.support.installed import (
    CONFIG,
    DROP_INS,
    MODELS,
    Ollama,
    firing,
    metrics,
    said,
    shell,
    shown,
    start,
    status,
)
from tests.support.logs import FRESH, START, launch
from tests.support.models import Models
from tests.support.wait import until

_SOON = 20.0  # s for what takes one or two
_QUICK = "[Service]\nWatchdogSec=2s\nRestartSec=100ms\n"
_SMALL = ("context-small", "qwen3:8b")
_REVERTED = ("context-reverted", "qwen3:8b")


@pytest.fixture(scope="module")
def machine(debs: Debs) -> Iterator[Booted]:
    with Machine() as booted:
        booted.install(debs)
        booted.write(CONFIG, "# all defaults\n")
        yield booted


def _command(machine: Booted, *words: str) -> str:
    """Return what the installed command prints: nothing of the checkout is seen by it."""
    return machine.run("env", "--unset=PYTHONPATH", "/usr/bin/ollama-watchd", *words).stdout


@pytest.fixture(scope="module")
def digests(machine: Booted) -> dict[str, str]:
    """Return the weights by name, in a models directory that only Ollama's group may read."""
    models = Models(machine.root / MODELS.removeprefix("/"))
    found = {name: models.blob(name.encode()) for name in ("qwen3:8b", "llama3.2:3b")}
    for name, digest in found.items():
        models.tag(name, digest)
    shell(machine, f"groupadd --force ollama; chown -R root:ollama {MODELS}; chmod 750 {MODELS}")
    return found


@pytest.fixture(scope="module")
def ollama(machine: Booted, digests: dict[str, str]) -> Ollama:
    """Return one that has launched a model, watched by the service."""
    found = Ollama(machine)
    start(machine, "ollama")
    start(machine, "ollama-watchd")
    found.logs(*START, _launch(digests["qwen3:8b"]))
    return found


def _launch(digest: str, port: int = 40001) -> str:
    return launch(ctx_size=8192, parallel=4, digest=digest, port=port, started=True)


def _begins(machine: Booted, model: str) -> list[str]:
    """Return what people were told of a model in the journal of this boot and of earlier ones."""
    message = f"MESSAGE_ID={MESSAGE_IDS['begin']}"
    done = machine.run("journalctl", "--output=cat", message, f"OLLAMA_WATCH_MODEL={model}")
    return done.stdout.splitlines()


def test_without_ollama_and_its_group_it_starts_and_says_what_it_cannot_see(machine: Booted) -> None:
    start(machine, "ollama-watchd")

    assert shown(machine, "SupplementaryGroups") == "systemd-journal"
    assert "the processes of others are hidden from here" in said(machine)
    assert "`sudo ollama-watchd doctor --write` sees them" in said(machine)


def test_a_launch_is_seen_with_its_name_in_metrics_alerts_and_status(machine: Booted, ollama: Ollama) -> None:
    """The names of models stand in a directory that is closed to all but Ollama's group."""
    until(lambda: _SMALL in firing(machine), _SOON)

    assert 'ollama_watch_alert_firing{model="qwen3:8b",rule="context-small"' in metrics(machine)
    assert shown(machine, "StatusText") == "Watching ollama.service: 1 runner, 1 warning, 1 info"
    assert shown(machine, "SupplementaryGroups") == "systemd-journal ollama"
    assert "1 runner, 1 warning" in machine.run("systemctl", "status", "ollama-watchd").stdout


def test_doctor_finds_nothing_to_mend_in_the_unit(machine: Booted, ollama: Ollama) -> None:
    told = _command(machine, "doctor")

    assert "models directory" in told
    assert "not ok" not in told


def test_a_reload_is_taken_in_and_a_mistake_keeps_the_old(machine: Booted, ollama: Ollama) -> None:
    machine.write(CONFIG, "want: {'qwen3:*': {context: 16384}}\n")
    assert machine.run("systemctl", "reload", "ollama-watchd").returncode == 0
    until(lambda: _REVERTED in firing(machine), _SOON)

    machine.write(CONFIG, "want: {'qwen3:*': {context: lots}}\n")
    assert machine.run("systemctl", "reload", "ollama-watchd").returncode == 0
    until(lambda: shown(machine, "StatusText").endswith("the changed configuration has mistakes"), _SOON)
    assert f"{CONFIG}:1:29" in said(machine)
    assert _REVERTED in firing(machine)

    machine.write(CONFIG, "# all defaults\n")
    machine.run("systemctl", "reload", "ollama-watchd")
    until(lambda: "mistakes" not in shown(machine, "StatusText"), _SOON)
    assert shown(machine, "ActiveState") == "active"


def test_one_that_hangs_is_restarted_and_tells_what_was_logged_meanwhile(
    machine: Booted, ollama: Ollama, digests: dict[str, str]
) -> None:
    machine.write(f"{DROP_INS}/quick.conf", _QUICK)
    start(machine, "ollama-watchd")
    told = _begins(machine, "qwen3:8b")

    machine.run("systemctl", "kill", "--kill-whom=main", "--signal=STOP", "ollama-watchd")
    ollama.logs(_launch(digests["llama3.2:3b"], port=40002))

    until(lambda: shown(machine, "NRestarts") == "1", _SOON)
    until(lambda: _begins(machine, "llama3.2:3b"), _SOON)
    assert len(_begins(machine, "llama3.2:3b")) == 1
    assert _begins(machine, "qwen3:8b") == told
    assert "Watchdog timeout" in said(machine)
    assert "Fatal Python error: Aborted" in said(machine)  # and where it hung


def test_what_root_accepts_is_read_by_the_service(machine: Booted, ollama: Ollama) -> None:
    """Whatever root's umask: the service is another user."""
    until(lambda: _SMALL in firing(machine), _SOON)

    shell(machine, "umask 077; env -u PYTHONPATH ollama-watchd accept qwen3:8b")

    until(lambda: _SMALL not in firing(machine), _SOON)
    assert "mistakes" not in shown(machine, "StatusText")


def test_a_reboot_keeps_what_was_known_and_told(machine: Booted, ollama: Ollama) -> None:
    machine.run("systemctl", "add-wants", "booted.target", "ollama-watchd.service")
    before = {one["id"] for one in status(machine)["alerts"]}
    told = _begins(machine, "qwen3:8b")

    machine.reboot()

    assert before
    assert {one["id"] for one in until(lambda: status(machine), _SOON)["alerts"]} == before
    assert _begins(machine, "qwen3:8b") == told


def test_secrets_of_root_are_handed_over_by_systemd(machine: Booted) -> None:
    machine.write(CONFIG, "sinks: {webhook: {url_file: $CREDENTIALS_DIRECTORY/webhook}}\n")
    machine.write("/etc/secret", "http://127.0.0.1:9/secret\n")
    shell(machine, "chmod 600 /etc/secret")
    machine.write(f"{DROP_INS}/secrets.conf", "[Service]\nLoadCredential=webhook:/etc/secret\n")

    start(machine, "ollama-watchd")
    doctor = _command(machine, "doctor")

    assert "lets its sinks through: webhook" in " ".join(doctor.split())
    machine.run("rm", f"{DROP_INS}/secrets.conf")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", "ollama-watchd")
    assert "[Service] LoadCredential=webhook:/the/file" in said(machine)
    assert shown(machine, "ActiveState") == "active"
    machine.write(CONFIG, "# all defaults\n")


def _failing(machine: Booted) -> list[str]:
    """Return the sinks of which the service says that they take nothing."""
    alerts = (status(machine) or {"alerts": ()})["alerts"]
    return sorted(one["source"].removeprefix("sink ") for one in alerts if one["rule"] == "sink-failing")


def test_sinks_that_the_sandbox_blocks_are_named_with_their_mend_and_the_rest_works(machine: Booted) -> None:
    """Nobody answers the service for systemd here: it has to see for itself."""
    shell(machine, "mkdir -p /home/me; cp /usr/bin/true /home/me/on-alert")
    machine.write(CONFIG, "sinks: {log: {}, desktop: {}, command: {run: [/home/me/on-alert]}}\n")

    start(machine, "ollama-watchd")

    until(lambda: _failing(machine) == ["command", "desktop"], _SOON)
    told = said(machine)
    assert "systemctl --user enable --now ollama-watchd-desktop" in told
    assert "sink command: /home/me/on-alert cannot be run" in told
    assert "[Service] BindReadOnlyPaths=/home/me/on-alert" in told
    drop_in = "[Service]\nBindReadOnlyPaths=/home/me/on-alert\n"
    machine.write(f"{DROP_INS}/command.conf", drop_in)
    start(machine, "ollama-watchd")
    until(lambda: _failing(machine) == ["desktop"], _SOON)
    machine.run("rm", f"{DROP_INS}/command.conf")
    machine.write(CONFIG, "# all defaults\n")


def test_the_models_directory_may_be_a_link_into_a_home(machine: Booted, digests: dict[str, str]) -> None:
    """As it is where the system's disk had no room; of the home itself nothing is seen."""
    read = f"ls /home/*; ls {MODELS}"
    shell(machine, f"mkdir -p /home/big/other; mv {MODELS} /home/big/models; ln -s /home/big/models {MODELS}")
    settings = ("DynamicUser", "ProtectHome", "BindReadOnlyPaths", "SupplementaryGroups")
    shell(machine, "systemctl daemon-reload")
    words = [f"--property={name}={shown(machine, name).removesuffix(':rbind')}" for name in settings]

    done = machine.run("systemd-run", "--quiet", "--wait", "--pipe", *words, "sh", "-c", read)

    assert done.stdout.split() == ["models", "blobs", "manifests"]


def test_a_user_has_it_without_roots_help(machine: Booted) -> None:
    """Their Ollama is found among their own processes, and logs into their own journal."""
    machine.run("systemctl", "stop", "ollama-watchd", "ollama")
    shell(machine, "useradd --uid 4321 --create-home somebody")
    home = "/home/somebody/.config/systemd/user"
    own = Ollama(machine, f"{home}/ollama.service")
    shell(machine, "chown -R somebody /home/somebody; systemctl start systemd-logind")
    shell(machine, "loginctl enable-linger somebody")
    manager = ("systemctl", "--user", "--machine=4321@.host")
    until(lambda: machine.run(*manager, "start", "ollama").returncode == 0, _SOON)

    own.logs(*FRESH)
    assert machine.run(*manager, "enable", "--now", "ollama-watchd").returncode == 0

    until(lambda: "context-at-default" in {rule for rule, _ in firing(machine)}, _SOON)
    show = machine.run(*manager, "show", "--value", "--property=StatusText", "ollama-watchd").stdout
    assert show.startswith("Watching ollama.service: 1 runner")
    assert (
        machine.run("ls", "/home/somebody/.local/state/ollama-watchd").stdout.split()[0] == "checkpoint.json"
    )
