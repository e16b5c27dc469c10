"""Launches and findings made by hand, and what a book tells of them."""

from dataclasses import replace

from ollama_watch.alerts.alert import Alert
from ollama_watch.alerts.book import Book
from ollama_watch.alerts.notice import Notice
from ollama_watch.model import Finding, Launch, Severity
from ollama_watch.verify.rule import Rule

RULE = Rule(id="context-small", severity="warning", summary="")
SOURCE = (None, "server.log")
DIGEST = "5b" * 32


def inhibited(book: Book) -> list[tuple[Alert, Alert]]:
    """Return what another one speaks for now, each with that one."""
    return [(one.current(), by) for one, by in book.seen() if by]


def launch(index: int, *, complete: bool = True, failed: bool = False, digest: str = DIGEST) -> Launch:
    return Launch(
        index=index,
        source="server.log",
        host=None,
        line=10 * index,
        cursor="",
        at=float(index),
        era="command-line",
        complete=complete,
        started=complete and not failed,
        failed=failed,
        facts={"model": ("qwen3:8b",), "model_digest": digest, "port": None, "engine": "llama-runner"},
    )


def finding(
    about: Launch | None, actual: int = 2048, severity: Severity = "warning", **more: object
) -> Finding:
    found = Finding(
        rule="context-small",
        severity=severity,
        launch=about,
        source="server.log",
        host=None,
        subject=about.subject if about else "server",
        line=about.line if about else 1,
        at=about.at if about else 0.0,
        fact="ctx_per_slot",
        expected="> 2048",
        actual=actual,
        message=f"runs with {actual}",
    )
    return replace(found, **more)  # type: ignore[arg-type]  # fields of Finding


def told(book: Book, now: float) -> list[str]:
    return [notice.what for notice in book.tick(SOURCE, now)]


def ends(notices: list[Notice]) -> list[str]:
    return [notice.alert.ended for notice in notices]
