"""Alertmanager is stopped and started again: in which state it ends, and when.

    python -m tests.outage [--seconds 120]

With the default intervals (resend 1m, ends_after 4m). Meanwhile one of two alerts is mended and a third
begins. Prints when it shows what since it is up again; exits 1 if that is not the right state within two
minutes and a half, or if people were told something else than they should.
"""

import argparse
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.support.alertmanager import Alertmanager, alertmanager
from tests.support.daemon import append, daemon
from tests.support.logs import START, launch
from tests.support.receiver import Receiver, receiver
from tests.support.wait import until

_KEPT, _MENDED, _NEW = (f"{digit}" * 64 for digit in "abc")  # digests
_BACK = 150.0  # s: the longest delay between two tries is 120 s and half as long again, a resend 60 s
_BEGIN = 0.5  # s between two looks


def _small(digest: str, port: int) -> str:
    return launch(ctx_size=8192, parallel=4, started=True, digest=digest, port=port)


def _shown(server: Alertmanager) -> str:
    rows = (one["labels"] for one in server.alerts())
    return "".join(sorted(row["model"][-1] for row in rows if row["rule"] == "context-small"))


def _told(hook: Receiver) -> Counter[tuple[str, str]]:
    alerts = (alert for body in hook.got for alert in body["alerts"])
    names = ((alert["status"], alert["labels"]) for alert in alerts)
    return Counter((status, row["model"][-1]) for status, row in names if row["rule"] == "context-small")


def watch(server: Alertmanager, seconds: float) -> bool:
    """Print each state that it shows within `seconds`; return whether the last is the right one."""
    up, last = time.monotonic(), ""
    while time.monotonic() - up < seconds:
        now = _shown(server)
        if now != last:
            print(f"{time.monotonic() - up:6.1f} s after it is up: {now}", flush=True)  # noqa: T201
            last = now
        time.sleep(_BEGIN)
    return last == "ac"


def run(folder: Path, seconds: float) -> bool:
    log, config = folder / "server.log", folder / "config.yaml"
    append(log, *START, _small(_KEPT, 40001), _small(_MENDED, 40002))
    with receiver() as hook, alertmanager(folder, hook.url) as server:
        config.write_text(f"sinks: {{log: {{}}, alertmanager: {{url: '{server.url}'}}}}\n")
        words = ["--config", str(config), "--file", str(log), "--state", str(folder / "state")]
        with daemon(words):
            until(lambda: _shown(server) == "ab" and len(_told(hook)) == 2)
            server.stop()
            mended = launch(ctx_size=32768, parallel=1, started=True, digest=_MENDED, port=40003)
            append(log, mended, _small(_NEW, 40004))
            time.sleep(seconds)
            server.start()
            right = watch(server, _BACK)
            told = _told(hook)
    print("people were told", dict(told))  # noqa: T201
    begins = {("firing", name): 1 for name in "abc"}
    return right and told == Counter({**begins, ("resolved", "b"): 1})


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=120.0)
    with tempfile.TemporaryDirectory() as folder:
        return int(not run(Path(folder), parser.parse_args().seconds))


if __name__ == "__main__":
    sys.exit(main())
