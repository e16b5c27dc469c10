"""Write a picture of the status page: a real daemon reads a log with one trouble, Chromium shows it.

    python -m tests.pictures.page DIRECTORY

Needs the package chromium.
"""

import sys
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path

from tests.support import troubled
from tests.support.browser import Browser
from tests.support.daemon import Daemon, daemon
from tests.support.wait import until

_WIDTH = 1000  # px


def main(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, Browser() as browser, _evening(Path(name)) as running:
        until(lambda: running.get("/-/ready")[0] == 200 and running.firing("context-reverted"))
        with browser.open(f"{running.url}/", width=_WIDTH) as page:
            until(lambda: page.text("#link") == "Live")
            page.picture(directory / "status-page.png", end="#runs")


def _evening(folder: Path) -> AbstractContextManager[Daemon]:
    return daemon(troubled.arguments(folder, troubled.evening()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
