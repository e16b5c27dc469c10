"""What may say why a rule is broken: all that the log has told about one launch, and about what befell it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ollama_watch.cause import variables
from ollama_watch.cause.releases import at
from ollama_watch.model import Launch, Platform, Value
from ollama_watch.parse import events as ev
from ollama_watch.parse.version import Version, version
from ollama_watch.state.promptsizes import PromptSizes
from ollama_watch.state.record import Record
from ollama_watch.state.server import Server
from ollama_watch.verify.facts import platform_of

_NOBODY = Server()
_FIRST = {"load-request": "0.11.5", "llama-server": "0.30.0"}  # release of a wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The circumstances of one finding."""

    rule: str  # id
    launch: Launch | None
    record: Record | None = None  # of the launch; None: nothing more is known of it
    fields: Mapping[str, Value] = field(default_factory=dict)  # of the event that broke the rule
    line: int | None = None  # that reported the event
    server: Server | None = None  # of an event that is about no launch
    prompts: PromptSizes | None = None  # of the model, within the last seven days

    @property
    def prompt(self) -> int | None:
        """Tokens that should have fitted: of this prompt, else of the largest in seven days."""
        found = self.fields.get("prompt")
        largest = self.prompts.largest if self.prompts else None
        return max(found, largest or 0) if isinstance(found, int) else largest

    @property
    def endpoint(self) -> str | None:
        """Where the request that made the launch came to."""
        return self.launch.request.endpoint if self.launch and self.launch.request else None

    @property
    def by_v1(self) -> bool:
        """That request cannot have carried an option of the runner (reference 11)."""
        return (self.endpoint or "").startswith("/v1/")

    @property
    def surely_by_v1(self) -> bool:
        return bool(self.by_v1 and self.launch and self.launch.request and self.launch.request.certain)

    @property
    def past_the_model(self) -> int | None:
        """The model's own num_ctx, where the launch has another: only a request outranks that."""
        if self.launch is None or self.record is None or self.by_v1 or self.record.reduced:
            return None
        return None if self.record.num_ctx == self.launch.facts["ctx_per_slot"] else self.record.num_ctx

    @property
    def life(self) -> Server:
        """The server's life that it happened in; all of it unknown where the log does not tell."""
        return self.record.server if self.record else self.server or _NOBODY

    @property
    def release(self) -> Version | None:
        told = self.launch.facts["ollama_version"] if self.launch else None
        return self.life.version or (version(str(told)) if told else None)

    @property
    def platform(self) -> Platform:
        """Where the server runs, as the path of its models shows."""
        if self.launch:
            return self.launch.platform
        return platform_of(self.life.variable("OLLAMA_MODELS") or "")

    @property
    def tags(self) -> tuple[str, ...]:
        """Names of the model; a launch may have got them after what broke the rule."""
        named = self.launch.facts["model"] if self.launch else None
        return tuple(map(str, named)) if isinstance(named, tuple) else ()

    @property
    def tag(self) -> str | None:
        """One name of the model, for what people type."""
        return next(iter(self.tags), None)

    def reads(self, variable: str) -> bool:
        """Tell whether this server surely reads a variable, by release, wording or start line."""
        if self.release:
            return variables.known(variable, self.release) is True
        first = _FIRST.get(self.launch.era) if self.launch else None
        if first and variables.known(variable, at(first)) and not variables.VARIABLES[variable].span.until:
            return True
        return variable in (self.life.env or {})

    @property
    def stated(self) -> tuple[int, ...]:
        """The line that states the arguments of the launch."""
        by_request = self.record.request_line if self.record else None
        return lines(by_request or (self.launch.line if self.launch else None))

    def warned(self, *kinds: type[ev.Event]) -> tuple[int, ...]:
        """Return the lines that warned of this launch."""
        said = self.record.said if self.record else ()
        return tuple(one.line for one in said if isinstance(one.event, kinds))

    def start(self, variable: str) -> tuple[int, ...]:
        """Return the line that shows what the server made of a variable."""
        shown = self.life.env_line is not None and variable in (self.life.env or {})
        return lines(self.life.env_line) if shown else ()


def lines(*numbers: int | None) -> tuple[int, ...]:
    """Return the lines that are known, each once."""
    return tuple(dict.fromkeys(number for number in numbers if number))
