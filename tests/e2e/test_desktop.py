"""The daemon inside a desktop session, with a real notification server."""

from pathlib import Path

from tests.support.daemon import append, daemon
from tests.support.desktop import Desktop
from tests.support.logs import DIGEST, START, launch
from tests.support.wait import until

NAME = f"sha256:{DIGEST[:12]}"


def test_a_pop_up_comes_and_is_withdrawn_when_it_is_mended(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *START)

    with Desktop() as desktop, daemon(["--file", str(log)], environ=desktop.environ) as running:
        append(log, launch(ctx_size=8192, parallel=4, started=True))
        (shown,) = until(desktop.shown)
        assert shown.title == f"{NAME} runs with 2048 tokens"
        assert "8192" in shown.body

        append(log, launch(ctx_size=32768, parallel=1, port=40002, started=True))
        until(lambda: desktop.titles() == [f"{NAME} has 32768 tokens now"])
        until(lambda: running.metric('ollama_watch_notifications_total{outcome="sent",sink="desktop"}') == 2)
