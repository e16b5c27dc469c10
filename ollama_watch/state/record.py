"""One launch as the log told it, before anybody judges it. The facts are read off here: `verify.facts`."""

from dataclasses import dataclass

from ollama_watch.parse import events as ev
from ollama_watch.parse.argv import Args, digest
from ollama_watch.parse.eras import Era
from ollama_watch.parse.load_request import LoadRequest
from ollama_watch.state import defaults
from ollama_watch.state.blobs import Blob
from ollama_watch.state.candidate import Candidate
from ollama_watch.state.earlier import Earlier
from ollama_watch.state.name import Name
from ollama_watch.state.said import Said
from ollama_watch.state.server import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One launch of a runner; replaced whole when the log tells more."""

    index: int
    source: str
    host: str | None
    line: int
    cursor: str
    at: float
    era: Era
    server: Server
    engine: str | None
    args: Args
    tags: tuple[str, ...] = ()
    request: LoadRequest | None = None  # the last commit, or before one the last fit or alloc
    request_line: int | None = None
    hand: ev.HandStarted | None = None
    blob: Blob = Blob()  # noqa: RUF009  # frozen
    capped: ev.Capped | None = None
    trained: int | None = None  # as llama.cpp told while it loaded
    library: str | None = None
    asked_layers: int | None = None  # as the server tells beside the launch; -1: automatic
    layers: ev.Offloaded | None = None
    flash: str | None = None  # what it became
    threads: ev.Threads | None = None  # as a llama-server told while it loaded
    one_slot: str | None = None  # why it gets no more than one: `parse.events.OneSlot`
    withheld: bool = False  # a warning told that flash attention or the cache type is not to be had
    said: tuple[Said, ...] = ()  # warnings of what it does not get
    reduced: ev.ContextReduced | None = None  # its context, for want of memory
    reduced_line: int | None = None
    wanted_history: int | None = None
    ctx_previous: int | None = None
    layers_previous: int | None = None
    reason: str = "unknown"
    known: bool = False  # its arguments are final
    complete: bool = False
    started: bool = False
    failed: bool = False
    died: bool = False  # its process ended before it had started
    gone: bool = False
    superseded_by: int | None = None
    load_seconds: float | None = None
    ended_at: float | None = None  # when it had started, or failed
    candidates: tuple[Candidate, ...] = ()  # requests that may have made it
    names: tuple[Name, ...] = ()  # all that the blob is called; filled in where it is known
    num_ctx: int | None = None  # of the model's own params layer, where that is one
    kv_bytes: float | None = None  # of its cache a token, where the header tells
    earlier: tuple[Earlier, ...] = ()  # the last launches of the model, oldest first

    @property
    def digest(self) -> str | None:
        return digest(self.args.model)

    @property
    def subject(self) -> str:
        """What it is remembered by; see `model.Launch.subject`."""
        if self.digest:
            return self.digest
        if self.era.arguments == "name" and self.tags:
            return self.tags[0]
        return f"port:{self.args.port}"

    @property
    def ctx_size(self) -> int | None:
        if self.hand:
            return self.hand.ctx_per_slot * (1 if self.hand.unified else self.hand.slots)
        if self.request:
            return self.request.kv_size
        return self.args.ctx_size or None  # a hand-started 0 is the model's own

    @property
    def parallel(self) -> int | None:
        if self.hand:
            return self.hand.slots
        if self.request:
            return self.request.parallel
        if self.args.parallel is None and self.era.id == "command-line" and not self.args.cut:
            return 1  # 0.1.32 has no such flag
        return self.args.parallel

    @property
    def ctx_per_slot(self) -> int | None:
        """Tokens one request may use; unknown while one of the two numbers is."""
        if self.hand:
            return self.hand.ctx_per_slot
        total, slots = self.ctx_size, self.parallel
        if total is None or not slots:
            # A hand-started llama-server without -np shares one cache between its slots.
            shared = self.era.id == "llama-server" and not self.args.cut and self.args.kv_unified is not False
            return total if slots is None and shared else None
        if self.args.kv_unified:
            return total
        projector = True if self.args.mmproj else None if self.args.cut else False
        return defaults.per_slot(total, slots, self.server, projector=projector)

    @property
    def flash_attention(self) -> str | None:
        """As asked for: on, off, auto. Up to 0.11.4 a line without the flag asks for none."""
        if self.request:
            return self.request.flash_attention
        absent = "off" if self.era.id == "command-line" and not self.args.cut else None
        return self.args.flash_attention or absent

    @property
    def num_gpu(self) -> int | None:
        """Layers that somebody asked for; what the line states is from 0.30 on a wish, before an estimate."""
        if self.era.id == "llama-server":
            return self.args.gpu_layers
        # Up to 0.11.4 an estimate of none leaves the flag out: a stated 0 was asked for (reference 1.4).
        stated = 0 if self.era.id == "command-line" and self.args.gpu_layers == 0 else None
        asked = stated if self.asked_layers is None else self.asked_layers
        return asked if asked is not None and asked >= 0 else None

    @property
    def ctx_trained(self) -> int | None:
        if self.blob.ctx_trained is not None:
            return self.blob.ctx_trained
        return self.capped.trained if self.capped else self.trained

    @property
    def builtin(self) -> defaults.Default:
        own_file = self.era.id == "llama-server" and self.args.model and not (self.digest or self.args.cut)
        if self.hand or self.args.hf or own_file:
            return ()  # no Ollama started it: none of Ollama's defaults is its own
        old = bool(self.request and self.request.old_spelling)
        return defaults.builtin(self.server, self.era.id, self.blob.architecture, old_spelling=old)

    @property
    def default(self) -> defaults.Default:
        return defaults.effective(self.server, self.builtin)

    @property
    def embedding(self) -> bool | None:
        """From the blob; `--embedding` itself means it only in the llama-server era (reference 1.4, 1.6)."""
        if self.era.id == "llama-server" and self.args.embedding:
            return True
        return self.blob.embedding

    def wanted(self, config: int | None, model: int | None = None) -> tuple[int | None, str]:
        """Return the context somebody wants for it, never above the trained one, and who."""
        sources = (
            (config, "config"),
            (model, "model"),
            (defaults.environment(self.server), "environment"),
            (self.wanted_history, "history"),
        )
        tokens, source = next(((t, s) for t, s in sources if t is not None), (None, "none"))
        trained = self.ctx_trained
        return (min(tokens, trained) if tokens and trained else tokens), source
