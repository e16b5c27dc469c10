"""Write pictures of the pop-ups as a real notification server draws them.

    python -m tests.pictures.desktop DIRECTORY

Needs the packages dunst, xvfb, dbus and imagemagick, and jeepney.
"""

import os
import sys
from pathlib import Path

from ollama_watch.alerts.alert import Alert
from ollama_watch.sinks import desktop as sink
from tests.support import made_alerts as made
from tests.support.desktop import Desktop

_PICTURES: dict[str, tuple[Alert, ...]] = {
    "reverted": (made.reverted(),),
    "small": (made.small(),),
    "truncated": (made.truncated(),),
    "at-default": tuple(made.at_default(name) for name in ("llama3.2:3b", "gemma3:4b", "qwen3:8b")),
    "all": (made.reverted(), made.small("deepseek-r1:14b"), made.truncated(), made.at_default()),
}


def main(directory: Path) -> None:
    """Write a PNG a picture; a desktop of its own for each."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, alerts in _PICTURES.items():
        with Desktop(size="800x1000") as desktop:
            os.environ["DBUS_SESSION_BUS_ADDRESS"] = desktop.bus
            pop_ups = sink.Desktop()
            for alert in alerts:
                pop_ups.deliver(alert, quiet=False)
            shown = 1 if name == "at-default" else len(alerts)
            desktop.picture(directory / f"desktop-{name}.png", pop_ups=shown)
            pop_ups.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
