"""The recipes for `command`. ntfy's and apprise's are run against a receiver; osascript is stood in for.

How apprise is called is seen without it too.
"""

import shutil
import stat
from pathlib import Path

import pytest

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.notice import Notice
from ollama_watch.app.config import load_config
from ollama_watch.serve.status import described
from ollama_watch.sinks.command import Command
from ollama_watch.sinks.sink import Undelivered
from tests.support import made_alerts as made
from tests.support.need import need
from tests.support.receiver import receiver

RECIPES = Path(__file__).parents[2] / "packaging/recipes"
HOSTILE = '"; do shell script "reboot" --\x00\x1b[31m<b>'


@pytest.fixture(name="told")
def _told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put programs of the services' names in the way that write down what they are told."""
    told = tmp_path / "told"
    for name in ("apprise", "osascript"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\nfor word; do printf '%s\\0' \"$word\"; done >{told}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{tmp_path}:{Path(shutil.which('python3') or '').parent}:/usr/bin:/bin")
    return told


def tell(alert: Alert, name: str, *words: str) -> None:
    sink = Command("command", [str(RECIPES / name), *words], describe=described)
    sink.tell(Notice(alert, "end" if alert.state == "resolved" else "begin"))


def words(told: Path) -> list[str]:
    return told.read_text().split("\0")[:-1]


def test_apprise_gets_title_body_and_its_own_arguments(told: Path) -> None:
    tell(made.reverted(), "tell-apprise", "--config=/etc/apprise.yaml")

    title, body = "critical: context-reverted", made.reverted().finding.message
    assert words(told) == ["--title", title, "--body", body, "--config=/etc/apprise.yaml"]
    for how in ("fixed", "excused"):
        tell(made.over(made.reverted(), how), "tell-apprise")
        assert words(told)[1] == f"{how}: context-reverted"


def test_the_real_apprise_delivers_it() -> None:
    need("apprise", package="apprise")
    with receiver() as far:
        tell(made.small(HOSTILE), "tell-apprise", f"json://127.0.0.1:{far.port}/")
        (got,) = far.got
        far.status = 500
        with pytest.raises(Undelivered, match="ended with status 1"):
            tell(made.small(), "tell-apprise", f"json://127.0.0.1:{far.port}/")

    assert got["title"] == "warning: context-small"
    assert "reboot" in got["message"]
    assert got["message"].isprintable()


def test_a_mac_gets_text_as_arguments_and_never_as_a_script(told: Path) -> None:
    tell(made.small(HOSTILE), "tell-mac")

    option, script, text, title = words(told)
    assert (option, title) == ("-e", "Ollama: context-small (begin)")
    assert "reboot" not in script
    assert text.isprintable()
    assert "reboot" in text
    tell(made.over(made.small(), "accepted"), "tell-mac")
    assert words(told)[3] == "Ollama: context-small (accepted)"


def test_ntfy_gets_json() -> None:
    with receiver() as far:
        tell(made.small(HOSTILE), "tell-ntfy", far.url, "my-topic")
        (got,) = far.got
        far.status = 500
        with pytest.raises(Undelivered, match="ended with status 1"):
            tell(made.small(), "tell-ntfy", far.url, "my-topic")

    assert got == {
        "topic": "my-topic",
        "title": "warning: context-small",
        "message": made.small(HOSTILE).finding.message,
        "tags": ["llama"],
    }


def test_the_configuration_of_the_recipes_is_accepted_and_names_them_all(tmp_path: Path) -> None:
    text = (RECIPES / "README.md").read_text().split("```yaml\n")[1].split("```")[0]
    (tmp_path / "config.yaml").write_text(text)
    sinks = load_config(tmp_path / "config.yaml").sinks or ()

    named = " ".join(word for sink in sinks for word in sink.run)
    scripts = {path.name for path in RECIPES.iterdir()} - {"README.md"}
    assert scripts == {"tell-apprise", "tell-ntfy", "tell-mac"}
    assert all(name in named for name in scripts)
