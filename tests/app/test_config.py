"""The configuration file: what it may say, and what it says of mistakes."""

from pathlib import Path

import pytest

from ollama_watch.app.config import Config, default_path, load_config
from ollama_watch.app.httpconfig import Http, Tls
from ollama_watch.app.sinksconfig import SinkConfig
from ollama_watch.errors import UserError, UserErrors


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def load(folder: Path, text: str) -> Config:
    path = folder / "config.yaml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def messages(folder: Path, text: str) -> list[str]:
    """Return what is wrong with a configuration, one line a mistake, without the folder."""
    with pytest.raises(UserError) as caught:
        load(folder, text)
    errors = caught.value.errors if isinstance(caught.value, UserErrors) else [caught.value]
    return [str(error).splitlines()[0].removeprefix(f"{folder}/") for error in errors]


def test_everything_is_optional(folder: Path) -> None:
    assert load(folder, "") == load_config(None)
    assert (load_config(None).http, load_config(None).sources) == (Http(), ())


def test_what_is_wanted_is_found_by_the_most_literal_pattern(folder: Path) -> None:
    config = load(
        folder, 'want:\n  "*": {context: 8192}\n  "qwen*": {context: 1}\n  "qwen3:*": {context: 2}\n'
    )

    wanted = [
        want.context if (want := config.want_for(tags)) else None for tags in (("qwen3:8b",), ("x",), ())
    ]
    assert wanted == [2, 8192, 8192]


def test_no_pattern_is_no_wish(folder: Path) -> None:
    assert load(folder, "want: {qwen3: {context: 5}}").want_for(("llama3",)) is None
    assert load(folder, "want: {qwen3: {context: 5}}").want_for(()) is None


def test_other_arguments_are_conditions(folder: Path) -> None:
    (want,) = load(folder, 'want: {"*": {context: 8192, parallel: 1, gpu_layers: all, mmap: off}}').want

    assert [(one.fact, one.text) for one in want.others] == [
        ("parallel", "1"),
        ("gpu_layers", "all"),
        ("mmap", "off"),
    ]


def test_files_beside_it_add_wishes_and_rules(folder: Path) -> None:
    (folder / "want.d").mkdir()
    (folder / "want.d/accepted.yaml").write_text("want: {a: {context: 1}}")
    (folder / "rules.d").mkdir()
    (folder / "rules.d/mine.yaml").write_text("rules: [{id: context-small, severity: info}]")

    config = load(folder, "want: {b: {context: 2}}")

    assert [want.pattern for want in config.want] == ["b", "a"]
    assert {rule.id: rule.severity for rule in config.rules}["context-small"] == "info"


def test_rules_may_stand_elsewhere_and_the_shipped_ones_may_be_left_out(folder: Path) -> None:
    (folder / "own.yaml").write_text("rules: [{id: mine, severity: info, summary: s, expect: {parallel: 1}}]")

    config = load(folder, "rules: {shipped: false, paths: [own.yaml]}")

    assert [rule.id for rule in config.rules] == ["mine"]


def test_sources(folder: Path) -> None:
    text = "sources:\n  - {name: j, journal: {unit: ollama.service}}\n  - {name: f, file: {path: /x/*.log}}\n"
    journal, file = load(folder, text).sources

    assert (journal.name, journal.unit, journal.path) == ("j", "ollama.service", None)
    assert (file.name, file.unit, file.path) == ("f", None, "/x/*.log")


def test_http(folder: Path) -> None:
    text = "http: {listen: '0.0.0.0:9', allowed_hosts: [a, b], allow_cleartext: yes, tls: null}"

    assert load(folder, text).http == Http(listen="0.0.0.0:9", allowed_hosts=("a", "b"), allow_cleartext=True)


@pytest.mark.parametrize("url", ["https://gpu.example", "https://gpu.example/", "http://[::1]:9/a/b"])
def test_the_address_for_others_is_a_page(folder: Path, url: str) -> None:
    assert load(folder, f"http: {{external_url: '{url}'}}").http.external_url == url.rstrip("/") + "/"
    assert load(folder, "http: {external_url: null}").http.external_url == ""


def test_tls_names_files_beside_the_configuration(folder: Path) -> None:
    found = load(folder, "http: {tls: {certificate: a.pem, key: /b.pem, client_ca: ca.pem}}").http.tls

    assert found == Tls(folder / "a.pem", Path("/b.pem"), folder / "ca.pem")
    assert load(folder, "http: {tls: {certificate: a, key: b, client_ca: null}}").http.tls == Tls(
        folder / "a", folder / "b"
    )


def test_sinks(folder: Path) -> None:
    text = "sinks:\n  log: {}\n  desktop: {min_severity: critical}\n"

    assert load(folder, text).sinks == (SinkConfig("log"), SinkConfig("desktop", "critical"))
    assert load(folder, "sinks: {}").sinks == ()
    assert load(folder, "").sinks is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("wants: {}", "config.yaml:1:1: unknown key 'wants'"),
        ("want: [a]", "config.yaml:1:7: expected a mapping of keys to values"),
        ("want: {a: {contxt: 5}}", "config.yaml:1:12: unknown key 'contxt'"),
        ("want: {a: {context: 32k}}", "config.yaml:1:21: expected a whole number, not '32k'"),
        ("want: {a: {parallel: two}}", "config.yaml:1:22: parallel is a number, not 'two'"),
        ("want: {a: {}, a: {}}", "config.yaml:1:15: key 'a' is given twice"),
        ("sources: [{journal: {unit: x}}]", "config.yaml:1:11: key 'name' is missing"),
        ("sources: [{name: x}]", "config.yaml:1:11: a source is either `journal:`, `file:` or `stdin:`"),
        (
            "sources: [{name: x, stdin: {message: m}}]",
            "config.yaml:1:38: `message:` is for `format: jsonl`",
        ),
        (
            "sources: [{name: x, stdin: {}}, {name: y, stdin: {}}]",
            "config.yaml:1:50: there is only one standard input",
        ),
        ("sources: [{name: x, file: {}}]", "config.yaml:1:27: key 'path' is missing"),
        ("sources: [{name: x, journal: {units: y}}]", "config.yaml:1:31: unknown key 'units'"),
        ("http: {tls: yes}", "config.yaml:1:13: expected a mapping of keys to values"),
        ("http: {tls: {certificate: a}}", "config.yaml:1:13: key 'key' is missing"),
        ("http: {tls: {certificate: a, key: null}}", "config.yaml:1:13: TLS needs the files of"),
        ("http: {tls: {certificat: a, certificate: b, key: c}}", "config.yaml:1:14: unknown key"),
        ("http: {external_url: gpu1}", "config.yaml:1:22: expected the address under which others reach"),
        ("http: {external_url: 'ftp://gpu1'}", "config.yaml:1:22: expected the address under which"),
        ("http: {external_url: 'http://gpu1:x'}", "config.yaml:1:22: expected the address under which"),
        ("http: {external_url: 'http://me:pw@gpu1'}", "config.yaml:1:22: expected the address under which"),
        ("http: {external_url: 'http://gpu1/?a=b'}", "config.yaml:1:22: expected the address under which"),
        ("http: {port: 5}", "config.yaml:1:8: unknown key 'port'"),
        ("http: {allow_cleartext: perhaps}", "config.yaml:1:25: expected true or false, not 'perhaps'"),
        ("sinks: {pager: {}}", "config.yaml:1:9: unknown sink 'pager'"),
        ("sinks: {log: {min_severity: loud}}", "config.yaml:1:29: unknown severity 'loud'"),
        ("rules: {shiped: false}", "config.yaml:1:9: unknown key 'shiped'"),
        ("want: {a: {context: 5", "config.yaml:"),
    ],
)
def test_a_mistake_has_a_place(folder: Path, text: str, message: str) -> None:
    (told,) = messages(folder, text)

    assert told.startswith(message)


def test_all_mistakes_of_all_files_are_told_at_once(folder: Path) -> None:
    (folder / "rules.d").mkdir()
    (folder / "rules.d/mine.yaml").write_text("rules: [{id: x}]")
    (folder / "want.d").mkdir()
    (folder / "want.d/a.yaml").write_text("want: {a: {contxt: 1}}")

    told = messages(folder, "http: {port: 5}\nsinks: {pager: {}}\n")

    assert sorted({one.partition(":")[0] for one in told}) == [
        "config.yaml",
        "rules.d/mine.yaml",
        "want.d/a.yaml",
    ]
    assert len(told) == 6


def test_a_file_that_is_not_there_is_the_users_mistake(folder: Path) -> None:
    with pytest.raises(UserError, match="No such file") as caught:
        load_config(folder / "none.yaml")

    assert caught.value.hint


def test_rules_that_are_not_there_are_the_users_mistake(folder: Path) -> None:
    assert "No such file" in messages(folder, "rules: {paths: [nowhere]}")[0]


def test_bytes_that_are_no_text_are_the_users_mistake(folder: Path) -> None:
    (folder / "config.yaml").write_bytes(b"want: \xff")

    with pytest.raises(UserError, match="not UTF-8"):
        load_config(folder / "config.yaml")


def test_the_users_configuration_comes_before_the_machines(folder: Path) -> None:
    assert default_path({"XDG_CONFIG_HOME": str(folder / "none"), "HOME": ""}) in (
        None,
        Path("/etc/ollama-watchd/config.yaml"),
    )
    (folder / "ollama-watchd").mkdir()
    own = folder / "ollama-watchd/config.yaml"
    own.touch()

    assert default_path({"XDG_CONFIG_HOME": str(folder)}) == own


def test_wishes_count_where_the_file_is_even_if_it_is_empty(folder: Path) -> None:
    own = folder / "ollama-watchd/config.yaml"
    (own.parent / "want.d").mkdir(parents=True)
    (own.parent / "want.d/a.yaml").write_text("want: {a: {context: 1}}")

    assert default_path({"XDG_CONFIG_HOME": str(folder)}) != own
    own.touch()
    assert default_path({"XDG_CONFIG_HOME": str(folder)}) == own
    assert [want.pattern for want in load_config(own).want] == ["a"]
