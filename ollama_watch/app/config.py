"""The configuration file: everything in it is optional, every mistake in it has a place."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path

import yaml

from ollama_watch.app.httpconfig import Http, http
from ollama_watch.app.modelsconfig import Models, models
from ollama_watch.app.ruleconfig import RuleFiles, read_text, rule_files
from ollama_watch.app.sinksconfig import SinkConfig, sinks
from ollama_watch.app.sourcesconfig import sources
from ollama_watch.errors import UserError, UserErrors
from ollama_watch.sources.config import SourceConfig
from ollama_watch.verify.condition import Compared, Condition
from ollama_watch.verify.conditions import conditions
from ollama_watch.verify.facts import FACTS
from ollama_watch.verify.folders import closed, yaml_files
from ollama_watch.verify.rule import Conditions, Rule
from ollama_watch.verify.yamlfile import Document, positions

_KINDS = {name: fact.kind for name, fact in FACTS.items()}
_WANTED = frozenset(
    ("parallel gpu_layers batch_size ubatch_size flash_attention kv_cache_type threads mmap mlock").split()
)
_BECAME = {"flash_attention": "flash_attention_effective", "kv_cache_type": "kv_cache_type_effective"}
MACHINES = Path("/etc/ollama-watchd/config.yaml")
WANTED = "wanted-arguments"  # the rule that `want:` makes of everything but the context


@dataclass(frozen=True, slots=True)
class Want:
    """What the user expects of the models that a pattern matches."""

    pattern: str
    context: int | None
    others: Conditions = ()

    def rule(self) -> Rule:
        """Return the rule that checks everything but the context, which has rules of its own."""
        wanted = ", ".join(f"{one.fact} {one.text}" for one in self.others)
        return Rule(
            id=WANTED,
            severity="warning",
            summary=f"{{model}} was launched with other arguments than wanted ({wanted})",
            expect=tuple(map(_judged, self.others)),
            unless={"failed-to-start": (Condition("failed", Compared("==", value=True), "true"),)},
        )


def _judged(wanted: Condition) -> Condition:
    """Return what is judged: not what was asked for, but what became of it."""
    became = _BECAME.get(wanted.fact)
    return replace(wanted, fact=became) if became and wanted.text != "auto" else wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings; the defaults stand here."""

    want: tuple[Want, ...] = ()
    sources: tuple[SourceConfig, ...] = ()  # none: what is found on this machine
    rules: tuple[Rule, ...] = ()
    http: Http = field(default_factory=Http)
    sinks: tuple[SinkConfig, ...] | None = None  # None: the log, and the desktop if there is one
    models: Models = field(default_factory=Models)
    path: Path | None = field(default=None, compare=False)  # where it was read; None: all defaults

    def want_for(self, tags: Sequence[str]) -> Want | None:
        """Return the most literal pattern that matches one of the tags; `*` also takes a nameless model."""
        names = tags or ("",)
        fitting = [w for w in self.want if any(fnmatchcase(name, w.pattern) for name in names)]
        return max(fitting, key=lambda want: len(re.sub(r"[*?\[\]]", "", want.pattern)), default=None)


def default_path(environ: Mapping[str, str]) -> Path | None:
    """Return the configuration that stands at one of the usual places, the user's before the machine's."""
    own = own_path(environ)
    return next((place for place in (own, MACHINES) if _is_there(place, unseen=place == MACHINES)), None)


def own_path(environ: Mapping[str, str]) -> Path:
    """Return where the user's own configuration belongs."""
    home = environ.get("XDG_CONFIG_HOME") or f"{environ.get('HOME', '')}/.config"
    return Path(home) / "ollama-watchd" / "config.yaml"


def _is_there(path: Path, *, unseen: bool) -> bool:
    """`unseen`: what it is where we may not look. In somebody else's home nothing is meant for us."""
    try:
        return path.is_file()
    except PermissionError:
        return unseen


def configured_rules(path: Path | None) -> RuleFiles:
    """Return which rule files the configuration at `path` names; its mistakes are `load_config`'s to tell."""
    if path is None:
        return RuleFiles(shipped=True, paths=())
    document = Document(read_text(path), str(path))
    top = positions(document.mapping(document.root))
    return rule_files(document, top.get("rules"), path.parent)


def load_config(path: Path | None, rule_paths: Sequence[Path] = ()) -> Config:
    """Read the file at `path` (None: all defaults), `want.d` and `rules.d` beside it, and more rules.

    Raises UserError or UserErrors with every mistake of every file.
    """
    document = Document(read_text(path), str(path)) if path else Document("", "")
    top = positions(document.mapping(document.root, ("want", "sources", "rules", "http", "sinks", "models")))
    beside = path.parent if path else None
    files = rule_files(document, top.get("rules"), beside, rule_paths)
    wants, errors = _more_wants(beside)
    config = Config(
        want=(*_wants(document, top.get("want")), *wants),
        sources=tuple(sources(document, top.get("sources"))),
        http=http(document, top.get("http"), beside or Path()),
        sinks=sinks(document, top["sinks"], beside or Path()) if "sinks" in top else None,
        models=models(document, top.get("models")),
    )
    rules, wrong = files.load()
    if errors := [*errors, *document.errors, *wrong]:
        raise errors[0] if len(errors) == 1 else UserErrors(errors)
    return replace(config, rules=rules, path=path.absolute() if path else None)


def load_http(path: Path | None) -> Http:
    """Return `http` of the configuration at `path`, whatever else is wrong in it; raises UserError of it."""
    if path is None:
        return Http()
    document = Document(read_text(path), str(path))
    top = positions(document.mapping(document.root))
    found = http(document, top.get("http"), path.parent)
    document.done()
    return found


def _more_wants(beside: Path | None) -> tuple[list[Want], list[UserError]]:
    """Return what the files in `want.d` want, and the mistakes in them."""
    wants: list[Want] = []
    errors = [trouble] if beside and (trouble := closed(beside / "want.d")) else []
    for extra in yaml_files(beside / "want.d") if beside else ():
        document = Document(read_text(extra), str(extra))
        nodes = positions(document.mapping(document.root, ("want",)))
        wants += _wants(document, nodes.get("want"))
        errors += document.errors
    return wants, errors


def _wants(document: Document, node: yaml.Node | None) -> list[Want]:
    found = []
    for pattern, (_, value) in document.mapping(node).items():
        keys = document.mapping(value, {"context", *_WANTED})
        context = document.whole(keys["context"][1]) if "context" in keys else None
        if context == 0 and document.text(keys["context"][1]) == "0":
            document.complain(
                keys["context"][1], "a context of 0 tokens cannot be wanted", "leave the key out"
            )
        others = yaml.MappingNode("", [pair for name, pair in keys.items() if name != "context"])
        others.start_mark, others.end_mark = value.start_mark, value.end_mark
        found.append(Want(pattern, context, conditions(document, others, _KINDS)))
    return found
