"""The manifests by the schemas of Kubernetes, and the daemon with their configuration on such a tree."""

import re
from contextlib import AbstractContextManager
from pathlib import Path, PurePath

import pytest
import yaml

from ollama_watch.app.config import load_config
from tests.docs.reference.api import PAGES
from tests.packaging.debs import ROOT
from tests.packaging.manifests import FOLDER, configuration, container, mistakes, objects, one
from tests.support.daemon import Daemon, append, daemon
from tests.support.logs import REVERTED, START, launch
from tests.support.wait import until

_PODS = "/var/log/pods"
_OTHER = "monitoring_prometheus-0_71c7b4a8-5a0b-4b8e-9d0a-0c7f1f6f7a11/prometheus/0.log"
_OLLAMA = "ai_ollama-5f6d_8d9b6f9e-93a3-4f5c-a0f2-3f1d1c0b6a52/ollama"


def test_every_object_keeps_the_schema_of_kubernetes() -> None:
    for found in objects("ollama-watchd.yaml"):
        assert mistakes(found) == [], found["kind"]


def test_a_key_that_kubernetes_does_not_know_is_found() -> None:
    wrong = one("DaemonSet")
    wrong["spec"]["template"]["spec"]["tolerances"] = []

    assert mistakes(wrong)


def test_the_monitor_selects_the_pods_and_a_port_that_they_have() -> None:
    (monitor,) = objects("podmonitor.yaml")
    template = one("DaemonSet")["spec"]["template"]
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]

    assert monitor["spec"]["selector"]["matchLabels"] == template["metadata"]["labels"]
    assert one("DaemonSet")["spec"]["selector"]["matchLabels"] == template["metadata"]["labels"]
    assert endpoint["port"] in [port["name"] for port in container()["ports"]]
    assert endpoint["path"] in PAGES


def test_the_job_has_the_name_that_rules_and_dashboard_look_for() -> None:
    (monitor,) = objects("podmonitor.yaml")
    (endpoint,) = monitor["spec"]["podMetricsEndpoints"]
    job = next(one for one in endpoint["relabelings"] if one["targetLabel"] == "job")
    prometheus = yaml.safe_load((FOLDER.parent / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))

    assert [job["replacement"]] == [one["job_name"] for one in prometheus["scrape_configs"]]


def test_the_port_is_the_one_that_the_configuration_listens_at(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(configuration(), encoding="utf-8")
    listen = load_config(tmp_path / "config.yaml").http.listen

    assert [port["containerPort"] for port in container()["ports"]] == [int(listen.rpartition(":")[2])]


def test_nothing_of_the_node_can_be_written() -> None:
    pod = one("DaemonSet")["spec"]["template"]["spec"]
    mounts = {mount["name"]: mount for mount in container()["volumeMounts"]}

    for volume in pod["volumes"]:
        assert mounts[volume["name"]].get("readOnly", False) is ("emptyDir" not in volume), volume["name"]
    assert container()["securityContext"]["readOnlyRootFilesystem"]


@pytest.mark.parametrize("probe", ["startupProbe", "livenessProbe", "readinessProbe"])
def test_a_probe_by_the_address_of_the_pod_is_answered(tmp_path: Path, probe: str) -> None:
    path = container()[probe]["httpGet"]["path"]
    with _running(tmp_path) as running:
        until(lambda: running.get(path, {"Host": "10.244.1.7:10434"})[0] == 200)
        assert running.get(path, {"Host": "ollama-watchd.example.org"})[0] == 403


def test_the_logs_of_the_pods_are_read_and_no_other(tmp_path: Path) -> None:
    pod = tmp_path / "pods" / _OLLAMA
    _write(tmp_path / "pods" / _OTHER, *REVERTED)
    with _running(tmp_path) as running:
        _write(pod / "0.log", *REVERTED)  # the pod comes when the daemon is there
        (alert,) = until(lambda: running.firing("context-reverted"))
        assert (alert["source"], alert["actual"]) == ("pods", 2048)
        assert [Path(one["target"]) for one in running.json("/api/v1/status")["sources"]] == [pod / "0.log"]

        (pod / "0.log").rename(pod / "0.log.20261126-150000")  # as kubelet turns logs over
        _write(pod / "0.log", *START, launch(ctx_size=32768, parallel=1, port=40009, started=True))
        until(lambda: not running.firing("context-reverted"))


def test_a_whole_pod_may_go(tmp_path: Path) -> None:
    pod = tmp_path / "pods" / _OLLAMA
    _write(pod / "0.log", *START, launch(ctx_size=8192, parallel=4, started=True))
    with _running(tmp_path) as running:
        until(lambda: len(running.json("/api/v1/status")["runners"]) == 1)
        (pod / "0.log").unlink()
        pod.rmdir()
        until(lambda: running.json("/api/v1/status")["runners"] == [])


_OURS = "ollama-watchd_ollama-watchd-x7k2p_3c1e7a52-7f2d-4f0e-8d5f-b1f6a8a3b0c9/ollama-watchd/0.log"
_SHOWN = ("ollama_watch", "packaging", "tests/docs")  # where people find a pattern to copy


def test_no_pattern_that_is_shown_reads_our_own_log() -> None:
    """Our pod is called after what we watch."""
    files = [path for top in _SHOWN for path in (ROOT / top).rglob("*") if path.is_file()]
    texts = [path.read_text(errors="replace") for path in files if path.suffix != ".pyc"]
    found = [re.findall(rf"{_PODS}/[^\s\"'`)\\]+", text) for text in texts]
    patterns = {pattern for several in found for pattern in several if "*" in pattern}

    assert patterns
    for pattern in patterns:
        assert PurePath(f"{_PODS}/{_OLLAMA}/0.log").match(pattern), pattern
        assert not PurePath(f"{_PODS}/{_OURS}").match(pattern), pattern


def _running(folder: Path) -> AbstractContextManager[Daemon]:
    """Run the daemon on the ConfigMap's own file, which reads another folder here."""
    text = configuration()
    assert text.count(_PODS + "/*/") == 1
    (folder / "pods").mkdir(exist_ok=True)
    (folder / "config.yaml").write_text(text.replace(f'"{_PODS}/', f'"{folder}/pods/'), encoding="utf-8")
    address = load_config(folder / "config.yaml").http.listen.rpartition(":")[0]  # beyond loopback
    arguments = ["--config", str(folder / "config.yaml"), "--listen", f"{address}:0"]
    return daemon(arguments, environ={"STATE_DIRECTORY": str(folder / "state")})


def _write(log: Path, *lines: str) -> None:
    """Append lines as containerd does: each with a stamp, every second one in two parts."""
    log.parent.mkdir(parents=True, exist_ok=True)
    for number, line in enumerate(line for text in lines for line in text.split("\n")):
        half = len(line) // 2 if number % 2 else 0
        parts = [f"P {line[:half]}", f"F {line[half:]}"] if half else [f"F {line}"]
        append(log, *(f"2026-11-26T15:00:00.{number:09d}Z stderr {part}" for part in parts))
