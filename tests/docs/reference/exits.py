"""packaging/reference/exit-codes.md: what each command's exit code means; a test makes each of them."""

from collections.abc import Iterable
from typing import NamedTuple

from tests.docs.reference.markdown import code, page, table


class Exit(NamedTuple):
    """One exit code of a command. `words`: a call that ends so, in the folder that the test makes."""

    command: str
    code: int
    when: str
    words: str


EXITS: tuple[Exit, ...] = (
    Exit("check", 0, "no finding, or none that `--fail-on` asks for", "check quiet.log"),
    Exit("check", 1, "a finding of `--fail-on` or graver, by default a warning", "check server.log"),
    Exit(
        "check",
        2,
        "a mistake in the call or a file; no log to read",
        "check missing.log",
    ),
    Exit("doctor", 0, "nothing is wrong", ""),
    Exit("doctor", 1, "a check is not ok", "doctor --config missing.yaml"),
    Exit("explain", 0, "explained", "explain --log server.log"),
    Exit("explain", 2, "no such launch; no daemon to ask", "explain --log quiet.log"),
    Exit("status", 0, "no alert is firing", "status --listen {quiet}"),
    Exit("status", 1, "an alert is firing", "status --listen {firing}"),
    Exit("status", 2, "no daemon to ask", "status --listen {nobody}"),
    Exit("accept", 0, "written", "accept qwen2.5-coder:7b --listen {named}"),
    Exit("accept", 2, "no such model; no daemon to ask; may not write", "accept nobody --listen {quiet}"),
    Exit("run", 0, "ended by SIGTERM or SIGINT", ""),
    Exit(
        "run",
        1,
        "cannot listen now: no such address (yet), or the port is taken; systemd tries again",
        "run --file server.log --listen {quiet}",
    ),
    Exit("run", 2, "a mistake in the call or the configuration", "run --file ."),
    Exit("demo", 0, "ended by SIGTERM or SIGINT", ""),
    Exit("demo", 1, "as `run`", "demo --listen {quiet}"),
    Exit("demo", 2, "as `run`", "demo --config missing.yaml"),
    Exit("desktop", 0, "ended by SIGTERM or SIGINT", ""),
    Exit(
        "desktop",
        2,
        "no jeepney; another one runs for you; a mistake in the call",
        "desktop --user nobody-here",
    ),
    Exit("rules list", 0, "listed", "rules list"),
    Exit("rules list", 2, "a mistake in a rule file", "rules list wrong.yaml"),
    Exit("rules show", 0, "shown", "rules show context-small"),
    Exit("rules show", 2, "no such rule", "rules show nobody"),
    Exit("rules check", 0, "no mistake", "rules check my-rules.yaml"),
    Exit("rules check", 2, "a mistake in a rule file or its cases", "rules check wrong.yaml"),
    Exit("rules test", 0, "all cases passed", "rules test my-rules.yaml"),
    Exit("rules test", 1, "a case failed", "rules test fails.yaml"),
    Exit("rules test", 2, "a case could not be played; a mistake in a file", "rules test lost.yaml"),
    Exit("rules new", 0, "written", "rules new keep-it --from-launch --log server.log"),
    Exit(
        "rules new", 2, "no such launch; the file exists", "rules new keep-it --from-launch --log quiet.log"
    ),
    Exit("rules from-bench", 0, "a rule was written", "rules from-bench bench.md"),
    Exit("rules from-bench", 1, "no comparison gave a rule", "rules from-bench draw.md"),
    Exit("rules from-bench", 2, "a mistake in the call or the file", "rules from-bench quiet.log"),
    Exit("rules schema", 0, "printed", "rules schema"),
    Exit("rules try", 0, "no rule fires", "rules try quiet.log"),
    Exit("rules try", 1, "a rule fires", "rules try server.log"),
    Exit("rules try", 2, "a mistake in the call or a file", "rules try missing.log"),
)
_HEAD = """\
| Code | Always means |
|---|---|
| 0 | fine |
| 1 | something was found; of a daemon: it cannot listen now |
| 2 | a mistake of the user's, or something is missing; standard error says which, and what to do |
| 130 | Ctrl-C, where that does not end it well |

Anything else, and any traceback, is a mistake of ours."""


def text() -> str:
    return page("Exit codes", _HEAD, table(("Command", "Code", "Means"), _rows(EXITS)))


def _rows(exits: Iterable[Exit]) -> Iterable[tuple[str, str, str]]:
    return ((code(one.command), str(one.code), one.when) for one in exits)
