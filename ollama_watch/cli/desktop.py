"""`ollama-watchd desktop`: pop-ups in this session, from a daemon that cannot reach it."""

import argparse
import fcntl
import os
import pwd
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from ollama_watch.alerts.alert import Alert
from ollama_watch.app.config import default_path, own_path
from ollama_watch.app.httpconfig import Http
from ollama_watch.app.store import default_folder
from ollama_watch.cli.accept import accept
from ollama_watch.cli.daemon import reach
from ollama_watch.cli.run import start_logging
from ollama_watch.errors import UserError
from ollama_watch.model import SEVERITIES

if TYPE_CHECKING:
    from ollama_watch.agent.follow import Daemon, Follower

_SERVICE = Path("/etc/ollama-watchd/config.yaml")  # what a daemon of another user reads


def arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--listen", metavar="ADDR:PORT", help="where the daemon listens (127.0.0.1:10434)")
    add("--user", metavar="NAME", help="the daemon may be this user's; else root's, a service's or yours")
    add("--min-severity", choices=SEVERITIES, default="warning", help="show nothing milder (warning)")
    add("--config", type=Path, metavar="FILE", help="instead of the configuration at the usual places")
    add("--state", type=Path, metavar="DIR", help="what was shown is remembered here")


def run(arguments: argparse.Namespace) -> int:
    """Show what the daemon tells until SIGTERM or SIGINT."""
    if find_spec("jeepney") is None:
        hint = "pip install 'ollama-watchd[desktop]', or the package python3-jeepney"
        raise UserError("jeepney is not installed: without it no desktop can be reached", hint=hint)
    start_logging()
    http = reach(arguments.config or default_path(os.environ), arguments.listen)
    folder = arguments.state or default_folder(os.environ)
    with _alone(folder):
        _follow(arguments, http, folder / "desktop.json")
    return 0


def _follow(arguments: argparse.Namespace, http: Http, state: Path) -> None:
    """Connect the parts and run them: one thread hears, this one shows."""
    from ollama_watch.agent.board import Board  # noqa: PLC0415  # all of it needs jeepney
    from ollama_watch.agent.desk import Desk  # noqa: PLC0415  # as above
    from ollama_watch.agent.follow import Follower  # noqa: PLC0415  # as above
    from ollama_watch.agent.mailbox import Mailbox  # noqa: PLC0415  # as above
    from ollama_watch.agent.memory import load  # noqa: PLC0415  # as above
    from ollama_watch.sinks.labels import place  # noqa: PLC0415  # as above
    from ollama_watch.sinks.notifier import Notifier, Numbers  # noqa: PLC0415  # as above
    from ollama_watch.sinks.opening import open_page  # noqa: PLC0415  # as above
    from ollama_watch.sinks.pressing import Pressing  # noqa: PLC0415  # as above
    from ollama_watch.sinks.session import session_bus  # noqa: PLC0415  # as above

    with ExitStack() as parts:
        mailbox = Mailbox()
        parts.callback(mailbox.close)
        memory = load(state)
        board = Board(memory, arguments.min_severity)
        notifier = Notifier(session_bus, known=Numbers(memory.server, memory.shown))
        parts.callback(notifier.close)
        follower = Follower(_daemon(http, arguments.user), mailbox)
        page = http.external_url or f"{'https' if http.tls else 'http'}://{http.listen}/"
        pressing = Pressing(
            screen=board,
            details=lambda number: open_page(place(page, number), session_bus),
            accept=_accepting(http, arguments.config, follower),
        )
        hearing = Thread(target=follower.run, name="stream", daemon=True)
        parts.callback(hearing.join, 5)
        parts.callback(follower.stop)
        stop = _stopper(mailbox.ring)
        hearing.start()
        Desk(mailbox=mailbox, board=board, notifier=notifier, pressing=pressing, state=state).run(stop)


def _daemon(http: Http, user: str | None) -> "Daemon":
    from ollama_watch.agent.follow import Daemon  # noqa: PLC0415  # see above
    from ollama_watch.serve import tls  # noqa: PLC0415  # costs memory
    from ollama_watch.serve.server import split  # noqa: PLC0415  # a web server, for one word

    host, port = split(http.listen)
    own = http.tls
    return Daemon(
        host=host,
        port=port,
        tls=tls.client(own.certificate, own.key, own.client_ca) if own else None,
        own=os.getuid(),
        allowed=_uid(user) if user else None,
    )


def _uid(user: str) -> int:
    try:
        return pwd.getpwnam(user).pw_uid
    except KeyError:
        if user.isdecimal():
            return int(user)
        raise UserError(
            f"there is no user {user!r}", hint="who runs it? `ps -C ollama-watchd -o user=`"
        ) from None


def _accepting(http: Http, config: Path | None, follower: "Follower") -> Callable[[Alert], str]:
    """Return what makes a daemon want what a model has; it reads another's configuration than ours."""

    def accepted(alert: Alert) -> str:
        if follower.uid == os.getuid():
            accept(alert.model, http, config or default_path(os.environ) or own_path(os.environ))
            return ""
        if follower.uid is None:
            raise UserError("the daemon runs on another machine: to be typed there")
        accept(alert.model, http, config or _SERVICE)
        return ""

    return accepted


def _stopper(ring: Callable[[], None]) -> Event:
    stop = Event()

    def on_end(*_: object) -> None:
        stop.set()
        ring()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_end)
    return stop


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Be the only agent of this user: two would tell everything twice. Raises UserError."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(folder / "desktop.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror}", hint="choose another place with --state") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise UserError("another ollama-watchd desktop runs for you", hint="one is enough") from None
    finally:
        os.close(lock)
