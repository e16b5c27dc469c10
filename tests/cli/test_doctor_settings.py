"""What `doctor` says of variables and of folders."""

import os
from pathlib import Path

import pytest

from tests.support.made_machine import Machine, started
from tests.support.need import need


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


# ---- variables


def test_a_variable_that_no_ollama_reads(machine: Machine) -> None:
    machine.add(".bashrc", "export OLLAMA_NUM_CTX=16384\n")

    found = machine.check("variables")

    assert found["ok"] is False
    assert found["text"] == (
        f"{machine.home}/.bashrc:1 sets OLLAMA_NUM_CTX, which no Ollama reads; "
        "did you mean OLLAMA_CONTEXT_LENGTH?"
    )


def test_a_variable_that_this_release_does_not_know(machine: Machine) -> None:
    machine.follow(started("0.5.7"))
    machine.add(".profile", "export OLLAMA_CONTEXT_LENGTH=16384\n")

    text = machine.check("variables")["text"]
    assert text.endswith("sets OLLAMA_CONTEXT_LENGTH, which Ollama 0.5.7 does not read")


def test_a_variable_of_the_server_s_own(machine: Machine) -> None:
    """What it was given is held against what it says."""
    machine.log.write_text(str(started()))
    machine.environ |= {"OLLAMA_RUN_PARALLEL": "2", "OLLAMA_CONTEXT_LENGTH": "32k"}

    found = machine.check("variables", serving=str(machine.log))
    malformed = machine.check("environment", serving=str(machine.log))

    assert "did you mean OLLAMA_NUM_PARALLEL?" in found["text"]
    assert "OLLAMA_CONTEXT_LENGTH=32k cannot be read by Ollama: its default 4096 holds" in malformed["text"]


def test_nothing_raw_and_nothing_secret_is_shown(machine: Machine) -> None:
    machine.add(
        ".bashrc", "export OLLAMA_X='\x1b[31m\u202e'\nexport OLLAMA_SECRET=abc\nOLLAMA_NUM_CTX=\x1b]0;x\n"
    )

    for words in ((), ("--json",)):
        done = machine.doctor(*words)
        assert "OLLAMA_SECRET" in done.stdout
        assert "\x1b" not in done.stdout
        assert "\u202e" not in done.stdout
        assert "abc" not in done.stdout


# ---- folders


def test_the_models_of_the_last_launch(machine: Machine) -> None:
    models = machine.home / "models"
    (models / "manifests").mkdir(parents=True)
    machine.follow(str(started().runs(ctx=4096)).replace("/models/blobs", f"{models}/blobs"))

    assert machine.check("models directory") == {
        "name": "models directory",
        "ok": True,
        "text": str(models),
        "mend": [],
        "details": [],
    }
    models.chmod(0)
    powerless = (need("setpriv", package="util-linux"), "--bounding-set=-all", "--inh-caps=-all")
    found = machine.check("models directory", before=powerless if os.geteuid() == 0 else ())
    models.chmod(0o755)
    assert found["ok"] is False
    assert "cannot be read" in found["text"]


def test_a_state_folder_that_cannot_be_had(machine: Machine) -> None:
    (machine.home / "file").touch()
    machine.environ["XDG_STATE_HOME"] = str(machine.home / "file")

    assert machine.check("state directory")["ok"] is False


def test_a_log_that_can_be_watched(machine: Machine) -> None:
    machine.follow(started())

    assert machine.check("inotify")["text"] == f"{machine.log.parent} can be watched"


def test_a_kernel_that_has_no_inotify_left(machine: Machine) -> None:
    machine.follow(started())
    none_left = 'echo 0 > /proc/sys/user/max_inotify_instances; exec "$@"'
    unshare, shell = need("unshare", package="util-linux"), need("sh", package="dash")

    found = machine.check(
        "inotify", before=(unshare, "--user", "--map-root-user", shell, "-c", none_left, "sh")
    )

    assert found["ok"] is False
    assert found["mend"] == ["sudo sysctl fs.inotify.max_user_instances=512"]
