"""Checks whose machine would be hard to make: the unit of the daemon, and its sandbox."""

import grp
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from ollama_watch.app.doctor import Check, Place, Seen, folders, look, server, telling
from ollama_watch.app.doctor.write import sources_text
from ollama_watch.app.httpconfig import Http
from ollama_watch.app.sinksconfig import SinkConfig
from ollama_watch.app.sourcesconfig import sources
from ollama_watch.errors import UserError
from ollama_watch.host.units import unit
from ollama_watch.model import Line
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


def test_of_a_program_nobody_knows_whether_it_wants_to_reach_others(tmp_path: Path) -> None:
    """Then it is no fault, and said all the same."""
    seen = _seen(tmp_path, *SHIPPED)
    sinks = (SinkConfig("command", run=("/usr/local/bin/on-alert",)),)

    perhaps, fine = telling.sandbox(replace(seen, config=replace(seen.config, sinks=sinks)))

    assert (perhaps.ok, fine.ok) == (None, True)
    assert "/usr/local/bin/on-alert reaches no other machine, if it wants to" in perhaps.text
    assert perhaps.mend[0].endswith("[Service] IPAddressAllow=ADDRESS")


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


def test_a_service_that_is_older_than_its_group_has_to_be_restarted(tmp_path: Path) -> None:
    """As after Ollama's installer: its group came, the unit was let in, the process was there before."""
    need_root()
    log = OllamaLog().server("0.11.4").runs(ctx=4096)
    with TemporaryDirectory() as folder:
        models = Path(folder)
        (models / "manifests").mkdir()
        models.chmod(0o750)
        os.chown(models, -1, 1)
        own = (*SHIPPED[:1], f"SupplementaryGroups={grp.getgrgid(1).gr_name}")
        seen = _seen(tmp_path, *own, log=str(log).replace("/models/blobs", f"{models}/blobs"))
        found = []
        for groups in ([], [1]):
            with _process(groups) as pid:
                assert seen.own
                found.append(_only(folders.models(replace(seen, own=replace(seen.own, pid=pid)))))

    older, newer = found
    assert (older.ok, newer.ok) == (False, True)
    assert older.mend == ("sudo systemctl restart ollama-watchd",)


@contextmanager
def _process(groups: list[int]) -> Iterator[int]:
    """Run a process of nobody's with these supplementary groups."""
    sleep = ["sleep", "600"]
    with subprocess.Popen(sleep, user=65534, group=65534, extra_groups=groups) as process:
        yield process.pid
        process.kill()


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
