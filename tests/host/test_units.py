"""What `systemctl show` prints, read; and machines without one."""

import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from ollama_watch.host.quoting import words
from ollama_watch.host.units import Unit, unit


@pytest.mark.parametrize(
    ("shown", "found"),
    [
        ("", []),
        ("A=1 B=2", ["A=1", "B=2"]),
        ('"A=a b" C=', ["A=a b", "C="]),
        (r'"A=q\"x\" \\ \$HOME \`x\`"', ['A=q"x" \\ $HOME `x`']),
        (r'"A=a\tb\nc" "B=\033[31m" "C=\x41"', ["A=a\tb\nc", "B=\x1b[31m", "C=A"]),
        (r'"A=\303\274 ü"', ["A=ü ü"]),  # by bytes
        (r"$'A=it\'s' B=2", ["A=it's", "B=2"]),  # before 2018
        ('"A=cut', ['"A=cut']),
    ],
)
def test_words_lose_their_quotes_and_nothing_else(shown: str, found: list[str]) -> None:
    assert words(shown) == found


def _unit(*shown: str, name: str = "ollama.service") -> Unit:
    def systemctl(_: Sequence[str]) -> str:
        return "\n".join(["LoadState=loaded", *shown, ""])

    found = unit(name, run=systemctl)
    assert found
    return found


def test_what_matters_is_kept_and_secrets_are_not() -> None:
    found = _unit("Environment=PATH=/bin OLLAMA_HOST=0.0.0.0 OLLAMA_API_KEY=sk-0123456789abcdef LANG=C")

    values = {name: one.value for name, one in found.settings.items()}
    assert values == {"OLLAMA_HOST": "0.0.0.0", "OLLAMA_API_KEY": "***"}


def test_a_later_file_wins_over_an_earlier_one_and_over_the_unit(tmp_path: Path) -> None:
    first, second = tmp_path / "1 a.env", tmp_path / "2.env"
    first.write_text("OLLAMA_DEBUG=1\nOLLAMA_HOST=a\n")
    second.write_text("\nOLLAMA_HOST=b\n")

    found = _unit(
        "Environment=OLLAMA_HOST=c OLLAMA_MODELS=/m",
        f"EnvironmentFiles={first} (ignore_errors=no)",
        f"EnvironmentFiles={tmp_path}/2*.env (ignore_errors=yes)",
    )

    assert {name: (one.value, one.where) for name, one in found.settings.items()} == {
        "OLLAMA_HOST": ("b", f"{second}:2"),
        "OLLAMA_MODELS": ("/m", "ollama.service"),
        "OLLAMA_DEBUG": ("1", f"{first}:1"),
    }
    assert found.whole


def test_a_missing_file_matters_only_where_it_is_not_optional(tmp_path: Path) -> None:
    optional = _unit(f"EnvironmentFiles={tmp_path}/none (ignore_errors=yes)")
    needed = _unit(f"EnvironmentFiles={tmp_path}/none (ignore_errors=no)")

    assert [file.trouble for unit in (optional, needed) for file in unit.files] == [None, "is not there"]


def test_a_setting_is_found_in_the_last_file_that_has_it(tmp_path: Path) -> None:
    """A comment, a longer name and another key are not it."""
    fragment, drop_in = tmp_path / "ollama.service", tmp_path / "a b.conf"
    fragment.write_text("[Service]\nEnvironment=OLLAMA_HOST=1\n")
    drop_in.write_text(
        "#Environment=OLLAMA_HOST=2\n[Service]\n"
        'Environment="X=1" "OLLAMA_HOST=2"\nEnvironment=MY_OLLAMA_HOST=3\n'
    )

    found = _unit("Environment=OLLAMA_HOST=2", f"FragmentPath={fragment}", f'DropInPaths="{drop_in}"')

    assert found.settings["OLLAMA_HOST"].where == f"{drop_in}:3"
    assert found.ignored == ()


@pytest.mark.parametrize(
    ("text", "ignored"),
    [
        ("[Install]\nEnvironment=OLLAMA_HOST=1\n", ["OLLAMA_HOST"]),
        ('[Service]\nEnvironment="OLLAMA_HOST=1\n', ["OLLAMA_HOST"]),
        ("[Service]\nEnviroment=OLLAMA_HOST=1\n", ["OLLAMA_HOST"]),
        ("[Service]\n# Environment=OLLAMA_HOST=1\n", []),
        ("[Service]\nEnvironment=OLLAMA_HOST=1\nEnvironment=\n", []),
    ],
)
def test_what_is_written_and_not_taken_is_told(tmp_path: Path, text: str, ignored: list[str]) -> None:
    fragment = tmp_path / "ollama.service"
    fragment.write_text(text)

    assert [one.name for one in _unit(f"FragmentPath={fragment}").ignored] == ignored


def test_a_fifo_in_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    fifo = tmp_path / "env"
    os.mkfifo(fifo)

    assert _unit(f"EnvironmentFiles={fifo} (ignore_errors=no)").settings == {}


@pytest.mark.parametrize("shown", [None, "", "LoadState=not-found\n", "LoadState=masked\n", "rubbish"])
def test_no_unit(shown: str | None) -> None:
    assert unit("ollama.service", run=lambda _: shown) is None


@pytest.mark.parametrize("program", ["#!/bin/sh\nexit 1\n", "#!/bin/sh\necho LoadState=not-found\n", None])
def test_a_machine_without_systemd(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str | None
) -> None:
    """A systemctl that has no manager, that knows no such unit, and none at all."""
    if program:
        (tmp_path / "systemctl").write_text(program)
        (tmp_path / "systemctl").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))

    assert unit("ollama.service") is None
    assert unit("ollama.service", user=True) is None


def test_what_people_are_told_to_type() -> None:
    found = _unit()

    assert found.edit("A=1") == ("sudo systemctl edit ollama  →  [Service] A=1",)
    assert found.edit("A=1", "B=2") == (
        "sudo systemctl edit ollama   and add:",
        "    [Service]",
        "    A=1",
        "    B=2",
    )
