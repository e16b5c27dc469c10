"""Every key of the configuration: what it means, and a value that it may have."""

from typing import NamedTuple


class Key(NamedTuple):
    """`value` as YAML; "" for one that only holds other keys. `instead`: keys it excludes."""

    path: str
    value: str
    meaning: str
    instead: tuple[str, ...] = ()


_SEVERITY = "Nothing milder is told: `info`, `warning` or `critical`. Default: `warning`."
_URL = "Where it is. A URL that holds a secret belongs into a file."
_URL_FILE = "A file that holds the URL, read anew each time; best one of systemd's credentials."
_TOKEN = "A file with a token that is sent as `Authorization: Bearer`, read anew each time."
_CA = "Certificates, in PEM form, of who may have signed the other side's. Default: those of the system."

KEYS = (
    Key(
        "want",
        "",
        "What you expect, by the tag of a model or a pattern; the most literal counts.",
    ),
    Key("want.*.context", "32768", "Tokens that one request may use, at least."),
    Key("want.*.parallel", "1", "Slots."),
    Key("want.*.gpu_layers", "all", "Layers on the GPU; `all`, or a number."),
    Key("want.*.batch_size", "512", "Tokens of the logical batch."),
    Key("want.*.ubatch_size", "512", "Tokens of the physical batch."),
    Key("want.*.flash_attention", "on", "`on`, `off` or `auto`."),
    Key("want.*.kv_cache_type", "q8_0", "Such as `f16` or `q8_0`."),
    Key("want.*.threads", "8", "CPU threads."),
    Key("want.*.mmap", "true", "Whether the weights are mapped, not read."),
    Key("want.*.mlock", "false", "Whether the weights are locked in memory."),
    Key("sources", "", "What is watched, a list. Absent: what is found on this machine."),
    Key("sources.name", "workstation", "What it is called in metrics and alerts; must be given."),
    Key(
        "sources.journal",
        "",
        "A journal, chosen by any of the keys below it.",
        ("sources.file", "sources.stdin"),
    ),
    Key("sources.journal.unit", "ollama.service", "Of a unit of the system."),
    Key("sources.journal.user_unit", "ollama.service", "Of a unit of a user."),
    Key("sources.journal.uid", "1000", "Of which user, by number."),
    Key("sources.journal.container", "ollama", "Of a container whose output goes to the journal."),
    Key("sources.journal.namespace", "llm", "Of a namespace of journals."),
    Key(
        "sources.journal.directory",
        "/var/log/journal/remote",
        "All of a folder of the journals of many hosts, as systemd-journal-remote writes them.",
    ),
    Key("sources.file", "", "Log files instead.", ("sources.journal", "sources.stdin")),
    Key(
        "sources.file.path",
        "/var/log/ollama.log",
        "Which, a pattern too; files come and go, each a server of its own; must be given.",
    ),
    Key("sources.file.format", "auto", "`auto`: plain, docker's and the kubelet's are told apart by line."),
    Key(
        "sources.stdin",
        "",
        "Standard input instead; only one source may be that.",
        ("sources.file", "sources.journal"),
    ),
    Key(
        "sources.stdin.format",
        "jsonl",
        "`auto`: a log's lines; `jsonl`: a JSON object a line. Default: `auto`.",
    ),
    Key(
        "sources.stdin.message", "line", "Which field of the object holds the log's line. Default: `message`."
    ),
    Key(
        "sources.stdin.host",
        "labels.host",
        "Which field names its host; dots lead into objects. Default: none.",
    ),
    Key(
        "sources.stdin.time", "timestamp", "Which field says when it was logged. Default: none, its arrival."
    ),
    Key("rules", "", "Which rules are in force; see ollama-watchd-rules(5)."),
    Key("rules.shipped", "false", "Whether the shipped ones are. Default: `true`."),
    Key("rules.paths", "[rules.d]", "Files and folders of yours. Default: `rules.d`, where it exists."),
    Key("http", "", "Where the pages are."),
    Key("http.listen", '"127.0.0.1:10434"', "Address and port. Default: `127.0.0.1:10434`."),
    Key("http.allowed_hosts", "[watcher.lan]", "More names by which it may be asked for."),
    Key(
        "http.external_url",
        "https://gpu1.example/ollama/",
        "Where others reach the status page, by a proxy say: links in alerts lead there.",
    ),
    Key(
        "http.allow_cleartext",
        "false",
        "Whether it may listen beyond this machine without TLS.",
    ),
    Key("http.tls", "", "Listen with TLS 1.2 or newer; without it beyond this machine nothing listens."),
    Key("http.tls.certificate", "server.pem", "The certificate; must be given."),
    Key("http.tls.key", "server.key", "Its key, not encrypted; must be given."),
    Key("http.tls.client_ca", "clients.pem", "Only clients with a certificate of this CA are let in."),
    Key("sinks", "", "Who is told. Absent: the log, and the desktop if there is one."),
    Key("sinks.log", "", "The log; in the journal each transition is an entry with fields."),
    Key("sinks.log.min_severity", "info", _SEVERITY),
    Key("sinks.desktop", "", "A pop-up, of a daemon that runs in your session."),
    Key("sinks.desktop.min_severity", "warning", _SEVERITY),
    Key("sinks.alertmanager", "", "Alertmanager, by version 2 of its API."),
    Key("sinks.alertmanager.min_severity", "warning", _SEVERITY),
    Key("sinks.alertmanager.url", '"http://127.0.0.1:9093"', _URL, ("sinks.alertmanager.url_file",)),
    Key("sinks.alertmanager.url_file", "alertmanager.url", _URL_FILE, ("sinks.alertmanager.url",)),
    Key("sinks.alertmanager.bearer_token_file", "token", _TOKEN),
    Key("sinks.alertmanager.ca_file", "ca.pem", _CA),
    Key("sinks.alertmanager.timeout", "10s", "How long a message may take. Default: `10s`."),
    Key("sinks.alertmanager.resend", "1m", "How often what holds is said again. Default: `1m`."),
    Key("sinks.alertmanager.ends_after", "4m", "When an alert ends that is not said again. Default: `4m`."),
    Key("sinks.alertmanager.resolved_for", "15m", "How long an end is said again. Default: `15m`."),
    Key("sinks.webhook", "", "Whatever reads Alertmanager's webhooks, version 4; one alert a message."),
    Key("sinks.webhook.min_severity", "warning", _SEVERITY),
    Key("sinks.webhook.url", '"http://127.0.0.1:9000/hook"', _URL, ("sinks.webhook.url_file",)),
    Key("sinks.webhook.url_file", "webhook.url", _URL_FILE, ("sinks.webhook.url",)),
    Key("sinks.webhook.bearer_token_file", "token", _TOKEN),
    Key("sinks.webhook.ca_file", "ca.pem", _CA),
    Key("sinks.webhook.timeout", "10s", "How long a message may take. Default: `10s`."),
    Key("sinks.command", "", "A program of yours: the alert as JSON on its standard input, no shell."),
    Key("sinks.command.min_severity", "warning", _SEVERITY),
    Key("sinks.command.run", "[/usr/local/bin/on-alert]", "Its whole path and its arguments; must be given."),
    Key("sinks.command.timeout", "30s", "How long it may take. Default: `30s`."),
    Key("models", "", "Where names of models come from."),
    Key("models.directory", "/usr/share/ollama/.ollama/models", "Default: the one that each launch names."),
    Key(
        "models.ollama_api",
        "auto",
        "`auto`: Ollama is asked where no directory tells; `off`: never.",
    ),
)
LISTS = ("sources",)  # of mappings with the keys below them
PATTERN = "*"  # stands for a tag


def nested(without: frozenset[str] = frozenset()) -> object:
    """Return a configuration of all values but of the keys in `without`, as YAML texts in mappings."""
    top: dict[str, object] = {}
    for key in KEYS:
        if any(key.path == one or key.path.startswith(f"{one}.") for one in without):
            continue
        *folders, name = key.path.split(".")
        inner = top
        for folder in folders:
            found = inner.setdefault(folder, {})
            assert isinstance(found, dict)
            inner = found
        inner[name] = key.value or inner.get(name, {})
    return top


def yaml_of(value: object, path: str = "") -> str:
    """Return the configuration as YAML in flow style."""
    if not isinstance(value, dict):
        return str(value)
    pairs = (f"{_quoted(key)}: {yaml_of(inner, f'{path}.{key}'.strip('.'))}" for key, inner in value.items())
    text = f"{{{', '.join(pairs)}}}"
    return f"[{text}]" if path in LISTS else text


def _quoted(key: str) -> str:
    return f'"{key}"' if key == PATTERN else key
