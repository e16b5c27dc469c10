"""Names of models for launches: read below the models directory of each launch, else asked of Ollama."""

import logging
from collections.abc import Callable
from threading import Event, Thread

from ollama_watch.app.modelsconfig import Models
from ollama_watch.models.api import Api
from ollama_watch.models.catalogue import Catalogue
from ollama_watch.models.kvcache import kv_bytes_per_token
from ollama_watch.models.place import Trouble, directory_of
from ollama_watch.models.tag import Tag
from ollama_watch.state.blobs import Blob
from ollama_watch.state.name import Name
from ollama_watch.state.names import named
from ollama_watch.state.record import Record

_log = logging.getLogger(__name__)
_ASKED = "names come from Ollama's API or not at all"
_NOT_ASKED = "models are called by their digests"
_ASKS = 5.0  # s between two looks at whether the API is to be asked


class Naming:
    """Adds names to launches. Belongs to one thread; another one may ask Ollama."""

    def __init__(self, catalogue: Catalogue, otherwise: str = _NOT_ASKED) -> None:
        """`otherwise`: what people are told comes of a directory that cannot be read."""
        self._catalogue, self._otherwise = catalogue, otherwise
        self._seen = 0
        self._told: set[Trouble] = set()

    def __call__(self, record: Record) -> Record:
        """Return a launch with all that is known of its blob."""
        if not record.digest or record.host is not None:  # what lies here is not what lies there
            return record
        directory = directory_of(record.args.model or "")
        tags = self._catalogue.tags(record.digest, directory) or ()
        header = self._catalogue.header(record.digest, directory)
        if not tags and header is None:
            return record
        blob = Blob()
        if header:
            pooling = None if header.pooling_type is None else header.pooling_type > 0
            blob = Blob(header.architecture, header.context_length, pooling)
        asked = record.request or record.args
        cost = kv_bytes_per_token(header, asked.kv_cache_type or "f16") if header else None
        return named(record, [_name(tag) for tag in tags], blob, cost)

    def changed(self) -> bool:
        """Look for new names, rarely; return whether there are any since the last time."""
        before, self._seen = self._seen, self._catalogue.look()
        self._tell()
        return self._seen != before

    def _tell(self) -> None:
        """Say once of each directory that it cannot be read; nothing else breaks."""
        for trouble in self._catalogue.troubles:
            if trouble not in self._told:
                self._told.add(trouble)
                _log.info("%s: %s (ollama-watchd doctor says how to mend it)", trouble.text, self._otherwise)


def naming(models: Models) -> tuple[Naming, Callable[[], None]]:
    """Return the naming that the configuration wants, and what ends the thread that asks Ollama."""
    api = Api(models.ollama_host) if models.ollama_api else None
    catalogue = Catalogue(models.directory, api)
    if api is None:
        return Naming(catalogue), lambda: None
    over = Event()
    thread = Thread(target=_ask, args=(catalogue, over), name="ollama-api", daemon=True)
    thread.start()

    def end() -> None:
        over.set()
        thread.join(1)

    return Naming(catalogue, _ASKED), end


def _ask(catalogue: Catalogue, over: Event) -> None:
    while not over.wait(_ASKS):
        catalogue.ask()


def _name(tag: Tag) -> Name:
    return Name(tag.name, tag.params, tag.adapters, tag.projectors)
