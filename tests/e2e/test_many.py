"""Two hundred alerts at once: each told once, the gravest first, each ended; a kill repeats one at most."""

import hashlib
import os
import signal
from itertools import product
from pathlib import Path

from tests.support.alertmanager import alertmanager
from tests.support.daemon import append, configured, daemon
from tests.support.logs import START, launch
from tests.support.receiver import Receiver
from tests.support.wait import until

_MANY = 200
_DIGESTS = [hashlib.sha256(bytes([number])).hexdigest() for number in range(_MANY)]
_PATIENCE = 60.0  # s for what takes three


def launches(ctx_size: int, parallel: int) -> list[str]:
    return [
        launch(ctx_size=ctx_size, parallel=parallel, started=True, digest=digest, port=20000 + number)
        for number, digest in enumerate(_DIGESTS)
    ]


def test_all_are_told_once_and_end(tmp_path: Path, far: Receiver) -> None:
    log = tmp_path / "server.log"
    append(log, *START)
    with alertmanager(tmp_path) as server:
        sinks = f"webhook: {{url: '{far.url}'}}", f"alertmanager: {{url: '{server.url}'}}"
        with daemon(configured(tmp_path, *sinks)) as running:
            append(log, *launches(8192, 4))
            until(lambda: len(far.got) >= _MANY and len(server.alerts()) == _MANY, _PATIENCE)
            ids = {one["id"] for one in running.firing("context-small")}
            append(log, *launches(32768, 1))
            until(lambda: len(far.got) >= 2 * _MANY and not server.alerts(), _PATIENCE)

            assert len(ids) == _MANY
            assert sorted(far.told) == sorted(product(("firing", "resolved"), ids))
            assert running.said.count("warning context-small") == _MANY
            assert running.said.count("fixed: context-small") == _MANY
            settled = tmp_path / "state/settled"
            until(lambda: settled.stat().st_size == 0)  # the checkpoint knows all of it


def test_a_kill_in_the_midst_repeats_one_at_most_and_loses_none(tmp_path: Path, far: Receiver) -> None:
    append(tmp_path / "server.log", *START)
    arguments = configured(tmp_path, f"webhook: {{url: '{far.url}'}}")
    with daemon(arguments) as first:
        append(tmp_path / "server.log", *launches(8192, 4))
        until(lambda: len(far.got) > _MANY // 4, _PATIENCE)
        os.kill(first.process.pid, signal.SIGKILL)
        first.process.wait()
    before = len(far.got)

    with daemon(arguments):
        until(lambda: len(set(far.told)) == _MANY, _PATIENCE)

    assert before < _MANY
    assert len(far.told) <= _MANY + 1
