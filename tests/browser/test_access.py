"""The status page is for everybody: by eye, ear, keyboard and on a phone, however much stands on it."""

import pytest

from tests.support.axe import axe, barriers
from tests.support.browser import Browser
from tests.support.daemon import Daemon
from tests.support.opened import opened

_FOCUSED = "document.activeElement.id"
_PRESSED = ("button", "DisclosureTriangle")  # as Chromium calls their roles


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("state", ["day", "empty", "unwritten", "blind", "crowd"])
def test_nobody_is_kept_out(browser: Browser, state: str, width: int, request: pytest.FixtureRequest) -> None:
    script, running = axe(), request.getfixturevalue(state)
    with opened(browser, running, width) as page:
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        for dark in (False, True):
            page.resize(width, dark=dark)
            assert barriers(page, script) == [], f"dark: {dark}"

        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.complaints == []


@pytest.mark.parametrize("state", ["day", "crowd"])
def test_what_can_be_pressed_has_a_name_of_its_own(
    browser: Browser, state: str, request: pytest.FixtureRequest
) -> None:
    with opened(browser, request.getfixturevalue(state)) as page:
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
        page.call("Accessibility.enable")
        nodes = page.call("Accessibility.getFullAXTree")["nodes"]
        names = [one["name"]["value"] for one in nodes if one.get("role", {}).get("value") in _PRESSED]

    assert len(names) > 20
    assert len(set(names)) == len(names)
    assert {name.split()[0] for name in names} >= {"Copy", "Who", "Why,", "1"}


def test_forty_models_are_a_page_that_one_finds_ones_way_on(browser: Browser, crowd: Daemon) -> None:
    with opened(browser, crowd, 390) as page:
        assert page.evaluate("document.documentElement.scrollHeight") < 12_000  # px
        assert page.evaluate("document.getElementById('contents').getBoundingClientRect().bottom") < 500
        page.evaluate("document.getElementById('to-runs').focus()")
        page.press("Enter")

        assert page.evaluate("location.hash") == "#runs-title"
        assert 0 <= page.evaluate("document.getElementById('runs').getBoundingClientRect().top") < 100
        line = page.evaluate("document.querySelector('#runs summary').id")
        assert page.text(f"#{line}").split() == ["model00:7b", "4096", "tokens", "·", "✗", "below", "32768"]
        page.evaluate(f"document.getElementById('{line}').click()")
        assert "layers on GPU" in page.text("#runs")


def test_the_keyboard_comes_by_everything_in_order(browser: Browser, day: Daemon) -> None:
    with opened(browser, day) as page:
        page.call("Page.bringToFront")
        places = []
        for _ in range(10):
            page.press("Tab")
            places.append(
                page.evaluate("document.activeElement.className || document.activeElement.localName")
            )
        assert places == ["skip", *["a"] * 5, *["copy"] * 3, "summary"]  # edit, write, restart
        width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert width == "3px"
        page.evaluate("document.querySelector('.skip').focus()")
        page.press("Enter")

        assert page.evaluate(_FOCUSED) == "headline-title"
