"""Headers of honest files, in each version and byte order."""

import os
from pathlib import Path

import pytest

from ollama_watch.models.gguf import header
from ollama_watch.models.header import Header
from tests.support.gguf import write_model
from tests.support.ggufhead import ARRAY, BOOL, F32, I32, TEXT, U32, Gguf

NEW = Gguf()


def _write(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    return str(path)


def _known(path: Path, *more: bytes) -> Header:
    found = header(_write(path / "m.gguf", NEW.head(NEW.llama(*more))))
    assert found is not None
    return found


def test_a_whole_model(tmp_path: Path) -> None:
    path = write_model(tmp_path / "tiny.gguf", trained=4096)

    assert header(str(path)) == Header(
        architecture="llama",
        context_length=4096,
        block_count=2,
        head_count_kv=(2, 2),
        key_length=32,
        value_length=32,
        ordinary=True,
        file_size=path.stat().st_size,
    )


@pytest.mark.parametrize("version", [1, 2, 3])
@pytest.mark.parametrize("order", ["<", ">"])
def test_each_version_and_byte_order(tmp_path: Path, version: int, order: str) -> None:
    kind = Gguf(version, order)
    words = kind.key("tokenizer.ggml.tokens", ARRAY, kind.array(TEXT, [f"word{n}" for n in range(2000)]))
    found = header(_write(tmp_path / "m.gguf", kind.head([words, *kind.llama()])))

    assert found is not None
    assert (found.architecture, found.context_length, found.head_count_kv) == ("llama", 8192, (2, 2))


def test_the_pooling_type_of_a_model_that_embeds(tmp_path: Path) -> None:
    assert _known(tmp_path, NEW.whole("llama.pooling_type", 1)).pooling_type == 1
    assert _known(tmp_path).pooling_type is None


def test_heads_of_each_layer(tmp_path: Path) -> None:
    """The last of two equal keys counts; here it replaces the one number by two."""
    heads = NEW.key("llama.attention.head_count_kv", ARRAY, NEW.array(I32, [4, 0]))

    assert _known(tmp_path, heads).head_count_kv == (4, 0)


def test_heads_of_other_layers_than_there_are_tell_nothing(tmp_path: Path) -> None:
    heads = NEW.key("llama.attention.head_count_kv", ARRAY, NEW.array(I32, [4, 4, 4]))

    assert _known(tmp_path, heads).head_count_kv is None


def test_lengths_of_heads_are_those_stated(tmp_path: Path) -> None:
    found = _known(
        tmp_path, NEW.whole("llama.attention.key_length", 128), NEW.whole("llama.attention.value_length", 96)
    )

    assert (found.key_length, found.value_length) == (128, 96)


def test_a_number_of_the_wrong_type_tells_nothing(tmp_path: Path) -> None:
    assert _known(tmp_path, NEW.key("llama.context_length", TEXT, "8192")).context_length is None
    assert _known(tmp_path, NEW.key("llama.context_length", F32, 8192.0)).context_length is None
    assert _known(tmp_path, NEW.key("llama.context_length", BOOL, 1)).context_length is None


def test_arrays_of_any_length_are_stepped_over(tmp_path: Path) -> None:
    """Half a gigabyte of scores, in a file that is mostly a hole, costs no reading."""
    scores = NEW.text("llama.scores") + ARRAY.to_bytes(4, "little")
    scores += F32.to_bytes(4, "little") + NEW.number(1 << 27)
    path = tmp_path / "m.gguf"
    with path.open("wb") as stream:
        head = NEW.llama()
        stream.write(NEW.head([*head, scores], count=len(head) + 2))
        stream.seek(4 << 27, os.SEEK_CUR)
        stream.write(NEW.whole("llama.pooling_type", 3))

    found = header(str(path))

    assert found is not None
    assert found.pooling_type == 3


def test_a_long_text_is_stepped_over(tmp_path: Path) -> None:
    """Ten megabytes of template, more than is read of any file."""
    template = NEW.key("x.template", TEXT, "x" * (10 << 20))

    assert _known(tmp_path, template, NEW.whole("llama.pooling_type", 3)).pooling_type == 3


def test_a_vocabulary_behind_the_facts_is_not_read(tmp_path: Path) -> None:
    """It is where the bytes are. Here it is a lie, which nobody meets."""
    words = NEW.key("tokenizer.ggml.tokens", ARRAY, NEW.array(TEXT, [], count=1 << 62))

    assert _known(tmp_path, words).context_length == 8192


def test_a_link_to_the_weights_is_followed(tmp_path: Path) -> None:
    (tmp_path / "blob").symlink_to(_write(tmp_path / "m.gguf", NEW.head(NEW.llama())))

    assert header(str(tmp_path / "blob")) is not None


def test_a_type_of_each_kind_is_stepped_over(tmp_path: Path) -> None:
    kinds = [kind for kind in range(13) if kind not in (TEXT, ARRAY)]
    keys = [NEW.key(f"x.{kind}", kind, 1) for kind in kinds]
    arrays = [NEW.key(f"y.{kind}", ARRAY, NEW.array(kind, [1, 0, 1])) for kind in kinds]
    last = NEW.key("llama.pooling_type", U32, 2)

    assert _known(tmp_path, *keys, *arrays, last).pooling_type == 2
