"""What was set against what the server's start line shows."""

from collections.abc import Mapping

import pytest

from ollama_watch.host.drift import Row, Server, rows
from ollama_watch.host.printed import Match, match
from ollama_watch.host.setting import Setting, assignment, setting
from ollama_watch.host.units import Unit, unit


@pytest.mark.parametrize(
    ("name", "value", "shown", "found"),
    [
        ("OLLAMA_CONTEXT_LENGTH", "32768", "32768", "same"),
        ("OLLAMA_CONTEXT_LENGTH", ' "32768" ', "32768", "same"),  # Ollama takes blanks and quotes away
        ("OLLAMA_CONTEXT_LENGTH", "032768", "32768", "same"),
        ("OLLAMA_CONTEXT_LENGTH", "32768", "4096", "other"),
        ("OLLAMA_CONTEXT_LENGTH", "32k", "4096", "malformed"),
        ("OLLAMA_CONTEXT_LENGTH", "-1", "4096", "malformed"),
        ("OLLAMA_CONTEXT_LENGTH", "", "4096", "unsure"),
        ("OLLAMA_FLASH_ATTENTION", "1", "true", "same"),
        ("OLLAMA_FLASH_ATTENTION", "yes", "true", "same"),  # what is no boolean counts as true
        ("OLLAMA_FLASH_ATTENTION", "off", "true", "same"),
        ("OLLAMA_FLASH_ATTENTION", "1", "false", "other"),
        ("OLLAMA_FLASH_ATTENTION", "False", "false", "same"),
        ("OLLAMA_DEBUG", "1", "DEBUG", "same"),
        ("OLLAMA_DEBUG", "1", "true", "same"),
        ("OLLAMA_DEBUG", "2", "DEBUG-4", "same"),
        ("OLLAMA_DEBUG", "1", "INFO", "other"),
        ("OLLAMA_KEEP_ALIVE", "10m", "10m0s", "same"),
        ("OLLAMA_KEEP_ALIVE", "90", "1m30s", "same"),
        ("OLLAMA_KEEP_ALIVE", "24h", "24h0m0s", "same"),
        ("OLLAMA_KEEP_ALIVE", "-1", "2562047h47m16.854775807s", "same"),
        ("OLLAMA_KEEP_ALIVE", "-1m", "2562047h47m16.854775807s", "same"),
        ("OLLAMA_KEEP_ALIVE", "24h", "5m0s", "other"),
        ("OLLAMA_KEEP_ALIVE", "1d", "5m0s", "malformed"),
        ("OLLAMA_KV_CACHE_TYPE", "q8_0", "", "other"),
        ("OLLAMA_MODELS", "/data/models", "/data/models", "same"),
        ("OLLAMA_HOST", "0.0.0.0", "http://0.0.0.0:11434", "same"),
        ("OLLAMA_HOST", ":8080", "http://127.0.0.1:8080", "same"),
        ("OLLAMA_HOST", "http://box:8080/", "http://box:8080", "same"),
        ("OLLAMA_HOST", "0.0.0.0", "http://127.0.0.1:11434", "other"),
        ("OLLAMA_HOST", "[::1]:11434", "http://[::1]:11434", "unsure"),
        ("OLLAMA_ORIGINS", "http://a, http://b", "[http://b http://a http://localhost]", "same"),
        ("OLLAMA_ORIGINS", "http://a", "[http://localhost]", "other"),
        ("HTTPS_PROXY", "http://***@box:3128", "http://***@box:3128", "unsure"),
    ],
)
def test_a_value_is_held_against_what_is_printed(name: str, value: str, shown: str, found: Match) -> None:
    assert match(name, value, shown) == found


def _unit(*assignments: str, reload: bool = False) -> Unit:
    lines = (f"Environment={' '.join(assignments)}", f"NeedDaemonReload={'yes' if reload else 'no'}")
    found = unit("ollama.service", run=lambda _: "\n".join(["LoadState=loaded", *lines]))
    assert found
    return found


def _server(
    *assignments: str,
    shown: Mapping[str, str] | None,
    process: str = "",
    reload: bool = False,
    **more: object,
) -> Server:
    """Return a server; `process`: what it has, "" where that cannot be seen."""
    given = {one.name: one for one in (_set(word) for word in process.split())} if process else None
    unit = _unit(*assignments, reload=reload)
    return Server(shown=shown, unit=unit, process=given, release="0.11.4", cut=bool(more.get("cut")))


def _set(word: str, where: str = "the process 7") -> Setting:
    name, _, value = word.partition("=")
    return setting(name, value, where)


def _only(server: Server, *shells: Setting) -> Row:
    (found,) = rows(server, shells)
    return found


CONTEXT = "OLLAMA_CONTEXT_LENGTH"


@pytest.mark.parametrize(
    ("server", "verdict", "mend"),
    [
        (_server(f"{CONTEXT}=8192", shown={CONTEXT: "8192"}), "seen", ()),
        (_server(f"{CONTEXT}=8192", shown=None), "unsure", ()),
        (_server(f"{CONTEXT}=8192", shown={"OLLAMA_DEBUG": "INFO"}), "unread", ()),
        (_server(f"{CONTEXT}=8192", shown={"OLLAMA_DEBUG": "INFO"}, cut=True), "unsure", ()),
        (
            _server(f"{CONTEXT}=8192", shown={CONTEXT: "4096"}),
            "not seen",
            ("sudo systemctl restart ollama",),
        ),
        (
            _server(f"{CONTEXT}=8192", shown={CONTEXT: "4096"}, reload=True),
            "not seen",
            ("sudo systemctl daemon-reload", "sudo systemctl restart ollama"),
        ),
        (
            _server(f"{CONTEXT}=8192", shown=None, process="OLLAMA_DEBUG=1"),
            "not seen",
            ("sudo systemctl restart ollama",),
        ),
        (_server(f"{CONTEXT}=8192", shown=None, process=f"{CONTEXT}=8192"), "unsure", ()),
        (
            _server(f"{CONTEXT}=8k", shown={CONTEXT: "4096"}),
            "malformed",
            ("write digits alone at ollama.service",),
        ),
    ],
)
def test_what_became_of_a_unit_s_variable(server: Server, verdict: str, mend: tuple[str, ...]) -> None:
    row = next(row for row in rows(server) if row.setting.name == CONTEXT)

    assert (row.verdict, row.mend) == (verdict, mend)


def test_a_log_of_another_server_is_not_mended_by_a_restart() -> None:
    """The process has what the unit sets: then the line that denies it is not its own."""
    row = _only(_server(f"{CONTEXT}=8192", shown={CONTEXT: "4096"}, process=f"{CONTEXT}=8192"))

    assert row.verdict == "not seen"
    assert "restart" not in row.mend[0]


def test_what_only_the_process_has_was_given_to_it() -> None:
    row = _only(_server(shown={CONTEXT: "8192"}, process=f"{CONTEXT}=8192"))

    assert (row.verdict, row.text) == (
        "given",
        f"{CONTEXT}=8192 was given to the server by another place than the unit",
    )


def test_a_shell_s_variable_that_the_service_never_sees() -> None:
    row = _only(_server(shown={CONTEXT: "4096"}), _set(f"{CONTEXT}=8192", "/home/u/.bashrc:3"))

    assert row.verdict == "shell only"
    assert row.text.startswith("/home/u/.bashrc:3 sets OLLAMA_CONTEXT_LENGTH=8192")
    assert row.mend == (f'sudo systemctl edit ollama  →  [Service] Environment="{CONTEXT}=8192"',)


@pytest.mark.parametrize(
    "word",
    [
        f"{CONTEXT}=4096",  # the server has it all the same
        "OLLAMA_HOST=box",  # the command line reads it
        "CUDA_VISIBLE_DEVICES=0",  # for whatever else is started there
        "OLLAMA_DEBUG=1",  # the unit sets it too
    ],
)
def test_a_shell_s_variable_that_is_at_its_place(word: str) -> None:
    server = _server("OLLAMA_DEBUG=1", shown={CONTEXT: "4096", "OLLAMA_DEBUG": "DEBUG"})

    assert [row.verdict for row in rows(server, [_set(word, "/home/u/.bashrc:1")])] == ["seen"]


def test_without_a_unit_a_shell_is_the_right_place() -> None:
    assert rows(Server(), [_set(f"{CONTEXT}=8192", "/home/u/.bashrc:1")]) == []


def test_an_assignment_is_quoted_for_systemd() -> None:
    assert assignment("A", 'x "y" 100% \\ z') == r'Environment="A=x \"y\" 100%% \\ z"'
    assert assignment("A", "***") == 'Environment="A=…"'
