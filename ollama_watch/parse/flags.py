"""Every flag a runner was ever launched with: one union over the eras, read by name (reference 1.4-1.6).

`fact` is the field of `parse.argv.Args` that a flag fills, None where we only know it by sight. A flag that
is not here is kept under `Args.other` and counted: a new Ollama must show up.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple

Takes = Literal["nothing", "number", "word", "path", "paths", "switch"]


class Flag(NamedTuple):
    """One flag."""

    fact: str | None
    takes: Takes  # a switch may stand alone (--flash-attn up to 0.11.4) or take on, off, auto
    value: bool | None = None  # what a flag that takes nothing says


_ROWS: tuple[tuple[str, Flag], ...] = (
    ("--model -m", Flag("model", "path")),
    ("--ctx-size -c", Flag("ctx_size", "number")),
    ("--parallel -np", Flag("parallel", "number")),
    ("--batch-size -b", Flag("batch_size", "number")),
    ("--ubatch-size -ub", Flag("ubatch_size", "number")),
    ("--n-gpu-layers --gpu-layers -ngl", Flag("gpu_layers", "number")),
    ("--threads -t", Flag("threads", "number")),
    ("--main-gpu -mg", Flag("main_gpu", "number")),
    ("--tensor-split -ts", Flag("tensor_split", "word")),
    ("--flash-attn -fa", Flag("flash_attention", "switch")),
    ("--kv-cache-type --cache-type-k -ctk", Flag("kv_cache_type", "word")),
    ("--cache-type-v -ctv", Flag("kv_cache_type_v", "word")),
    ("--no-mmap", Flag("mmap", "nothing", value=False)),
    ("--mmap", Flag("mmap", "nothing", value=True)),
    ("--mlock", Flag("mlock", "nothing", value=True)),
    ("--load-mode", Flag("load_mode", "word")),
    ("--direct-io", Flag("mmap", "nothing", value=False)),
    ("--lora", Flag("lora", "paths")),
    ("--mmproj", Flag("mmproj", "path")),
    ("--embedding --embeddings", Flag("embedding", "nothing", value=True)),
    ("--ollama-engine", Flag("ollama_engine", "nothing", value=True)),
    ("--port", Flag("port", "number")),
    ("--kv-unified -kvu", Flag("kv_unified", "nothing", value=True)),
    ("--no-kv-unified -no-kvu", Flag("kv_unified", "nothing", value=False)),
    ("-hf --hf-repo", Flag("hf", "word")),
    (
        "--host --log-verbosity -lv --log-format --chat-template --split-mode -sm",
        Flag(None, "word"),
    ),
    ("--spec-type --spec-draft-n-max --image-min-tokens --keep", Flag(None, "word")),
    ("--spec-draft-model", Flag(None, "path")),
    ("--log-disable --verbose --memory-f32 --multiuser-cache --no-webui", Flag(None, "nothing")),
    ("--offline --no-log-prefix --no-log-timestamps --no-jinja", Flag(None, "nothing")),
    ("--no-mmproj-offload --spec-draft-backend-sampling --context-shift", Flag(None, "nothing")),
    ("--numa", Flag(None, "switch")),  # bare up to 0.3.3, then with a policy
)
FLAGS: Mapping[str, Flag] = {name: flag for names, flag in _ROWS for name in names.split()}
