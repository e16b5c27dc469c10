"""A rule that keeps a launch as it is."""

from pathlib import Path

import pytest

from tests.cli.rules.oneslot import FOUR_SLOTS
from tests.support.command import run
from tests.support.daemon import daemon
from tests.support.ollama_log import OllamaLog, digest
from tests.support.wait import until


def test_new_keeps_a_launch_as_it_is(tmp_path: Path) -> None:
    log, kept = tmp_path / "two.log", tmp_path / "keep.yaml"
    first = OllamaLog().server("0.32.1").runs(ctx=32768, parallel=2)
    log.write_text(str(first))

    done = run("rules", "new", "keep-it", "--from-launch", "--log", log, "-o", kept)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert run("rules", "try", log, "--rules", kept, "--rule", "keep-it").returncode == 0
    log.write_text(str(first.wait(900).runs(ctx=32768, parallel=4)))
    said = run("rules", "try", log, "--rules", kept, "--rule", "keep-it")
    assert said.returncode == 1
    assert "ctx_per_slot is 8192, expect ctx_per_slot: >= 16384" in " ".join(said.stdout.split())


def test_new_overwrites_nothing(tmp_path: Path) -> None:
    log = tmp_path / "one.log"
    log.write_text(FOUR_SLOTS)

    done = run("rules", "new", "keep-it", "--from-launch", "--log", log, "-o", log)

    assert (done.returncode, log.read_text()) == (2, FOUR_SLOTS)
    assert done.stderr == f"ollama-watchd: {log}: File exists\n"


def test_new_asks_which_model(tmp_path: Path) -> None:
    log = tmp_path / "two.log"
    log.write_text(str(OllamaLog().server("0.32.1").runs("a", ctx=2048).runs("b", ctx=32768)))
    names = [f"sha256:{digest(model)[:12]}" for model in ("a", "b")]

    assert f"which model?\nhint: name one after --from-launch: {', '.join(names)}" in (
        run("rules", "new", "keep-it", "--from-launch", "--log", log).stderr
    )
    assert digest("b") in run("rules", "new", "keep-it", "--from-launch", names[1], "--log", log).stdout
    assert "no launch of 'c'" in run("rules", "new", "keep-it", "--from-launch", "c", "--log", log).stderr


@pytest.mark.parametrize("name", ["Keep It", "keep_it", "", "-x"])
def test_new_refuses_an_id_that_is_none(name: str, tmp_path: Path) -> None:
    assert run("rules", "new", f"--from-launch={name}x", "--", name).returncode == 2


@pytest.fixture
def two(tmp_path: Path) -> Path:
    log = tmp_path / "two.log"
    log.write_text(str(OllamaLog().server("0.32.1").runs("a", ctx=2048).runs("b", ctx=32768)))
    return log


def _new(*words: str | Path) -> str:
    done = run("rules", "new", "keep-it", *words)
    assert (done.returncode, done.stdout) == (2, "")
    return done.stderr


def test_new_refuses_the_id_of_a_rule_that_there_is(mine: Path, two: Path) -> None:
    config = mine.parent / "config.yaml"
    config.write_text("rules: {paths: [mine.yaml]}")

    shipped = run("rules", "new", "thrashing", "--from-launch", "--log", two)
    own = run("rules", "new", "one-slot", "--from-launch", "--log", two, "--config", config)

    assert (shipped.returncode, shipped.stdout, own.returncode, own.stdout) == (2, "", 2, "")
    assert "there is a rule 'thrashing' already, in " in shipped.stderr
    assert "/thrashing.yaml\n" in shipped.stderr
    assert f"there is a rule 'one-slot' already, in {mine}\n" in own.stderr
    assert "`want:`" in run("rules", "new", "wanted-arguments", "--from-launch", "--log", two).stderr


def test_new_takes_a_line_of_a_log_alone(two: Path) -> None:
    assert "hint: name the log: --log FILE" in _new("--from-launch", "--line", "4")
    told = _new("--from-launch", "--log", two, "--line", "1")
    assert "no launch at line 1\nhint: launches are at: 4, 6\n" in told
    assert digest("b") in run("rules", "new", "k", "--from-launch", "--log", two, "--line", "6").stdout


def test_new_says_that_a_launch_failed(tmp_path: Path) -> None:
    log = tmp_path / "failed.log"
    log.write_text(str(OllamaLog().server("0.32.1").launch(ctx=2048).launch(ctx=1024).started()))

    assert "the launch at line 4 failed" in _new("--from-launch", "--log", log, "--line", "4")


def test_new_says_why_a_launch_cannot_be_kept(tmp_path: Path) -> None:
    log = tmp_path / "odd.log"
    log.write_text(FOUR_SLOTS.replace(f"/models/blobs/sha256-{digest('a')}", "/tmp/x.gguf"))

    assert "the log tells neither the name nor the digest of port 40001\nhint: " in (
        _new("--from-launch", "--log", log)
    )


@pytest.mark.parametrize("name", ["ll", "ll:latest", "registry.ollama.ai/library/ll:latest"])
def test_new_takes_a_model_by_any_way_to_write_its_name(name: str, tmp_path: Path) -> None:
    log = tmp_path / "named.log"
    named = OllamaLog().server("0.32.1").runs(ctx=2048)
    log.write_text(str(named.says('"template selection" model=registry.ollama.ai/library/ll:latest')))

    assert "    model: ll\n" in run("rules", "new", "keep-it", "--from-launch", name, "--log", log).stdout


def test_new_asks_the_running_daemon(tmp_path: Path) -> None:
    log = tmp_path / "four.log"
    log.write_text(FOUR_SLOTS)
    with daemon(["--file", str(log)]) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        address = running.url.removeprefix("http://")
        done = run("rules", "new", "keep-it", "--from-launch", "--listen", address)

    assert (done.returncode, done.stderr) == (0, "")
    assert f"model_digest: {digest('a')}\n" in done.stdout
