"""One round: a writer and a killer at the same time, then a last life in peace, then the verdict."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from random import Random

from tests.support.daemon import Daemon, daemon
from tests.support.journald import Journald
from tests.support.wait import until
from tests.torture.files import Linked, Plain
from tests.torture.journal import Journal
from tests.torture.killer import Lives, kill_again_and_again
from tests.torture.verdict import Verdict, judge, known_ports
from tests.torture.writer import Medium, Writer

_PAUSE = 0.6  # s at most between two launches
_PEACE = 30.0  # s for the last life to tell all


def ordeal(medium: Medium, folder: Path, kills: int, seed: str) -> Verdict:
    """Return what became of the promise on one medium; what the daemon said is kept in `folder`."""
    random = Random(f"{seed} writer")  # noqa: S311  # to be repeated
    writer = Writer(medium, random)
    writer.begin()
    arguments = [*medium.arguments, "--state", str(folder / "state"), "--sink", "log"]
    with daemon(arguments, prefix=medium.prefix) as first:  # what was rotated before it is not its business
        until(lambda: first.get("/-/ready")[0] == 200, _PEACE)
    with ThreadPoolExecutor(1) as pool:
        killing = Random(f"{seed} killer")  # noqa: S311  # as above
        lives = pool.submit(kill_again_and_again, arguments, medium.prefix, folder, kills, killing)
        while not lives.done():
            writer.step()
            time.sleep(random.uniform(0, _PAUSE))
    return _last_life(writer, lives.result(), arguments)


def _last_life(writer: Writer, lives: Lives, arguments: list[str]) -> Verdict:
    with daemon(arguments, prefix=writer.medium.prefix) as last:
        until(lambda: last.get("/-/ready")[0] == 200, _PEACE)
        return _settled(writer, lives, last)


def _settled(writer: Writer, lives: Lives, last: Daemon) -> Verdict:
    """Return the verdict once nothing is missing, or when there was time enough for it."""
    end = time.monotonic() + _PEACE
    while True:
        lives.look(last)
        now = Lives([*lives.said, last.said], lives.ids, lives.kills, lives.own_ends)
        verdict = judge(writer, now, known_ports(last.json("/api/v1/status")))
        missing = verdict.launches_lost + verdict.begins_missing
        if not missing or time.monotonic() > end:
            return verdict
        time.sleep(0.2)


@contextmanager
def _plain(folder: Path) -> Iterator[Medium]:
    with closing(Plain(folder)) as medium:
        yield medium


@contextmanager
def _linked(folder: Path) -> Iterator[Medium]:
    yield Linked(folder)


@contextmanager
def _journal(folder: Path) -> Iterator[Medium]:
    with Journald() as journald:
        yield Journal(journald)


MEDIA: dict[str, Callable[[Path], AbstractContextManager[Medium]]] = {
    "files": _plain,
    "links": _linked,
    "journald": _journal,
}
