"""What a line can announce. `at` is the moment the record itself names; None where it names none."""

from collections.abc import Mapping
from dataclasses import dataclass

from ollama_watch.parse.argv import Args
from ollama_watch.parse.eras import Era
from ollama_watch.parse.load_request import LoadRequest


@dataclass(frozen=True, slots=True)
class LaunchLine:
    """A runner is being started with these arguments; in the load-request era they come later."""

    era: Era
    engine: str
    args: Args
    name: str | None = None  # MLX and image runners are named by tag


@dataclass(frozen=True, slots=True)
class Probe:
    """A child that only looks for GPUs: a launch line without a model (0.12.7 to 0.24)."""


@dataclass(frozen=True, slots=True)
class Requested:
    """The server asks the newest runner to load."""

    request: LoadRequest


@dataclass(frozen=True, slots=True)
class HandStarted:
    """A llama-server that nobody but its user started tells its slots."""

    slots: int
    ctx_per_slot: int
    unified: bool


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """First line of a server's life: its settings as parsed, defaults filled in."""

    env: Mapping[str, str]
    cut: bool  # variables after the cut are absent, not unset


@dataclass(frozen=True, slots=True)
class Listening:
    """The server is up; `version` without its v, "" where the line does not say."""

    version: str


@dataclass(frozen=True, slots=True)
class DefaultContext:
    """What this server gives by its VRAM when nobody asks (0.15.5 on)."""

    tokens: int
    vram: str | None = None  # of all GPUs: 16.0 GiB


@dataclass(frozen=True, slots=True)
class Compute:
    """A device that the server found; library "cpu" is none."""

    library: str


@dataclass(frozen=True, slots=True)
class LowVram:
    """The server goes without the larger floors (0.11.4 to 0.15.4)."""


@dataclass(frozen=True, slots=True)
class FlashDropped:
    """Flash attention was wanted and cannot be had."""

    by: str  # gpu or model


@dataclass(frozen=True, slots=True)
class KvDropped:
    """A KV cache type was wanted and cannot be had."""

    type: str


@dataclass(frozen=True, slots=True)
class OneSlot:
    """A model gets one slot whatever OLLAMA_NUM_PARALLEL says."""

    why: str  # projector, architecture, cache


@dataclass(frozen=True, slots=True)
class MmapOff:
    """The next launch reads its weights into memory, because the machine is short of it."""


@dataclass(frozen=True, slots=True)
class LibraryUnknown:
    """OLLAMA_LLM_LIBRARY names no library that there is (up to 0.5.7)."""

    name: str


@dataclass(frozen=True, slots=True)
class Capped:
    """The next launch gets the trained context instead of the one asked for (reference 6)."""

    requested: int  # per slot
    trained: int
    kept: bool  # warned only: the value asked for stays (0.1.33, 0.1.34)


@dataclass(frozen=True, slots=True)
class ContextReduced:
    """The next launch is another try with less context: the last one ran out of memory (0.30 on)."""

    before: int  # tokens of one slot
    now: int


@dataclass(frozen=True, slots=True)
class Truncated:
    """A prompt lost tokens."""

    limit: int
    prompt: int | None
    kept: int | None


@dataclass(frozen=True, slots=True)
class InputTooLarge:
    """llama-server refused an input that has to fit into one physical batch, as those of embeddings have."""

    tokens: int | None  # None in builds of before it was told
    batch: int | None


@dataclass(frozen=True, slots=True)
class PromptSize:
    """A request's size as asked (0.30 on, every request)."""

    tokens: int


@dataclass(frozen=True, slots=True)
class InvalidEnvironment:
    variable: str
    value: str
    default: str


@dataclass(frozen=True, slots=True)
class InvalidOption:
    option: str


@dataclass(frozen=True, slots=True)
class Offload:
    """What the server expects of the next launch (up to 0.12.10): an estimate, but it names the library."""

    library: str
    partial: bool
    asked: int | None = None  # num_gpu; -1: automatic; None: not told


@dataclass(frozen=True, slots=True)
class LayersAsked:
    """How many layers the server asks the runner that loads to put on the GPU (0.11.5 to 0.24)."""

    count: int | None  # -1: automatic


@dataclass(frozen=True, slots=True)
class Offloaded:
    """What the loader put on the GPU."""

    layers: int
    total: int


@dataclass(frozen=True, slots=True)
class Threads:
    """How many threads a llama-server computes with, and how many this machine can run at once."""

    used: int
    cores: int


@dataclass(frozen=True, slots=True)
class MlockFailed:
    """The system did not let a runner lock its weights in memory."""


@dataclass(frozen=True, slots=True)
class FlashResolved:
    """What flash attention became: on or off."""

    value: str


@dataclass(frozen=True, slots=True)
class Started:
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Failed:
    """A model could not be loaded."""

    model: str | None  # path or name, where the line says it
    error: str


@dataclass(frozen=True, slots=True)
class ClientGone:
    """Who asked for the model left while it loaded; what fails then is nobody's fault."""


@dataclass(frozen=True, slots=True)
class RunnerDied:
    error: str


@dataclass(frozen=True, slots=True)
class Unloaded:
    """An MLX or image runner was stopped; the only unload the log tells at INFO."""


@dataclass(frozen=True, slots=True)
class Named:
    """The tag by which a model was asked for, just before (`loaded` false) or after its launch."""

    tag: str
    loaded: bool


@dataclass(frozen=True, slots=True)
class Dump:
    """A loader begins to print what it read in a blob; a dump without a launch is common."""

    digest: str | None


@dataclass(frozen=True, slots=True)
class Metadata:
    """One line of a dump: architecture (text), context_length or pooling_type (number)."""

    key: str
    value: str | int


@dataclass(frozen=True, slots=True)
class EngineModel:
    """The new engine opens the model of its launch."""

    architecture: str


@dataclass(frozen=True, slots=True)
class TrainedContext:
    """llama.cpp compares the slot's context with the trained one, for the runner that loads."""

    trained: int


@dataclass(frozen=True, slots=True)
class Access:
    """A request is done. `ended` is local time read as if it were UTC: the line names no zone."""

    status: int
    ended: float
    latency: float  # s
    client: str
    method: str
    path: str  # without the query


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A line speaks of a launch in words that we cannot read."""

    text: str


Event = (
    LaunchLine | Probe | Requested | HandStarted | ServerConfig | Listening | DefaultContext | Compute
    | LowVram | ContextReduced
    | FlashDropped | KvDropped | OneSlot | MmapOff | LibraryUnknown | Capped | Truncated
    | InputTooLarge | PromptSize | InvalidEnvironment | InvalidOption | Offload | LayersAsked | Offloaded
    | Threads | MlockFailed | FlashResolved | Started | Failed | ClientGone | RunnerDied | Unloaded | Named
    | Dump | Metadata | EngineModel | TrainedContext | Access | Unreadable
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stamped:
    """An event, the moment its record names, and the zone the record is written in."""

    event: Event
    at: float | None  # seconds since the epoch
    zone: int | None = None  # seconds east of UTC
