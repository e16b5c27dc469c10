"""Variables in files that shells read: found, never run."""

from pathlib import Path

import pytest

from ollama_watch.host.environ import environment
from ollama_watch.host.shells import shell_settings


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("export OLLAMA_HOST=0.0.0.0", "0.0.0.0"),
        ("OLLAMA_HOST=0.0.0.0", "0.0.0.0"),
        ("  export OLLAMA_HOST='a b' # why", "a b"),
        ('declare -x OLLAMA_HOST="a"; echo hi', "a"),
        ("export OLLAMA_HOST=a && ollama serve", "a"),
        ("OLLAMA_HOST=$(touch pwned)", "$(touch pwned)"),
        ("OLLAMA_HOST=`touch pwned`", "`touch pwned`"),
        ("export OLLAMA_HOST=$HOME/x", "$HOME/x"),
        ("export OLLAMA_HOST=", ""),
        ("OLLAMA_HOST= ollama serve", ""),
        ("set -gx OLLAMA_HOST box", "box"),
        ("setenv OLLAMA_HOST box", "box"),
        ('export OLLAMA_HOST="two\nlines"', '"two'),
        ("# export OLLAMA_HOST=1", None),
        ("echo OLLAMA_HOST=1", None),
        ("export MY_OLLAMA_HOST=1", None),
        ("alias o='OLLAMA_HOST=1 ollama'", None),
        ("export PATH=/bin", None),
    ],
)
def test_an_assignment(tmp_path: Path, line: str, value: str | None) -> None:
    (tmp_path / ".bashrc").write_text(f"# mine\n{line}\n")

    found = [(one.value, one.where) for one in shell_settings([tmp_path], tmp_path / "root")]

    assert found == ([] if value is None else [(value, f"{tmp_path}/.bashrc:2")])
    assert not (tmp_path / "pwned").exists()


def test_every_place(tmp_path: Path) -> None:
    """Those of the machine, then those of the home; folders by name."""
    root, home = tmp_path, tmp_path / "home/u"
    places = [
        root / "etc/environment",
        root / "etc/profile.d/a.sh",
        root / "etc/profile.d/b.sh",
        home / ".bashrc",
        home / ".profile",
        home / ".zshrc",
        home / ".config/fish/config.fish",
        home / ".config/environment.d/10-ollama.conf",
    ]
    for place in places:
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("OLLAMA_DEBUG=1\n")

    assert [one.where for one in shell_settings([home], root)] == [f"{place}:1" for place in places]


def test_secrets_are_masked_and_rubbish_is_harmless(tmp_path: Path) -> None:
    (tmp_path / ".bashrc").write_bytes(b"\xff\0\nOLLAMA_API_KEY=abc\n" + b"x" * 300_000)
    (tmp_path / ".zshrc").mkdir()

    assert [one.value for one in shell_settings([tmp_path], tmp_path / "root")] == ["***"]


def test_a_process_s_environment(tmp_path: Path) -> None:
    (tmp_path / "7").mkdir()
    (tmp_path / "7/environ").write_bytes(b"PATH=/bin\0OLLAMA_HOST=a=b\0OLLAMA_AUTH_TOKEN=x\0\0rubbish\xff\0")

    found = environment(7, tmp_path)

    assert found is not None
    assert {name: one.value for name, one in found.items()} == {
        "OLLAMA_HOST": "a=b",
        "OLLAMA_AUTH_TOKEN": "***",
    }
    assert environment(8, tmp_path) is None
