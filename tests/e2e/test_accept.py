"""What runs now is fine: it is wanted from then on, and its alert goes away as accepted."""

import os
from pathlib import Path

import pytest
import yaml

from tests.support.command import run
from tests.support.daemon import Daemon, append, daemon
from tests.support.logs import START, launch, start
from tests.support.models import Models
from tests.support.wait import until


@pytest.fixture
def models(tmp_path: Path) -> Models:
    return Models(tmp_path / "models")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "etc" / "config.yaml"
    path.parent.mkdir()
    path.write_text("want: {'*': {context: 32768}}\n")
    return path


def _log(tmp_path: Path, models: Models, *tags: str) -> Path:
    weights = models.blob(b"weights")
    for tag in tags:
        models.tag(tag, weights)
    line = launch(ctx_size=8192, parallel=4, digest=weights, started=True)
    log = tmp_path / "server.log"
    append(log, *START, line.replace("/usr/share/ollama/.ollama/models", str(models.directory)))
    return log


def _listen(running: Daemon) -> str:
    return running.url.removeprefix("http://").rstrip("/")


def test_an_accepted_context_is_wanted_and_its_alert_ends(
    tmp_path: Path, models: Models, config: Path
) -> None:
    log = _log(tmp_path, models, "qwen3:8b")

    with daemon(["--config", str(config), "--file", str(log)]) as running:
        until(lambda: running.firing("context-reverted"))
        done = run("accept", "qwen3:8b", "--config", config, "--listen", _listen(running))
        assert (done.returncode, done.stderr) == (0, "")
        assert "qwen3:8b wants 2048 tokens from now on" in done.stdout
        until(lambda: running.firing("context-reverted") == [] or None)
        until(lambda: "accepted: context-reverted of qwen3:8b" in running.said)

    (written,) = (config.parent / "want.d").iterdir()
    assert yaml.safe_load(written.read_text()) == {"want": {"qwen3:8b": {"context": 2048}}}


def test_all_names_of_the_weights_are_accepted(tmp_path: Path, models: Models, config: Path) -> None:
    log = _log(tmp_path, models, "qwen3:8b", "odd[x]:1b")

    with daemon(["--config", str(config), "--file", str(log)]) as running:
        until(lambda: running.firing("context-reverted"))
        run("accept", "qwen3:8b", "--config", config, "--listen", _listen(running))
        until(lambda: running.firing("context-reverted") == [] or None)


def test_what_is_asleep_can_be_accepted_too(tmp_path: Path, models: Models, config: Path) -> None:
    log = _log(tmp_path, models, "qwen3:8b")

    with daemon(["--config", str(config), "--file", str(log)]) as running:
        until(lambda: running.firing("context-reverted"))
        append(log, *start("0.5.7"))
        until(lambda: running.firing("context-reverted")[0]["asleep"])
        done = run("accept", "qwen3:8b", "--config", config, "--listen", _listen(running))
        assert (done.returncode, done.stderr) == (0, "")
        assert "qwen3:8b wants 2048 tokens from now on" in done.stdout
        until(lambda: running.firing("context-reverted") == [] or None)


def test_a_model_without_a_name_cannot_be_wanted(tmp_path: Path, models: Models, config: Path) -> None:
    log = _log(tmp_path, models)

    with daemon(["--config", str(config), "--file", str(log)]) as running:
        (runner,) = until(lambda: running.json("/api/v1/status")["runners"])
        done = run("accept", runner["model"], "--config", config, "--listen", _listen(running))

    assert done.returncode == 2
    assert "has no name that a wish could be for" in done.stderr


def test_whoever_may_read_the_configuration_may_read_what_was_accepted(
    tmp_path: Path, models: Models, config: Path
) -> None:
    """Whatever the umask: root accepts, and the service is another user."""
    config.parent.chmod(0o755)
    log = _log(tmp_path, models, "qwen3:8b")
    before = os.umask(0o077)
    try:
        with daemon(["--config", str(config), "--file", str(log)]) as running:
            until(lambda: running.firing("context-reverted"))
            done = run("accept", "qwen3:8b", "--config", config, "--listen", _listen(running))
    finally:
        os.umask(before)

    assert done.returncode == 0, done.stderr
    (written,) = (config.parent / "want.d").iterdir()
    assert (written.parent.stat().st_mode & 0o777, written.stat().st_mode & 0o777) == (0o755, 0o644)


def test_a_model_that_does_not_run(tmp_path: Path, models: Models, config: Path) -> None:
    log = _log(tmp_path, models, "qwen3:8b")

    with daemon(["--config", str(config), "--file", str(log)]) as running:
        until(lambda: running.json("/api/v1/status")["runners"])
        done = run("accept", "qwen3", "--config", config, "--listen", _listen(running))

    assert (done.returncode, done.stderr) == (
        2,
        "ollama-watchd: 'qwen3' does not run\nhint: what runs: qwen3:8b\n",
    )


def test_a_file_of_the_users_own_is_left_alone(tmp_path: Path, models: Models, config: Path) -> None:
    log = _log(tmp_path, models, "qwen3:8b")
    own = config.parent / "want.d" / "accepted-qwen3-8b.yaml"
    own.parent.mkdir()
    own.write_text("want: {}\n")

    with daemon(["--config", str(config), "--file", str(log)]) as running:
        until(lambda: running.firing("context-reverted"))
        done = run("accept", "qwen3:8b", "--config", config, "--listen", _listen(running))

    assert (done.returncode, own.read_text()) == (2, "want: {}\n")


@pytest.mark.parametrize("broken", ["want: {'*': {context: lots}}\n", "want: [\n"])
def test_a_configuration_that_was_broken_meanwhile_is_no_reason_not_to_answer(
    tmp_path: Path, models: Models, config: Path, broken: str
) -> None:
    """The daemon goes on with what it read before."""
    log = _log(tmp_path, models, "qwen3:8b")

    with daemon(["--config", str(config), "--file", str(log)]) as running:
        until(lambda: running.firing("context-reverted"))
        config.write_text(broken)
        done = run("accept", "qwen3:8b", "--config", config, "--listen", _listen(running))

    assert done.returncode == 0, done.stderr
    assert "the daemon takes it in once the configuration is mended:" in done.stdout
    assert f"{config}:1:" in done.stdout
