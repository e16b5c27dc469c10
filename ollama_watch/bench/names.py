"""Which of Ollama's models a model of llama-bench is: by its blob's digest, or as the user says."""

import difflib
import re
from collections.abc import Iterable, Mapping

from ollama_watch.bench.run import Model, plain
from ollama_watch.errors import UserError

_TAG = re.compile(r"\w[\w./:*?-]{0,200}", re.ASCII)
_EXAMPLE = "--model 'qwen2 7B Q4_K - Medium=qwen2.5-coder:7b'"
Names = Mapping[Model, tuple[str, ...]]  # tags in Ollama


def names(models: Iterable[Model], words: Iterable[str]) -> Names:
    """Return the tags that the user gave as `NAME=TAG`; NAME is llama-bench's, or the model's file.

    Raises UserError for what is no such pair, and for a name that is not in the file.
    """
    found: dict[Model, tuple[str, ...]] = {}
    known = list(dict.fromkeys(models))
    for word in words:
        name, _, tag = word.rpartition("=")
        meant = [model for model in known if _key(name) in (_key(model.name), _key(model.file))]
        if not _key(name) or not _TAG.fullmatch(tag):
            raise UserError(f"--model {plain(word)!r} is no NAME=TAG", hint=f"such as {_EXAMPLE}")
        if not meant:
            raise _unknown(name, known)
        for model in meant:
            found[model] = (*found.get(model, ()), _short(tag))
    return found


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _short(tag: str) -> str:
    """Return a tag as the fact `model` has it: without the registry, `library/` and `:latest`."""
    return re.sub(r"^(registry\.ollama\.ai/)?(library/)?", "", tag).removesuffix(":latest")


def _unknown(name: str, models: Iterable[Model]) -> UserError:
    known = list(dict.fromkeys(model.name for model in models))
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"measured were: {', '.join(known[:10])}"
    return UserError(f"--model: no {plain(name)!r} was measured", hint=hint)
