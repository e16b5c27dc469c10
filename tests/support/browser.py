"""A real Chromium without a window, driven by its own DevTools protocol over a pipe.

    with Browser() as browser:
        with browser.open("http://127.0.0.1:10434/", width=390, dark=True) as page:
            page.evaluate("document.title")

The protocol: https://chromedevtools.github.io/devtools-protocol/
"""

import base64
import json
import os
import subprocess
import tempfile
from collections import deque
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.support.need import need
from tests.support.wait import until

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
# The protocol is spoken at the descriptors 3 and 4.
_START = 'exec "${@:3}" 3<&"$1" 4>&"$2"'
_MARGIN = 24  # px, below what a picture ends with
_KEYS = {"Tab": 9, "Enter": 13, "Space": 32}

Message = dict[str, Any]


class Browser:
    """One Chromium with an empty profile."""

    def __init__(self) -> None:
        chromium, bash = need("chromium", package="chromium"), need("bash", package="bash")
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        command = [chromium, *_FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"]
        self._process = subprocess.Popen(
            [bash, "-c", _START, "bash", str(theirs_in), str(theirs_out), *command],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._number = 0
        self._held = bytearray()
        self._events: deque[Message] = deque()

    def open(
        self, url: str, *, width: int = 1280, height: int = 900, dark: bool = False, script: bool = True
    ) -> "Page":
        """Open a page in a window of its own, and wait until it is loaded."""
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        page = Page(self, target, session, url)
        page.prepare(width, height, dark=dark, script=script)
        return page

    def call(self, method: str, session: str | None = None, **parameters: Any) -> Message:
        """Call a method of the protocol; return its result."""
        self._number += 1
        asked: Message = {"id": self._number, "method": method, "params": parameters}
        if session:
            asked["sessionId"] = session
        os.write(self._to, json.dumps(asked).encode() + b"\0")
        while (answer := self._read()).get("id") != self._number:
            self._events.append(answer)
        assert "error" not in answer, f"{method}: {answer['error']}"
        result: Message = answer["result"]
        return result

    def events(self, session: str) -> list[Message]:
        """Return what has happened to a page since it was last asked."""
        mine = [one for one in self._events if one.get("sessionId") == session]
        self._events = deque(one for one in self._events if one.get("sessionId") != session)
        return mine

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        os.close(self._to)
        os.close(self._from)
        self._profile.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _read(self) -> Message:
        """Return the next message; each ends with a null byte."""
        while (end := self._held.find(b"\0")) < 0:
            block = os.read(self._from, 1 << 16)
            assert block, "Chromium has ended"
            self._held += block
        message: Message = json.loads(self._held[:end])
        del self._held[: end + 1]
        return message


class Page:
    """One page; all that it asked for and complained of is remembered."""

    def __init__(self, browser: Browser, target: str, session: str, url: str) -> None:
        self._browser, self._target, self._session, self._url = browser, target, session, url
        self._requests: list[str] = []
        self._complaints: list[str] = []

    def prepare(self, width: int, height: int, *, dark: bool, script: bool) -> None:
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.resize(width, height, dark=dark)
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        self.load(self._url)

    def resize(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])

    def close(self) -> None:
        """Close it; its stream ends too."""
        self._browser.call("Target.closeTarget", targetId=self._target)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def load(self, url: str) -> None:
        self.call("Page.navigate", url=url)
        until(
            lambda: (
                self.evaluate("document.readyState") == "complete"
                and self.evaluate("location.href") != "about:blank"
            )
        )

    def call(self, method: str, **parameters: Any) -> Message:
        return self._browser.call(method, self._session, **parameters)

    def evaluate(self, script: str) -> Any:
        """Return the value of an expression; a promise is waited for."""
        answer = self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def text(self, selector: str) -> str:
        """Return what can be read at a place; empty if there is none."""
        return str(self.evaluate(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def press(self, key: str) -> None:
        """Press a key as a person does."""
        text = {"text": "\r"} if key == "Enter" else {"text": " "} if key == "Space" else {}
        name = " " if key == "Space" else key
        for kind in ("keyDown", "keyUp"):
            given = text if kind == "keyDown" else {}
            code = _KEYS[key]
            self.call(
                "Input.dispatchKeyEvent", type=kind, key=name, code=key, windowsVirtualKeyCode=code, **given
            )

    def picture(self, path: Path, end: str = "body") -> None:
        """Write a picture of the page, down to the end of the element `end`."""
        width = self.call("Page.getLayoutMetrics")["cssContentSize"]["width"]
        bottom = self.evaluate(f"document.querySelector({json.dumps(end)}).getBoundingClientRect().bottom")
        clip = {"x": 0, "y": 0, "width": width, "height": bottom + _MARGIN, "scale": 1}
        shot = self.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(shot["data"]))

    @property
    def requests(self) -> list[str]:
        """The URLs of all that it has asked for."""
        self._take_events()
        return self._requests

    @property
    def complaints(self) -> list[str]:
        """What stands in its console: exceptions, violations of its policy, what could not be loaded."""
        self._take_events()
        return self._complaints

    def _take_events(self) -> None:
        self.evaluate("0")  # what has happened until now has been told then
        for event in self._browser.events(self._session):
            given = event["params"]
            match event["method"]:
                case "Network.requestWillBeSent":
                    self._requests.append(given["request"]["url"])
                case "Log.entryAdded":
                    self._complaints.append(f"{given['entry']['text']} {given['entry'].get('url', '')}")
                case "Runtime.exceptionThrown" | "Runtime.consoleAPICalled":
                    self._complaints.append(json.dumps(given))
