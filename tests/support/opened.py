"""A status page that is kept up to date."""

from tests.support.browser import Browser, Page
from tests.support.daemon import Daemon
from tests.support.wait import until


def opened(browser: Browser, running: Daemon, width: int = 1280, *, dark: bool = False) -> Page:
    """Open the status page of a daemon, and wait until it is kept up to date."""
    page = browser.open(f"{running.url}/", width=width, dark=dark)
    until(lambda: page.text("#link") == "Live")
    return page
