"""What another alert speaks for is quiet in Alertmanager too, by the rules that we ship for it."""

import re
from pathlib import Path

import yaml

from ollama_watch.sinks.labels import alertname
from ollama_watch.verify.rulefile import load_rules
from ollama_watch.verify.shipped import shipped_rules
from tests.packaging.rulefiles import PACKAGING
from tests.support.alertmanager import Alertmanager, alertmanager
from tests.support.daemon import Daemon, append, daemon
from tests.support.journald import Journald
from tests.support.logs import START, launch
from tests.support.receiver import receiver
from tests.support.wait import until

RULES = (PACKAGING / "alertmanager/inhibit_rules.yml").read_text()
SMALL = launch(ctx_size=8192, parallel=4, started=True)
_KILLED = {"MESSAGE": b"ollama.service: Failed with result 'oom-kill'.", "UNIT": b"ollama.service"}
_EXITED = b"d9b373ed55a64feb8242e02dbe79a49c"  # MESSAGE_ID of a unit that failed


def _lines(*texts: str) -> list[bytes]:
    return [line.encode() for text in texts for line in text.split("\n")]


def agree(running: Daemon, server: Alertmanager, *rules: str) -> bool:
    """Tell whether amtool shows exactly these, and we as well, but for what is no news for it."""
    theirs = sorted(one["labels"]["rule"] for one in server.amtool())
    ours = sorted(one["rule"] for one in running.alerts if one["severity"] != "info")
    return theirs == ours == sorted(rules)


def configured(folder: Path, url: str) -> list[str]:
    config = folder / "config.yaml"
    config.write_text(
        f"sinks: {{log: {{}}, alertmanager: {{url: '{url}', resend: 100ms, ends_after: 5s}}}}\n"
    )
    return ["--config", str(config), "--state", str(folder / "state")]


def test_a_server_that_is_down_speaks_for_its_models_and_nobody_reads_that_they_are_mended(
    tmp_path: Path,
) -> None:
    with Journald() as journald, receiver() as hook, alertmanager(tmp_path, hook.url, RULES) as server:
        journald.log(*_lines(*START, SMALL))
        arguments = [*configured(tmp_path, server.url), "--journal", "ollama"]
        with daemon(arguments, prefix=journald.command([])) as running:
            until(lambda: agree(running, server, "context-small"))
            journald.say(MESSAGE_ID=_EXITED, **_KILLED)
            until(lambda: agree(running, server, "server-down"), seconds=20)

            journald.log(*_lines(*START))
            until(lambda: agree(running, server, "context-small"))
            told = [(one["status"], one["labels"]["rule"]) for body in hook.got for one in body["alerts"]]
            assert ("resolved", "context-small") not in told


def test_thrashing_speaks_for_the_contexts_of_its_model_alone(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    other = launch(ctx_size=8192, parallel=4, started=True, digest="cd" * 32, port=40009)
    append(log, *START, other)
    changes = [launch(ctx_size=size, parallel=1, started=True) for size in (4096, 2048, 1024)]
    arguments = ["--file", str(log)]
    with (
        alertmanager(tmp_path, more=RULES) as server,
        daemon([*configured(tmp_path, server.url), *arguments]) as running,
    ):
        append(log, SMALL, *changes)
        until(lambda: running.firing("thrashing"))

        until(lambda: agree(running, server, "context-small", "thrashing"))
        (small,) = (one for one in server.amtool() if one["labels"]["rule"] == "context-small")
        assert small["labels"]["model"] == "sha256:cdcdcdcdcdcd"


def test_whatever_is_about_a_context_alone_is_quiet_there_while_thrashing_fires() -> None:
    (matcher,) = next(one["target_matchers"] for one in yaml.safe_load(RULES)["inhibit_rules"][1:])
    names = re.compile(matcher.removeprefix('alertname=~"').removesuffix('"'))
    about = {rule.id: {one.fact for one in rule.expect} for rule in load_rules(shipped_rules(), [])}

    contexts = {name for name, facts in about.items() if facts and facts <= {"ctx_size", "ctx_per_slot"}}
    assert {name for name in about if names.fullmatch(alertname(name))} >= contexts > {"context-small"}
