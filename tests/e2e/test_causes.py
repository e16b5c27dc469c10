"""A cause that is learnt late, by the access line of the request, is in the alert as soon as it is there."""

from datetime import UTC, datetime
from pathlib import Path

from tests.support.daemon import append, daemon
from tests.support.logs import START, launch
from tests.support.wait import until


def _access(path: str) -> str:
    now = datetime.now(UTC).strftime("%Y/%m/%d - %H:%M:%S")
    return f'[GIN] {now} | 200 |  5.5s |       10.0.0.7 | POST     "{path}"'


def test_the_request_is_named_when_its_answer_is_complete(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    append(log, *START)

    with daemon(["--file", str(log), "--sink", "log"]) as running:
        until(lambda: running.get("/-/ready")[0] == 200)
        append(log, launch(ctx_size=8192, parallel=4, started=True))
        (before,) = until(lambda: running.firing("context-small"))
        assert not any("/v1/" in cause["text"] for cause in before["causes"])

        until(lambda: "context-small" in running.said)

        append(log, _access("/v1/chat/completions"))
        (after,) = until(
            lambda: [
                one
                for one in running.firing("context-small")
                if any("/v1/chat/completions, which cannot carry num_ctx" in c["text"] for c in one["causes"])
            ]
        )
        (runner,) = running.json("/api/v1/status")["runners"]

        assert after["id"] == before["id"]
        assert runner["request"]["client"] == "10.0.0.7"
        assert running.said.count("context-small") == 1  # the log is not told again
