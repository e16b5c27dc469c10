"""Where a models directory is, by a launch line or an environment; and what to type where it is closed."""

import errno
from pathlib import Path

import pytest

from ollama_watch.models.place import directory_of, trouble

BLOB = "blobs/sha256-" + "ab" * 32


@pytest.mark.parametrize(
    ("model", "directory"),
    [
        (f"/usr/share/ollama/.ollama/models/{BLOB}", "/usr/share/ollama/.ollama/models"),
        (f"/mnt/with blank/{BLOB}", "/mnt/with blank"),
        (f"/{BLOB}", "/"),
    ],
)
def test_the_directory_of_a_launch(model: str, directory: str) -> None:
    assert directory_of(model) == Path(directory)


@pytest.mark.parametrize(
    "model",
    [
        None,
        "",
        "/models/tiny.gguf",
        BLOB,
        f"/a/../etc/{BLOB}",
        "/models/blobs/sha256-abc",
        f"/models/other/{BLOB.removeprefix('blobs/')}",
        f"/models/…/{BLOB}",
        "C:\\Users\\a\\.ollama\\models\\" + BLOB.replace("/", "\\"),
    ],
)
def test_what_is_no_blob_of_this_machine_has_none(model: str | None) -> None:
    assert directory_of(model) is None


def test_the_mend_is_bound_elsewhere_and_configured() -> None:
    """Bound at its own path the folder stays behind a closed home; so the configuration has to name it."""
    told = trouble(Path("/data/m"), "/data/m/manifests", PermissionError(errno.EACCES, "x"))

    assert told.text == "/data/m/manifests cannot be read (Permission denied)"
    assert "[Service] BindReadOnlyPaths=/data/m:/run/ollama-models" in told.mend
    assert "models: {directory: /run/ollama-models}" in told.mend


@pytest.mark.parametrize("path", ["/data/a b", "/data/%h", "/data/a:b", "/data/\n[Service]\nExecStart=x"])
def test_a_path_that_systemd_reads_otherwise_is_not_in_the_drop_in(path: str) -> None:
    told = trouble(Path(path), path, PermissionError(errno.EACCES, "x"))

    assert path not in told.mend
    assert "BindReadOnlyPaths=" in told.mend
