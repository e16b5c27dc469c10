"""How a story of a cause is told, and how it is played through the real pipeline."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Self

from ollama_watch.app.check import Report, check_lines
from ollama_watch.app.config import Config, Want
from ollama_watch.app.judging import Judging
from ollama_watch.app.naming import Naming
from ollama_watch.model import Cause, Finding
from ollama_watch.models.catalogue import Catalogue
from tests.support.checked import SHIPPED, lines
from tests.support.models import Models
from tests.support.ollama_log import OllamaLog, blob

LINUX = "/usr/share/ollama/.ollama/models"
CONTAINER, MACOS = "/root/.ollama/models", "/Users/me/.ollama/models"
WINDOWS = r"C:\\Users\\me\\.ollama\\models"  # as the log writes it within quotes
NOTHING = ""  # the honest answer is that it is not known


class Tale(OllamaLog):
    """A made-up log with whole loads: a request, its launch, its access line."""

    def load_by(
        self, path: str = "/api/chat", *, model: str = "a", ctx: int, client: str = "10.0.0.7", **more: object
    ) -> Self:
        """Launch for one request, which alone can have made it."""
        flags, parallel, tag = str(more.get("flags", "")), int(str(more.get("parallel", 1))), more.get("tag")
        self.wait(60).launch(model, ctx=ctx, parallel=parallel, flags=flags).wait(2)
        if trained := more.get("trained"):
            self.dump(model, context_length=int(str(trained)))
        self.started()
        if tag:
            self.says(f'"template selection" model=registry.ollama.ai/library/{tag} selected=x')
        return self.wait(1).asked(path, client=client)

    def asked(self, path: str, *, client: str = "10.0.0.7", seconds: float = 3.4) -> Self:
        """Print the access line of a request that is done now."""
        stamp = self._now.strftime("%Y/%m/%d - %H:%M:%S")
        self.raw(f'[GIN] {stamp} | 200 | {seconds:>11}s | {client:>15} | POST     "{path}"')
        return self.wait(1)

    def vram(self, amount: str, tokens: int) -> Self:
        return self.says(f'"vram-based default context" total_vram="{amount}" default_num_ctx={tokens}')

    def later(self, **span: float) -> Self:
        self._now += timedelta(**span)
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One name of the weights "a", as the manifests have it."""

    name: str
    params: Mapping[str, object] = field(default_factory=dict)
    adapter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What happened, and what is to be said of it."""

    of: str  # the cause
    release: str  # that its fixes are for; "": not known
    log: OllamaLog
    rule: str  # of the finding; its last one counts
    says: str = NOTHING  # words of one cause
    confidence: str = ""
    evidence: tuple[str, ...] = ()  # words of each line that it names
    fix: tuple[str, ...] = ()  # words of the first fix
    silent: tuple[str, ...] = ()  # what no cause and no fix may hold
    tags: tuple[Tag, ...] = ()
    want: Mapping[str, int] = field(default_factory=dict)
    at: str = LINUX  # where its models are

    @property
    def name(self) -> str:
        return f"{self.of}-{self.release or 'unknown'}-{self.rule}"


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a story."""

    story: Story
    text: tuple[str, ...]  # lines of its log
    finding: Finding

    @property
    def cause(self) -> Cause:
        (found,) = [one for one in self.finding.causes if self.story.says in one.text]
        return found


def play(story: Story, folder: Path) -> Played:
    """Read the story's log as `check` does, its models' names from a real directory."""
    at = story.at
    if story.tags:
        at = str(folder / "models")
        _write(Models(folder / "models"), story.tags)
    text = str(story.log).replace(blob("")[: -64 - len("/blobs/sha256-")], at)
    if story.at == WINDOWS:
        text = text.replace(f"{WINDOWS}/blobs/", rf"{WINDOWS}\\blobs\\")
    wishes = tuple(Want(tag, tokens) for tag, tokens in story.want.items())
    judging = Judging(Config(want=wishes, rules=SHIPPED), names=Naming(Catalogue(None)))
    report = Report()
    check_lines(lines(text), "server.log", judging, report)
    found = [one for one in report.findings if one.rule == story.rule]
    assert found, (story.rule, [(one.rule, one.message) for one in report.findings])
    return Played(story, tuple(text.splitlines()), found[-1])


def _write(models: Models, tags: tuple[Tag, ...]) -> None:
    weights = models.blob(b"a")
    for one in tags:
        more = [
            {"mediaType": "application/vnd.ollama.image.adapter", "digest": f"sha256:{models.blob(b'lora')}"}
        ]
        models.tag(one.name, weights, dict(one.params) or None, more if one.adapter else ())
