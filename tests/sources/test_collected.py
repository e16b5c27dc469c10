"""Which files of a folder are of which host, and in which order they are read."""

import os
from pathlib import Path

import pytest

from ollama_watch.errors import UserError
from ollama_watch.sources.collected import Collected, HostFile, after, holding, in_order
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.journalheader import Header, header_at
from ollama_watch.sources.journals import collected_lines

_SERIES = "0123456789abcdef" * 2
_ROTATED = f"@{_SERIES}-0000000000000001-0006612f9dce38df"
_LEFT = "@0006612f9dce38df-989e524ff497a18e"


def _journal(path: Path, file_id: str = "a", entries: int = 1, first: int = 1, last: int = 1) -> None:
    numbers = b"".join(n.to_bytes(8, "little") for n in (entries, last, first))
    ids = b"".join(bytes.fromhex((one * 32)[:32]) for one in (file_id, "0", "0", file_id))
    path.write_bytes(b"LPKSHHRH".ljust(24, b"\0") + ids + bytes(64) + numbers + bytes(80))


def _file(series: str, first: int, *, live: bool = False, modified: int = 0, last: int = 0) -> HostFile:
    header = Header(f"{series}{first}", series * 32, first, last or first + 9)
    return HostFile(Path(f"{series}{first}"), live, header, modified, 0)


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("remote-gpu-1.journal", "gpu-1"),
        (f"remote-gpu-1{_ROTATED}.journal", "gpu-1"),
        (f"remote-gpu-1{_LEFT}.journal~", "gpu-1"),
        ("remote-10.0.0.7.journal", "10.0.0.7"),
        ("remote-fe80::1.journal", "fe80::1"),
        (f"remote-a@b{_ROTATED}.journal", "a@b"),
        ("remote-.journal", None),
        ("system.journal", None),
        ("remote-gpu-1.journal.bak", None),
    ],
)
def test_the_host_is_in_the_name(tmp_path: Path, name: str, host: str | None) -> None:
    _journal(tmp_path / name)

    assert list(Collected(tmp_path).hosts) == ([host] if host else [])


def test_a_file_that_is_only_being_made_is_seen_when_it_is_done(tmp_path: Path) -> None:
    now = [os.stat(tmp_path).st_mtime + 100]  # noqa: PTH116  # its stamp alone
    folder = Collected(tmp_path, lambda: now[0])
    path = tmp_path / "remote-a.journal"
    path.touch()
    assert folder.hosts == {}
    _journal(path)  # which the folder's own stamp does not show
    now[0] += 2

    assert list(folder.hosts) == ["a"]


def test_a_folder_that_did_not_change_is_not_read_again(tmp_path: Path) -> None:
    _journal(tmp_path / "remote-a.journal")
    os.utime(tmp_path, (1, 1))
    folder = Collected(tmp_path)

    assert folder.hosts is folder.hosts


def test_files_are_in_the_order_in_which_they_were_written() -> None:
    """Numbers count within a series; another series is another life of the collector's."""
    first, second = _file("a", 1, modified=5), _file("a", 11, modified=3)
    crashed, live = _file("b", 1, modified=9), _file("c", 0, live=True, modified=8)

    assert in_order([live, second, crashed, first]) == (first, second, crashed, live)


def test_the_file_after_one_that_is_gone_is_no_older_one() -> None:
    older, gone, later = (_file("a", n, modified=n) for n in (1, 11, 21))
    other, live = _file("b", 1, modified=5), _file("c", 1, live=True, modified=30)

    assert after((other, older, gone, later, live), gone) == later
    assert after((other, older, later, live), gone) == later
    assert after((other, live), gone) == live
    assert after((other, older), gone) is None
    assert after((later,), later) is None


@pytest.mark.parametrize(("number", "found"), [(1, 0), (10, 0), (11, 1), (400, 1)])
def test_a_cursor_tells_its_file(number: int, found: int) -> None:
    files = (_file("a", 1), _file("a", 11, live=True))
    cursor = f"s={'a' * 32};i={number:x};b={'1' * 32};m=1;t=1;x=1"

    assert holding(files, cursor) == files[found]
    assert holding(files, cursor.replace("a" * 32, "b" * 32)) is None
    assert holding(files[:1], f"s={'a' * 32};i=ff;b={'1' * 32};m=1;t=1;x=1") is None


@pytest.mark.parametrize("content", [b"", b"LPKSHHRH", b"x" * 500])
def test_what_is_no_journal_has_no_header(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)

    assert header_at(tmp_path / "file") is None


@pytest.mark.parametrize("there", [True, False])
def test_a_folder_without_journals_is_an_error_of_its_user(tmp_path: Path, there: bool) -> None:  # noqa: FBT001
    path = tmp_path if there else tmp_path / "nowhere"
    with pytest.raises(UserError) as error:
        list(collected_lines(SourceConfig(name="f", unit="ollama.service", directory=str(path))))

    said = "no journals of hosts (remote-HOST.journal) in it" if there else "No such file or directory"
    assert error.value.message == f"{path}: {said}"
