"""A source in many files that come and go, as below /var/log/pods."""

from pathlib import Path

from tests.support.daemon import append, daemon
from tests.support.logs import START, launch
from tests.support.wait import until


def _cri(*lines: str) -> list[str]:
    return [f"2026-01-01T00:00:00.1Z stderr F {line}" for text in lines for line in text.split("\n")]


def test_each_file_is_a_server_of_its_own_and_they_come_and_go(tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(f"sources: [{{name: pods, file: {{path: '{tmp_path}/*/0.log'}}}}]\n")
    one, two = tmp_path / "pod-a" / "0.log", tmp_path / "pod-b" / "0.log"
    one.parent.mkdir()
    append(one, *_cri(*START, launch(ctx_size=8192, parallel=4, started=True)))

    with daemon(["--config", str(config)]) as running:
        (first,) = until(lambda: running.firing("context-small"))
        assert (first["source"], first["actual"]) == ("pods", 2048)

        two.parent.mkdir()
        append(two, *_cri(*START, launch(ctx_size=32768, parallel=1, started=True)))
        until(lambda: len(running.json("/api/v1/status")["runners"]) == 2)
        assert len(running.firing("context-small")) == 1  # the other pod's model mends nothing of this one's

        one.unlink()
        until(lambda: len(running.json("/api/v1/status")["runners"]) == 1)
        assert running.firing("context-small") == []
        assert running.metric('ollama_watch_source_up{source="pods"}') == 1


def test_a_restart_goes_on_in_each_of_them(tmp_path: Path) -> None:
    config, state = tmp_path / "config.yaml", str(tmp_path / "state")
    config.write_text(f"sources: [{{name: pods, file: {{path: '{tmp_path}/*.log'}}}}]\n")
    for name, digest in (("a.log", "5b" * 32), ("b.log", "cd" * 32)):
        append(tmp_path / name, *START, launch(ctx_size=8192, parallel=4, started=True, digest=digest))
    arguments = ["--config", str(config), "--state", state]
    with daemon(arguments) as first:
        until(lambda: first.said.count("warning context-small") == 2)
        before = {alert["id"] for alert in first.firing("context-small")}

    with daemon(arguments) as second:
        until(lambda: second.get("/-/ready")[0] == 200 and len(second.firing("context-small")) == 2)
        assert {alert["id"] for alert in second.firing("context-small")} == before
        lines = [source["lines"] for source in second.json("/api/v1/status")["sources"]]

        assert lines == [0, 0]
        assert "warning context-small" not in second.said
