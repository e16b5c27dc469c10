"""`check --running` holds command lines against the log of their launch."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from ollama_watch.app.alive import records
from ollama_watch.app.comparing import Compared, compare, differences, last_life
from ollama_watch.parse.argv import Args, from_argv, from_command
from ollama_watch.sources.processes import Process
from ollama_watch.sources.textfile import read_lines
from tests.support.checked import lines
from tests.support.ollama_log import OllamaLog, digest

RELEASES = ("0.3.4", "0.5.7", "0.11.4", "0.12.6", "0.24.0", "0.30.8", "0.32.15")
RECORDINGS = Path(__file__).parents[3] / "shared/recordings"


def _log(release: str = "0.5.7", *, ctx: int = 8192, **rest: Any) -> OllamaLog:
    return OllamaLog().server(release).runs(ctx=ctx, **rest)


def _commands(log: object) -> list[str]:
    """Return the commands that a log prints, as processes have them."""
    return re.findall(r'msg="starting [^"]*" cmd="([^"]*)"', str(log))


def _compared(log: object, *commands: str, more: tuple[object, ...] = ()) -> Compared:
    found = [Process(pid, tuple(command.split())) for pid, command in enumerate(commands, 7)]
    logs = (log, *more)
    lives = [last_life(lines(str(one)), f"{number}.log") for number, one in enumerate(logs, 1)]
    return compare(list(records(found, 1e9)), lives, 1e9)


@pytest.mark.parametrize("release", RELEASES)
def test_what_runs_as_it_was_launched_is_no_finding(release: str) -> None:
    log = _log(release, parallel=4)
    found = _compared(log, *_commands(log))

    assert found.reported == ()
    silent = release in ("0.12.6", "0.24.0")
    text = "of pid 7 only model and port are on the command line" if silent else "1 as logged"
    assert found.remarks == (f"compared with 1.log: {text}",)


@pytest.mark.parametrize(
    ("release", "logged", "runs", "told"),
    [
        ("0.5.7", "--ctx-size 8192", "--ctx-size 2048", "ctx_size 2048 (logged: 8192)"),
        ("0.5.7", "--parallel 1", "--parallel 4", "parallel 4 (logged: 1)"),
        ("0.5.7", "--batch-size 512", "--batch-size 64", "batch_size 64 (logged: 512)"),
        ("0.5.7", "--batch-size 512", "", "batch_size not stated (logged: 512)"),
        ("0.5.7", "--batch-size", "--no-mmap --batch-size", "mmap no (logged: not stated)"),
        ("0.5.7", "--batch-size", "--mlock --batch-size", "mlock yes (logged: not stated)"),
        ("0.5.7", "--batch-size", "--flash-attn --batch-size", "flash_attention on (logged: not stated)"),
        ("0.5.7", "--batch-size", "--threads 3 --batch-size", "threads 3 (logged: not stated)"),
        ("0.11.4", "--batch-size", "--n-gpu-layers 9 --batch-size", "gpu_layers 9 (logged: not stated)"),
        (
            "0.11.4",
            "--batch-size",
            "--kv-cache-type q8_0 --batch-size",
            "kv_cache_type q8_0 (logged: not stated)",
        ),
        ("0.32.15", "-c 8192", "-c 4096", "ctx_size 4096 (logged: 8192)"),
        ("0.32.15", "-ub 512", "-ub 256", "ubatch_size 256 (logged: 512)"),
        (
            "0.32.15",
            "-b 512",
            f"-b 512 --mmproj /m/sha256-{'cd' * 32}",
            "mmproj cdcdcdcdcdcd (logged: not stated)",
        ),
        ("0.12.6", "--model", "--ollama-engine --model", "ollama_engine yes (logged: not stated)"),
    ],
)
def test_another_argument_is_told_beside_the_logged_one(
    release: str, logged: str, runs: str, told: str
) -> None:
    log = _log(release)
    (command,) = _commands(log)

    (found,) = _compared(log, command.replace(logged, runs)).reported
    place = next(n for n, line in enumerate(str(log).splitlines(), 1) if 'msg="starting' in line)
    assert found.kind == "runner_differs"
    assert found.fields == {"pid": 7, "differs": told, "log": "1.log", "log_line": place}


def test_several_differences_are_one_finding() -> None:
    log = _log()
    command = _commands(log)[0].replace("8192", "2048").replace("--parallel 1", "--parallel 4")

    (found,) = _compared(log, command).reported
    assert found.fields["differs"] == "ctx_size 2048 (logged: 8192), parallel 4 (logged: 1)"


@pytest.mark.parametrize(
    "command",
    [
        lambda own: own.replace("--port 40001", "--port 40009"),
        lambda own: own.replace(digest("a"), digest("b")),
    ],
    ids=["port", "weights"],
)
def test_one_of_another_port_or_model_is_not_in_the_log(command: Any) -> None:
    log = _log()
    other = command(_commands(log)[0]).replace("8192", "2048")

    found = _compared(log, other)
    assert found == Compared((), ("compared with 1.log: no launch of pid 7 in it",))


def test_only_the_last_server_that_launched_something_counts() -> None:
    """One that finds its port taken prints its settings too, and ends."""
    before, after = _log(ctx=2048), OllamaLog().wait(60).server("0.5.7").runs(ctx=8192)
    first, second = _commands(before)[0], _commands(after)[0]
    taken = OllamaLog().wait(120).says('"server config" env="map[]"')
    log = f"{before}{after}{taken}"

    assert _compared(log, second).reported == ()
    assert len(_compared(log, first).reported) == 1
    other = OllamaLog().wait(60).server("0.5.7").runs("b", ctx=8192)
    assert _compared(f"{before}{other}", second).remarks == ("compared with 1.log: no launch of pid 7 in it",)


def test_of_a_port_that_was_used_again_the_last_launch_counts() -> None:
    log = _log(ctx=2048)
    log._port = 40000  # noqa: SLF001  # as the system gives it out again
    log.runs(ctx=8192)

    assert _compared(log, _commands(log)[1]).reported == ()
    assert len(_compared(log, _commands(log)[0]).reported) == 1


def test_one_log_that_agrees_is_enough() -> None:
    other, own = _log(ctx=2048), _log(ctx=8192)

    assert _compared(other, _commands(own)[0], more=(own,)).reported == ()
    assert _compared(own, _commands(own)[0], more=(other,)).reported == ()
    (found,) = _compared(other, _commands(own)[0], more=(_log(ctx=4096),)).reported
    assert found.fields["log"] == "2.log"


def test_of_a_damaged_line_only_what_it_states_is_compared() -> None:
    text = f"ollama runner --model /m/sha256-{'ab' * 32} --port 4 --ctx-size 8192 --parallel 4"
    whole = from_argv(f"{text} --mlock --batch-size 512 --lora /m/sha256-{'cd' * 32}".split())
    logged = from_command(f"{text} --mlo", cut=True)

    assert logged.cut
    assert differences(whole, logged) == ()
    assert differences(from_argv(text.replace("8192", "2048").split()), logged) == (
        "ctx_size 2048 (logged: 8192)",
    )


def test_adapters_behind_a_cut_may_have_been_there() -> None:
    text = f"ollama runner --model /m/sha256-{'ab' * 32} --lora /m/sha256-{'cd' * 32}"
    logged = from_command(f"{text} --lora /m/sha256-{'e' * 9}", cut=True)

    assert logged.lora
    assert differences(from_argv(f"{text} --lora /m/sha256-{'ef' * 32}".split()), logged) == ()


def test_blanks_in_the_path_of_a_blob_are_no_difference() -> None:
    """The log joins words by blanks."""
    words = ("ollama", "runner", "--lora", f"/my  models/sha256-{'cd' * 32}", "--model", "/my models/x")

    assert differences(from_argv(words), from_command(" ".join(words), cut=False)) == ()


def test_every_argument_is_compared_but_those_that_match_and_those_nobody_knows() -> None:
    stated = {one.name: ("x",) if one.name == "lora" else "x" for one in fields(Args)}

    told = {text.split(" ")[0] for text in differences(Args(**{**stated, "cut": False}), Args())}  # type: ignore[arg-type]
    assert set(stated) - told == {"model", "port", "hf", "other", "cut"}


@pytest.mark.skipif(not RECORDINGS.is_dir(), reason="the recorded logs are not beside the repository")
def test_no_recorded_process_differs_from_its_log() -> None:
    runners = compared = 0
    for file in sorted(RECORDINGS.glob("*/*.json")):
        lives = json.loads(file.read_bytes()).get("lives", ())
        steps = [step for life in lives[-1:] for step in life["steps"]]
        pids = {one["pid"]: tuple(one["argv"]) for step in steps for one in step.get("runners", ())}
        found = list(records([Process(pid, argv) for pid, argv in pids.items()], 1e9))
        life = last_life(read_lines(file.with_suffix(".log")), file.stem) if found else None

        told = compare(found, [life] if life else [], 1e9)
        assert told.reported == (), file
        assert not any("no launch of" in remark for remark in told.remarks), file
        runners += len(found)
        compared += sum("as logged" in remark for remark in told.remarks)
    assert runners > 100
    assert compared > 50
