"""Which journal is opened, and what people are told if none can be."""

import subprocess
import sys
from collections.abc import Iterable

import pytest

from ollama_watch.errors import UserError
from ollama_watch.sources import journals
from ollama_watch.sources.bound import AVAILABLE
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.journal import JournalSource
from ollama_watch.sources.journalctl import JournalctlSource
from ollama_watch.sources.journalfiles import access
from ollama_watch.sources.pieces import Piece
from tests.sources.conftest import OLLAMA
from tests.support.journald import Journald

_AS_NOBODY = """
import os
from ollama_watch.errors import UserError
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.journals import open_journal
os.setgroups([]); os.setgid(65534); os.setuid(65534)
for kind in ("unit", "user_unit"):
    try:
        open_journal(SourceConfig(name="o", **{kind: "ollama.service"})).close()
    except UserError as error:
        print(error)
    else:
        print("open")
"""


def test_a_journal_that_may_not_be_read_is_an_error_with_its_remedy(journald: Journald) -> None:
    """It would open without one, as an empty journal."""
    journald.log(b"secret")

    said = journald.run([sys.executable, "-c", _AS_NOBODY]).stdout
    once = (
        "may not read the journal in /run/log/journal, /var/log/journal\n"
        "hint: sudo usermod -aG systemd-journal $USER, then log in again\n"
    )
    assert said == once * 2


def test_one_s_own_user_journal_is_no_way_to_the_system_s(journald: Journald) -> None:
    journald.log(b"secret")
    folder = "/run/log/journal/0123456789abcdef0123456789abcdef"
    journald.run(
        ["sh", "-c", f"cp {folder}/system.journal {folder}/user-65534.journal; chmod -R a+rX {folder}"]
    )
    journald.run(["chmod", "640", f"{folder}/system.journal"])

    said = journald.run([sys.executable, "-c", _AS_NOBODY]).stdout.splitlines()
    assert (said[0].split(" in ")[0], said[-1]) == ("may not read the journal", "open")


def test_the_binding_is_taken_where_it_can_be_imported(
    journald: Journald, monkeypatch: pytest.MonkeyPatch
) -> None:
    def kind() -> str:
        source = journald.inside(lambda: journals.open_journal(OLLAMA))
        source.close()
        return type(source).__name__

    assert kind() == (JournalSource.__name__ if AVAILABLE else JournalctlSource.__name__)
    monkeypatch.setattr(journals, "AVAILABLE", False)
    assert kind() == JournalctlSource.__name__


def test_without_the_binding_it_can_still_be_imported() -> None:
    script = (
        "import sys; sys.modules['systemd'] = None\n"
        "from ollama_watch.sources.bound import AVAILABLE; print(AVAILABLE)"
    )

    assert subprocess.check_output([sys.executable, "-c", script], text=True) == "False\n"


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # there is a thread, see `inside`
def test_all_lines_of_a_unit_come_once(journald: Journald, child: bool) -> None:  # noqa: FBT001  # a fixture
    lines = [b'level=INFO msg="server config" env=x', b"one"] * 3000
    journald.log(*lines)
    journald.log(b"other", unit="other.service")

    def all_of(unit: str) -> list[bytes]:
        return journald.inside(lambda: _texts(journals.journal_pieces(unit, child=child)))

    assert all_of("ollama.service") == all_of("ollama") == lines
    assert all_of("nobody.service") == []


def _texts(pieces: Iterable[Piece]) -> list[bytes]:
    return [text for piece in pieces for text in piece.read(0, piece.length).splitlines()]


def test_a_machine_without_a_journal_has_no_lines(child: bool) -> None:  # noqa: FBT001  # a fixture
    with Journald(start=False) as journald, pytest.raises(UserError, match="there is no journal yet"):
        journald.inside(lambda: list(journals.journal_pieces(child=child)))


def test_another_namespace_is_another_journal(journald: Journald) -> None:
    quiet = SourceConfig(name="o", unit="ollama.service", namespace="quiet")
    journald.log(b"elsewhere")

    assert journald.inside(lambda: access(OLLAMA)) == "readable"
    assert journald.inside(lambda: access(quiet)) == "none"
