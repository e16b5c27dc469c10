"""Write a picture of the status page: a real daemon reads a day with troubles, Chromium shows the beginning.

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

_WIDTH, _HEIGHT = 1000, 980


def main(directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name, Browser() as browser, _day(Path(name)) as running:
        until(lambda: running.get("/-/ready")[0] == 200 and running.firing("prompt-truncated"))
        with browser.open(f"{running.url}/", width=_WIDTH, height=_HEIGHT) as page:
            until(lambda: page.text("#link") == "Live")
            page.picture(directory / "status-page.png", height=_HEIGHT)


def _day(folder: Path) -> AbstractContextManager[Daemon]:
    return daemon(troubled.arguments(folder, troubled.day()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
