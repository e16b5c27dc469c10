"""Passwords and keys in a log go no further than the parser."""

import json

import pytest

from ollama_watch.app.checkpoint import Checkpoint, Resumed, write
from ollama_watch.app.reading import Reading
from ollama_watch.app.watched import Watched
from ollama_watch.model import Line
from ollama_watch.parse import events as ev
from ollama_watch.parse import parse
from ollama_watch.parse.secrets import masked, without_logins
from tests.support import logs

SECRET = "hunter2-and-more"
KEY = "sk-" + "proj-1a2b" * 3  # as of a well-known service


def variables(env: str) -> dict[str, str]:
    """Return what the server's start line tells of its variables."""
    line = Line(f'msg="server config" env="map[{env}]"'.encode(), 1, 0.0)
    ((config,),) = ([stamped.event for stamped in parse(line)],)
    assert isinstance(config, ev.ServerConfig)
    return dict(config.env)


@pytest.mark.parametrize(
    ("variable", "kept"),
    [
        (f"OLLAMA_API_KEY:{SECRET}", "***"),
        (f"OLLAMA_TOKEN:{SECRET}", "***"),
        (f"MY_CLIENT_SECRET:{SECRET}", "***"),
        (f"DB_PASSWORD:{SECRET} with blanks", "***"),
        (f"HF_PASSWD:{SECRET}", "***"),
        (f"OLLAMA_CLOUD:{KEY}", "***"),
        (f"OLLAMA_PROXY_PASS:{SECRET}", "***"),
        (f"OLLAMA_PWD:{SECRET}", "***"),
        (f"OLLAMA_CLOUD:{'ab12' * 8}", "***"),
        (f"OLLAMA_CLOUD:https://host/x?api_key={SECRET}", "***"),
        (f"X:Bearer {SECRET}", "***"),
        (f"HTTPS_PROXY:http://me:{SECRET}@proxy:3128/x", "http://***@proxy:3128/x"),
        (f"https_proxy:http://me:{SECRET}@{SECRET}@proxy", "http://***@proxy"),
        (f"HTTP_PROXY:me:{SECRET}@proxy:3128", "***@proxy:3128"),
        (f"OLLAMA_HOST:http://{SECRET}@0.0.0.0:11434", "http://***@0.0.0.0:11434"),
        (f"OLLAMA_ORIGINS:[http://a https://me:{SECRET}@b]", "[http://a https://***@b]"),
    ],
)
def test_what_looks_like_a_secret_is_masked(variable: str, kept: str) -> None:
    name = variable.partition(":")[0]
    found = variables(f"OLLAMA_DEBUG:false {variable} OLLAMA_NUM_PARALLEL:4")

    assert found == {"OLLAMA_DEBUG": "false", name: kept, "OLLAMA_NUM_PARALLEL": "4"}


@pytest.mark.parametrize(
    "value",
    [
        "OLLAMA_KEEP_ALIVE:5m0s",
        "OLLAMA_KV_CACHE_TYPE:q8_0",
        "OLLAMA_HOST:http://0.0.0.0:11434",
        "OLLAMA_MODELS:/srv/a@b/models",
        "OLLAMA_AUTH:false",
        "OLLAMA_BYPASS_CACHE:yes",
        "CUDA_VISIBLE_DEVICES:GPU-8a6c1f2e-1111-2222-3333-444455556666",
        "OLLAMA_LLM_LIBRARY:cuda_v12",
        "OLLAMA_API_KEY:",
        "HTTPS_PROXY:http://proxy:3128",
        "OLLAMA_ORIGINS:[http://localhost https://localhost:* app://*]",
    ],
)
def test_what_is_no_secret_is_kept(value: str) -> None:
    name, _, kept = value.partition(":")

    assert variables(value) == {name: kept}


def test_a_variable_that_cannot_be_read_is_masked_too() -> None:
    rest = f"key=OLLAMA_API_KEY value={SECRET} default={SECRET}"
    line = logs.record("invalid environment variable, using default", rest)

    (stamped,) = parse(Line(line.encode(), 1, 0.0))

    assert stamped.event == ev.InvalidEnvironment("OLLAMA_API_KEY", "***", "***")


def test_an_error_tells_no_login() -> None:
    line = logs.record("Load failed", f'model=a error="Get \\"https://me:{SECRET}@host/x\\": refused"')

    (stamped,) = parse(Line(line.encode(), 1, 0.0))

    assert stamped.event == ev.Failed("a", 'Get "https://***@host/x": refused')


def test_the_state_file_has_none() -> None:
    reading = Reading("server.log")
    env = f"OLLAMA_API_KEY:{SECRET} HTTPS_PROXY:http://a:{SECRET}@b OLLAMA_CONTEXT_LENGTH:8192"
    config = logs.record("server config", f'env="map[{env}]"')
    lines = (config, logs.launch(ctx_size=8192, parallel=1, started=True))
    for number, line in enumerate("\n".join(lines).splitlines(), 1):
        reading.feed(Line(line.encode(), number, 0.0))

    text = write(Checkpoint(sources={"a": Resumed(target="a", position=None, watched=Watched(reading))}))

    assert "OLLAMA_CONTEXT_LENGTH" in json.dumps(json.loads(text))
    assert SECRET not in text


def test_a_server_with_thousands_of_variables_is_read_to_a_bound() -> None:
    env = " ".join(f"A{number}:1" for number in range(5000))
    (stamped,) = parse(Line(f'msg="server config" env="map[{env}]"'.encode(), 1, 0.0))

    assert isinstance(stamped.event, ev.ServerConfig)
    assert len(stamped.event.env) == 200
    assert stamped.event.cut


def test_text_without_a_login_stays_as_it_is() -> None:
    assert without_logins("a@b c://d/e@f") == "a@b c://d/e@f"
    assert masked("A", "b") == "b"
