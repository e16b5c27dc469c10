"""What is shipped for Kubernetes, and Kubernetes' own schemas of it."""

import json
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from tests.support.need import missing

FOLDER = Path(__file__).parents[2] / "packaging" / "kubernetes"
RELEASE = "v1.37.0-local-strict"  # strict: no key that Kubernetes does not know
_PACKAGE = "kubernetes_validate"


def objects(name: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((FOLDER / name).read_text(encoding="utf-8")))


def one(kind: str) -> dict[str, Any]:
    (found,) = (found for found in objects("ollama-watchd.yaml") if found["kind"] == kind)
    return found


def configuration() -> str:
    """Return the file that the ConfigMap mounts."""
    text: str = one("ConfigMap")["data"]["config.yaml"]
    return text


def container() -> dict[str, Any]:
    (found,) = one("DaemonSet")["spec"]["template"]["spec"]["containers"]
    assert isinstance(found, dict)
    return found


def mistakes(found: dict[str, Any]) -> list[str]:
    """Return what Kubernetes' schema of the object's kind says; skips where the schemas are not installed."""
    import jsonschema  # noqa: PLC0415  # beside what needs it

    return [error.message for error in jsonschema.Draft202012Validator(_schema(found)).iter_errors(found)]


def _schema(found: dict[str, Any]) -> dict[str, Any]:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        missing("kubernetes-validate (from PyPI)")
        raise AssertionError
    text = (Path(spec.origin).parent / "kubernetes-json-schema" / RELEASE / "_definitions.json").read_text(
        "utf-8"
    )
    definitions = json.loads(text)["$defs"]
    (name,) = _named(definitions, found["apiVersion"], found["kind"])
    return {"$defs": definitions, "$ref": f"#/$defs/{name}"}


def _named(definitions: dict[str, Any], version: str, kind: str) -> Iterator[str]:
    group, _, release = version.rpartition("/")
    wanted = {"group": group, "version": release, "kind": kind}
    for name, schema in definitions.items():
        if wanted in schema.get("x-kubernetes-group-version-kind", ()):
            yield name
