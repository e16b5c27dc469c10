"""A sink that cannot work here: the daemon starts, says what mends it, and the others tell of it."""

from pathlib import Path

from tests.support.daemon import append, daemon
from tests.support.logs import START, launch
from tests.support.receiver import receiver
from tests.support.wait import until

DESKTOP = "sink desktop: "  # no bus, or one that is not ours
COMMAND = "sink command: /home/nobody/on-alert cannot be run"


def test_all_other_sinks_tell_of_those_that_cannot_work(tmp_path: Path) -> None:
    """As where the README's `sinks: {log: {}, desktop: {}}` meets a service without a session."""
    config = tmp_path / "config.yaml"
    append(tmp_path / "server.log", *START, launch(ctx_size=8192, parallel=4, started=True))
    with receiver() as far:
        sinks = f"log: {{}}, desktop: {{}}, webhook: {{url: '{far.url}'}}"
        config.write_text(f"sinks: {{{sinks}, command: {{run: [/home/nobody/on-alert]}}}}\n")
        arguments = ["--config", str(config), "--file", str(tmp_path / "server.log")]
        with daemon([*arguments, "--state", str(tmp_path / "state")]) as running:
            until(lambda: len(far.got) == 3)

            told = sorted(message["commonLabels"]["rule"] for message in far.got)
            assert told == ["context-small", "sink-failing", "sink-failing"]
            assert DESKTOP in running.said
            assert COMMAND in running.said
            failed = 'ollama_watch_notifications_total{outcome="failed",sink="command"}'
            until(lambda: running.metric(failed))
            assert "Traceback" not in running.said
