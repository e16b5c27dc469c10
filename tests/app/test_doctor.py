"""Checks whose machine would be hard to make: the unit of the daemon, and its sandbox."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from ollama_watch.app import sandboxed
from ollama_watch.app.doctor import Check, Place, Seen, folders, look, server, telling
from ollama_watch.app.doctor.write import sources_text
from ollama_watch.app.httpconfig import Http
from ollama_watch.app.sinksconfig import SinkConfig
from ollama_watch.app.sourcesconfig import sources
from ollama_watch.errors import UserError
from ollama_watch.host.units import Sandbox, unit
from ollama_watch.model import Line
from ollama_watch.sinks.post import Receiver
from ollama_watch.sources.config import SourceConfig
from ollama_watch.sources.find import Found
from ollama_watch.verify.yamlfile import Document, positions
from tests.support.need import need_root
from tests.support.ollama_log import OllamaLog

SHIPPED = (
    "DynamicUser=yes",
    "SupplementaryGroups=systemd-journal",
    "ProtectHome=yes",
    "IPAddressDeny=0.0.0.0/0 ::/0",
    "IPAddressAllow=127.0.0.0/8 ::1/128",
    "RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX",
)


def _silent(_: Http) -> Mapping[str, Any]:
    raise UserError("no daemon")


def _plain(lines: Iterator[Line], _: str, __: int | None) -> Iterator[Line]:
    return lines


def _seen(folder: Path, *own: str, sinks: tuple[str, ...] = (), log: str = "") -> Seen:
    """Return a machine with a log, and the daemon's unit as systemctl shows it."""
    (folder / "proc").mkdir()
    (folder / "server.log").write_text(log)
    (folder / "config.yaml").write_text(f"sources: [{{name: o, file: {{path: {folder}/server.log}}}}]\n")
    place = Place(root=folder, home=folder, environ={"HOME": str(folder)}, config=folder / "config.yaml")
    seen = look(place, _silent, _plain)
    shown = "\n".join(("LoadState=loaded", *own))
    return replace(
        seen,
        own=unit("ollama-watchd.service", run=lambda _: shown) if own else None,
        config=replace(seen.config, sinks=tuple(map(SinkConfig, sinks)) or None),
    )


@pytest.mark.parametrize(("configured", "wrong"), [(None, True), ("llm", False)])
def test_a_unit_that_logs_to_another_namespace_than_configured(
    tmp_path: Path, configured: str | None, *, wrong: bool
) -> None:
    ollama = SourceConfig(name="o", unit="ollama.service", namespace="llm")
    seen = _seen(tmp_path)
    config = replace(seen.config, sources=(replace(ollama, namespace=configured),))
    found = list(server.log(replace(seen, logs=(), config=config, found=(Found(ollama, "it runs"),))))

    hint = f"write `journal: {{unit: ollama.service, namespace: llm}}` in {tmp_path}/config.yaml"
    assert [one.mend for one in found] == ([(hint,)] if wrong else [])


def test_the_state_is_where_the_service_keeps_it(tmp_path: Path) -> None:
    """Root, who asks, has another folder: nobody uses it."""
    found = _only(folders.state(_seen(tmp_path, *SHIPPED, "ActiveState=active")))

    assert (found.ok, found.text.split(",")[0]) == (True, "/var/lib/ollama-watchd")


def _only(checks: Iterator[Check]) -> Check:
    (found,) = checks
    return found


@pytest.mark.parametrize(
    ("sink", "own", "why"),
    [
        ("log", SHIPPED, None),
        ("desktop", SHIPPED, "cannot reach anybody's session bus"),
        ("webhook", SHIPPED, "IPAddressDeny="),
        ("alertmanager", ("PrivateNetwork=yes",), "PrivateNetwork=yes"),
        ("webhook", ("RestrictAddressFamilies=AF_UNIX",), "AF_INET"),
        ("webhook", ("RestrictAddressFamilies=~",), None),
        ("webhook", ("ProtectHome=no",), None),
    ],
)
def test_what_the_sandbox_keeps_a_sink_from(
    tmp_path: Path, sink: str, own: tuple[str, ...], why: str | None
) -> None:
    found = _only(telling.sandbox(_seen(tmp_path, *own, sinks=(sink,))))

    assert found.ok is (why is None)
    assert why is None or why in found.text
    assert bool(found.mend) is (why is not None)


@pytest.mark.parametrize(
    ("url", "why", "mend"),
    [
        ("http://127.0.0.1:9093", "", ""),
        ("http://localhost:9093", "", ""),
        ("http://[::1]:9093", "", ""),
        ("http://10.0.0.7:9093", "IPAddressDeny=", "[Service] IPAddressAllow=10.0.0.7"),
        ("http://am.example", "IPAddressDeny=", "[Service] IPAddressAllow=ADDRESS"),
    ],
)
def test_the_sandbox_keeps_a_sink_from_other_machines_alone(url: str, why: str, mend: str) -> None:
    sink = SinkConfig("alertmanager", receiver=Receiver(url=url))
    found = [(one.sink, one.why, one.mend) for one in sandboxed.kept([sink], _box(*SHIPPED))]

    assert len(found) == bool(why)
    assert all(why in text and command.endswith(mend) for _, text, command in found)


@pytest.mark.parametrize(
    ("program", "own", "is_hidden"),
    [
        ("/home/me/on-alert", "ProtectHome=yes", True),
        ("/root/on-alert", "ProtectHome=tmpfs", True),
        ("/home/me/on-alert", "ProtectHome=read-only", False),
        ("/home/me/on-alert", "ProtectHome=yes\nBindReadOnlyPaths=/home/me/on-alert", False),
        ("/usr/local/bin/on-alert", "ProtectHome=yes", False),
    ],
)
def test_a_program_that_the_sandbox_hides(program: str, own: str, is_hidden: bool) -> None:  # noqa: FBT001  # a parameter
    found = list(sandboxed.kept([SinkConfig("command", run=(program,))], _box(own)))

    assert bool(found) is is_hidden
    assert all(one.mend.endswith(f"[Service] BindReadOnlyPaths={program}") for one in found)


def test_at_its_start_the_service_names_the_sinks_that_are_blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    sinks = (SinkConfig("log"), SinkConfig("desktop"))
    shown = "\n".join(("LoadState=loaded", f"MainPID={os.getpid()}", *SHIPPED))
    monkeypatch.setattr(sandboxed, "unit", lambda name: unit(name, run=lambda _: shown))

    (one,) = sandboxed.kept_here(sinks, {"INVOCATION_ID": "1"})
    assert one.sink == "desktop"
    assert one.mend.startswith("systemctl --user enable --now ollama-watchd-desktop")
    assert sandboxed.kept_here(sinks, {}) == []
    shown = shown.replace(str(os.getpid()), "1")  # somebody else is the service
    assert sandboxed.kept_here(sinks, {"INVOCATION_ID": "1"}) == []


def _box(*own: str) -> Sandbox:
    found = unit("ollama-watchd.service", run=lambda _: "\n".join(("LoadState=loaded", *own)))
    assert found
    return found.sandbox


def test_without_a_unit_nothing_is_kept_from_a_sink(tmp_path: Path) -> None:
    assert _only(telling.sandbox(_seen(tmp_path, sinks=("desktop",)))).ok is None


@pytest.mark.parametrize(
    ("group", "mend"),
    [
        (1, "sudo systemctl edit ollama-watchd  →  [Service] SupplementaryGroups="),
        (0, "sudo chmod -R o+rX "),  # root's own group is given to nobody
    ],
)
def test_models_of_a_group_that_the_service_is_not_in(tmp_path: Path, group: int, mend: str) -> None:
    """The group that would let it in is named; the folder's own modes decide, not our rights."""
    need_root()
    with TemporaryDirectory() as folder:  # everybody may enter the folder that it is in
        models = Path(folder)
        (models / "manifests").mkdir()
        models.chmod(0o750)
        os.chown(models, -1, group)
        log = str(OllamaLog().server("0.11.4").runs(ctx=4096)).replace("/models/blobs", f"{models}/blobs")
        seen = _seen(tmp_path, *SHIPPED, log=log)

        found = _only(folders.models(seen))
        models.chmod(0o755)
        after = _only(folders.models(seen))

    assert f"{models} lets us not in" in found.text
    assert found.mend[0].startswith(mend)
    assert (found.ok, after.ok) == (False, True)


@pytest.mark.parametrize(
    "source",
    [
        SourceConfig(name="a: b #", path='/var/log/"o" {x}.log'),
        SourceConfig(name="ollama.service", unit="ollama.service"),
        SourceConfig(name="u", user_unit="ollama.service", uid=1000),
        SourceConfig(name="box", container="box"),
        SourceConfig(name="n\n\x1b", path="/\u202e\n"),
    ],
)
def test_what_is_written_is_read_as_the_same(source: SourceConfig) -> None:
    """Whatever its names hold."""
    document = Document(sources_text([source]), "config.yaml")

    found = sources(document, positions(document.mapping(document.root))["sources"])

    document.done()
    assert found == [source]
