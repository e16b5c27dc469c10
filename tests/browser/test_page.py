"""The status page in a real Chromium: for everybody, up to date by itself, and asking nobody else."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ollama_watch.app.demo import CODER, server_start, stamped
from tests.support import troubled
from tests.support.axe import axe, barriers
from tests.support.browser import Browser, Page
from tests.support.daemon import Daemon, append, daemon
from tests.support.events import Reader
from tests.support.wait import until

_SPOKEN = "document.getElementById('news').textContent"
_FOCUSED = "document.activeElement.id"
_PLACES = 4  # for streams


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as browser:
        yield browser


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon that has read a day with troubles."""
    folder = tmp_path_factory.mktemp("day")
    with daemon(troubled.arguments(folder, troubled.day())) as running:
        until(lambda: running.get("/-/ready")[0] == 200 and running.firing("prompt-truncated"))
        yield running


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "server.log"


@pytest.fixture
def live(log: Path) -> Iterator[Daemon]:
    """A daemon whose log goes on: a model that runs well by now."""
    lines = [*stamped(server_start(32768), 0), *troubled.loaded(CODER, 32768)]
    with daemon(troubled.arguments(log.parent, lines)) as running:
        until(lambda: running.json("/api/v1/status")["runners"])
        yield running


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon whose log is not there yet."""
    log = tmp_path_factory.mktemp("empty") / "none.log"
    with daemon(["--file", str(log), "--sink", "log"]) as running:
        yield running


def opened(browser: Browser, running: Daemon, width: int = 1280, *, dark: bool = False) -> Page:
    page = browser.open(f"{running.url}/", width=width, dark=dark)
    until(lambda: page.text("#link") == "Live")
    return page


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("state", ["day", "empty"])
def test_nobody_is_kept_out(browser: Browser, state: str, width: int, request: pytest.FixtureRequest) -> None:
    script, running = axe(), request.getfixturevalue(state)
    with opened(browser, running, width) as page:
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        for dark in (False, True):
            page.resize(width, dark=dark)
            assert barriers(page, script) == [], f"dark: {dark}"

        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.complaints == []


def test_a_log_that_is_not_there_yet_is_not_called_well(browser: Browser, empty: Daemon) -> None:
    with opened(browser, empty) as page:
        assert page.text("h1") == "Nothing to read yet"
        assert "No such file" in page.text("#headline")


def test_nobody_else_is_asked(browser: Browser, day: Daemon) -> None:
    with opened(browser, day) as page:
        asked = {urlsplit(url) for url in page.requests}

    assert {one.netloc for one in asked} == {urlsplit(day.url).netloc}
    assert {one.path for one in asked} <= {"/", "/page.css", "/page.js", "/icon.svg", "/api/v1/alerts/stream"}


def test_a_script_of_somebody_elses_does_not_run(browser: Browser, day: Daemon) -> None:
    with opened(browser, day) as page:
        page.evaluate(
            "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hit = 1\">')"
        )
        until(lambda: any("Content Security Policy" in one for one in page.complaints))

        assert page.evaluate("window.hit") is None


def test_all_of_it_is_there_without_a_script(browser: Browser, day: Daemon) -> None:
    with browser.open(f"{day.url}/", script=False) as page:
        text = page.text("body")

    assert "qwen2.5-coder:7b runs with 4096 tokens" in text
    assert "as of when it was loaded" in text
    assert "Copy" not in text


def test_what_is_to_be_typed_is_copied(browser: Browser, day: Daemon) -> None:
    browser.call("Browser.grantPermissions", permissions=["clipboardReadWrite", "clipboardSanitizedWrite"])
    with opened(browser, day) as page:
        page.call("Page.bringToFront")
        codes = page.evaluate("[...document.querySelectorAll('.alert code[id]')].map((one) => one.id)")
        page.evaluate(f"document.getElementById('{codes[1]}-copy').focus()")
        page.press("Enter")

        until(lambda: page.text(f"#{codes[1]}-copy") == "Copied")
        assert page.evaluate(_SPOKEN) == "Copied."
        copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == '[Service]\nEnvironment="OLLAMA_CONTEXT_LENGTH=32768"'


def test_it_is_copied_where_a_browser_has_no_clipboard_for_us(browser: Browser, day: Daemon) -> None:
    with opened(browser, day) as page:
        page.call("Page.bringToFront")
        page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('not secure')); 0")
        page.evaluate("document.querySelector('.alert .copy').focus()")
        page.press("Space")

        until(lambda: page.evaluate(_SPOKEN) == "Copied.")
        assert page.evaluate("getSelection().toString()") == "sudo systemctl edit ollama"


def test_an_alert_comes_and_goes_while_one_looks(browser: Browser, live: Daemon, log: Path) -> None:
    with opened(browser, live) as page:
        assert page.text("h1") == "Nothing is wrong"
        page.evaluate("window.same = 1; document.querySelector('details').open = true; 0")
        append(log, *troubled.loaded(CODER, 4096))

        until(lambda: "runs with 4096 tokens" in page.text("#wrong"))
        assert "New: qwen2.5-coder:7b runs with 4096 tokens" in page.evaluate(_SPOKEN)
        assert page.evaluate("document.title").startswith("1 warning")
        append(log, *troubled.loaded(CODER, 32768))

        until(lambda: "runs with 4096 tokens" not in page.text("#wrong"))
        assert "Over: qwen2.5-coder:7b" in page.evaluate(_SPOKEN)
        assert page.text("h1") == "Nothing is wrong"
        assert page.evaluate("window.same") == 1  # it was not loaded anew
        assert page.complaints == []


def test_who_is_at_a_place_stays_there(browser: Browser, live: Daemon, log: Path) -> None:
    with opened(browser, live) as page:
        summary = page.evaluate("document.querySelector('#runs summary').id")
        page.evaluate(f"document.getElementById('{summary}').focus()")
        page.press("Enter")
        assert page.evaluate(f"document.getElementById('{summary}').parentNode.open") is True
        append(log, *troubled.loaded(CODER, 4096))
        until(lambda: "runs with 4096" in page.text("#wrong") and "4096 tokens for" in page.text("#runs"))

        assert page.evaluate(_FOCUSED) == summary
        assert page.evaluate(f"document.getElementById('{summary}').parentNode.open") is True
        page.evaluate("document.querySelector('.alert .copy').focus()")
        append(log, *troubled.loaded(CODER, 32768))
        until(lambda: not page.text(".alert"))

        assert page.evaluate(_FOCUSED) == "wrong-title"  # its button is gone


def test_a_runner_without_an_alert_is_seen_too(browser: Browser, live: Daemon, log: Path) -> None:
    with opened(browser, live) as page:
        append(log, *troubled.loaded(troubled.GEMMA, 32768))

        until(lambda: "gemma3:4b" in page.text("#runs"))


def test_the_keyboard_comes_by_everything_in_order(browser: Browser, day: Daemon) -> None:
    with opened(browser, day) as page:
        page.call("Page.bringToFront")
        places = []
        for _ in range(5):
            page.press("Tab")
            places.append(
                page.evaluate("document.activeElement.className || document.activeElement.localName")
            )
        assert places == ["skip", "copy", "copy", "copy", "summary"]  # edit, write, restart
        width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert width == "3px"
        page.evaluate("document.querySelector('.skip').focus()")
        page.press("Enter")

        assert page.evaluate(_FOCUSED) == "headline-title"


def test_it_says_that_the_connection_is_lost(browser: Browser, live: Daemon) -> None:
    with opened(browser, live) as page:
        live.process.terminate()
        live.process.wait(10)

        until(lambda: page.text("#link") == "Connection lost, trying again")
        assert page.text("h1") == "Nothing is wrong"  # what was known


def test_a_page_without_a_place_looks_by_itself_until_one_is_free(
    browser: Browser, live: Daemon, log: Path
) -> None:
    with ExitStack() as held:
        for _ in range(_PLACES):
            held.enter_context(Reader(live.url)).next()
        page = browser.open(f"{live.url}/")
        until(lambda: page.text("#link") == "Looks every 5 s")
        append(log, *troubled.loaded(CODER, 4096))
        until(lambda: "runs with 4096 tokens" in page.text("#wrong"))
    until(lambda: page.text("#link") == "Live", 20)
    page.close()


def test_a_page_that_nobody_sees_gives_its_place_to_others(browser: Browser, live: Daemon) -> None:
    pages = [opened(browser, live) for _ in range(_PLACES + 1)]  # each hides the one before
    for page in pages:
        page.close()
