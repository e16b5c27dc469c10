"""Accepting what a model has now: it is wanted from now on, by a file beside the configuration."""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import yaml

from ollama_watch.alerts.alert import Alert
from ollama_watch.app.config import default_path
from ollama_watch.errors import UserError

_HEAD = "# Written by `ollama-watchd accept`. Delete it to be told again.\n"
_LONGEST = 100  # characters of a file's name


def accepting(config: Path | None, environ: Mapping[str, str]) -> Callable[[Alert], str]:
    """Return what makes this daemon want what the model of an alert has, see `Pressing.accept`.

    `config`: what the daemon was told to read, None: what stands at the usual places by then.
    """

    def accepted(alert: Alert) -> str:
        tokens = alert.finding.launch.facts["ctx_per_slot"] if alert.finding.launch else None
        if not isinstance(tokens, int):
            raise UserError(f"the log does not tell the context of {alert.model}")
        want(config or default_path(environ) or _own(environ), alert.models, tokens)
        return ""

    return accepted


def _own(environ: Mapping[str, str]) -> Path:
    from ollama_watch.app.doctor.write import user_path  # noqa: PLC0415  # the doctor costs a third of a start

    return user_path(environ)


def want(config: Path, tags: Sequence[str], tokens: int) -> Path:
    """Want so large a context for a model with these names, beside `config`; return the file of it.

    It goes over one that was written so before; raises UserError.
    """
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", tags[0]).strip("-.")[:_LONGEST] or "model"
    wants = {_literal(tag): {"context": tokens} for tag in tags}
    path = config.parent / "want.d" / f"accepted-{name}.yaml"
    text = _HEAD + yaml.safe_dump({"want": wants}, allow_unicode=True, default_flow_style=False)
    try:
        if path.exists() and not path.read_text(encoding="utf-8").startswith(_HEAD):
            raise UserError(f"{path} is not of ours", hint="rename it, or write the wish into it yourself")
        mode = _made(path.parent)
        if not config.exists():
            config.touch()
            config.chmod(mode)
        new = path.with_suffix(".new")
        new.write_text(text, encoding="utf-8")
        new.chmod(mode)
        new.replace(path)
    except OSError as error:
        hint = "may you write there? The service's configuration is root's: sudo ollama-watchd accept …"
        raise UserError(f"{path}: {error.strerror}", hint=hint) from error
    return path


def _made(folder: Path) -> int:
    """Make a folder as open as the one it is in; return the mode for files there.

    Whoever's umask it is: what root accepts, the service has to read as another user.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    mode = folder.parent.stat().st_mode & 0o777
    if not folder.exists():
        folder.mkdir()
        folder.chmod(mode)
    return mode & 0o644


def _literal(tag: str) -> str:
    """Return the pattern that matches this tag alone."""
    return re.sub(r"([*?\[])", r"[\1]", tag)
