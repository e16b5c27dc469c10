"""What may say why a rule is broken: all that the log has told about one launch, and about what befell it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ollama_watch.model import Launch, Value
from ollama_watch.state.promptsizes import PromptSizes
from ollama_watch.state.record import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The circumstances of one finding."""

    rule: str  # id
    launch: Launch | None
    record: Record | None = None  # of the launch; None: nothing more is known of it
    fields: Mapping[str, Value] = field(default_factory=dict)  # of the event that broke the rule
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
