"""What a value becomes, release by release: more rows like those of `truth.py`."""

from collections.abc import Mapping
from typing import NamedTuple

from ollama_watch.model import Value
from tests.cause.truth import Row


class Became(NamedTuple):
    """One line of a table of outcomes: what was set, about which model, and a letter a release."""

    fact: str
    given: Mapping[str, Value]  # by source
    known: Mapping[str, object]  # about the model, beside `plain`
    cells: str
    letters: Mapping[str, Value]
    section: str

    def claims(self) -> list[tuple[str, str]]:
        return Row((), self.cells, self.section).claims()


_FLASH: dict[str, Value] = {"o": "on", "-": "off", "a": "auto", "?": None}
_ON, _OFF, _CPU = {"environment": "1"}, {"environment": "0"}, {"library": "cpu"}
_NEW = {"engine": "ollama-engine"}


def _flash(given: Mapping[str, Value], known: Mapping[str, object], cells: str, section: str = "5") -> Became:
    return Became("flash_attention", given, known, cells, _FLASH, section)


def _slots(given: Mapping[str, Value], known: Mapping[str, object], cells: str, section: str) -> Became:
    letters: dict[str, Value] = {"1": 1, "2": 2, "4": 4, "?": None}
    return Became("parallel", given, known, cells, letters, section)


def _tokens(
    given: int | None, known: Mapping[str, object], cells: str, values: Mapping[str, Value], section: str
) -> Became:
    return Became("ctx_per_slot", {"request": given} if given else {}, known, cells, values, section)


def _type(given: str, known: Mapping[str, object], cells: str) -> Became:
    letters: dict[str, Value] = {"f": "f16", "q": "q8_0", "x": "q5_1", "?": None}
    return Became("kv_cache_type", {"environment": given}, known, cells, letters, "5")


_F, _T = {"f": False, "?": None}, {"t": True, "f": False, "?": None}
_GEMMA, _VL, _NEMOTRON = (
    {"architecture": "gemma2"},
    {"architecture": "qwen3vl"},
    {"architecture": "nemotron_h"},
)
_GPTOSS: dict[str, object] = {"architecture": "gptoss", **_NEW}
_B = {"5": 512, "7": 700, "1": 1024, "2": 2048, "?": None}

BECAME = [
    # what a release gives by itself
    _tokens(None, _CPU, "222224444444444", {"2": 2048, "4": 4096}, "10.1"),
    _tokens(None, {}, "22222444444????", {"2": 2048, "4": 4096, "?": None}, "10.1 by VRAM"),
    Became("batch_size", {}, {**_CPU, "num_ctx": 4096, "parallel": 1}, "555555555555555", _B, "10.2"),
    Became("gpu_layers", {}, _CPU, "????????00000??", {"0": 0, "?": None}, "1.4, 1.6, 3"),
    Became("threads", {}, {}, "???????????????", {"?": None}, "10.2"),
    Became("main_gpu", {}, {}, "0000000000000??", {"0": 0, "?": None}, "1.4, 1.6, 3"),
    Became("mmap", {}, _CPU, "?ffffffffffffff", _F, "1.4 --no-mmap, 7"),
    Became("mmap", {}, {}, "???????????????", _F, "1.4 --no-mmap"),
    Became("mlock", {}, {}, "fffffffffffffff", _F, "1.4 --mlock"),
    Became("kv_cache_type", {}, {}, "fffffffffffffff", {"f": "f16"}, "5"),
    # the context: capped, raised, not known
    _tokens(65536, {"trained": 8192}, "uuuuuuccccccccc", {"u": 65536, "c": 8192}, "2 cap"),
    _tokens(65536, {"trained": None}, "uuuuuu?????????", {"u": 65536, "?": None}, "2 cap"),
    _tokens(1, {}, "444444444444444", {"4": 4}, "2 floors"),
    _tokens(700, {"vision": True}, "777777772222222", {"7": 700, "2": 2048}, "2 floors"),
    _tokens(700, {"vision": None}, "77777777???????", {"7": 700, "?": None}, "2 floors"),
    _tokens(1000, _GPTOSS, ".......88881111", {"8": 8192, "1": 1000}, "2 floors"),
    _tokens(1000, {**_GPTOSS, "low_vram": True}, ".......11111111", {"1": 1000}, "2 floors"),
    _tokens(1000, _VL, ".........181111", {"8": 8192, "1": 1000}, "2 floors, qwen3vl from 0.12.7"),
    _tokens(3000, {}, "333333333333333", {"3": 3000}, "2: the launch line's own number"),
    # slots
    _slots({}, {}, "144442211111111", "2, 10.2 all of it fits"),
    _slots({}, {"fits": False}, "111111111111111", "2 partial offload"),
    _slots({}, {"fits": None}, "1??????11111111", "2 not known whether it fits"),
    _slots({}, _CPU, "144442211111111", "2 CPU: the larger value"),
    _slots({"environment": "0"}, {}, "144442211111111", "8 zero is automatic"),
    _slots({"environment": "two"}, {}, "144442211111111", "10.2 malformed numbers"),
    _slots({"environment": "4"}, {}, "444444444444444", "2"),
    _slots({"environment": "4"}, {"embedding": True}, "441111111111111", "10.4"),
    _slots({"environment": "4"}, {"embedding": None}, "44?????????????", "10.4"),
    _slots({"environment": "4"}, {"projector": True}, "114444444444444", "10.4"),
    _slots({"environment": "4"}, {"architecture": "mllama"}, "..1111111111111", "10.4"),
    _slots({"environment": "4"}, _VL, "444444444411111", "10.4"),
    _slots({"environment": "4"}, _NEMOTRON, "444444444444111", "10.4"),
    _slots({"environment": "2"}, {"fits": False}, "212222222222222", "2 partial offload in 0.3.1 to 0.3.6"),
    # the batch
    Became("batch_size", {"request": 1024}, {"num_ctx": 700, "parallel": 1}, "111111111777711", _B, "3"),
    Became("batch_size", {"model": 700}, {"num_ctx": 4096, "parallel": 1}, "777777777777777", _B, "10.3"),
    Became("batch_size", {}, {"num_ctx": 2048, "parallel": 1, "embedding": True}, "555555555522222", _B,
           "1.6, 3"),
    Became("batch_size", {}, {"num_ctx": 700, "parallel": 1, "embedding": True, **_NEW}, "....55555555577",
           {**_B}, "1.6, 3"),
    Became("batch_size", {}, {**_CPU, "num_ctx": 6144, "parallel": 1}, "555555555555511", _B, "1.6"),
    Became("batch_size", {}, {**_CPU, "num_ctx": 40960, "parallel": 1}, "555555555555522", _B, "1.6"),
    Became("batch_size", {}, {"num_ctx": 6144, "parallel": 1}, "5555555555555??", _B, "1.6 memory"),
    Became("batch_size", {}, {}, "555555555??????", _B, "1.6, 3"),
    # flash attention
    _flash({}, {}, "----------aaaaa"),
    _flash(_ON, {}, "ooooooooooooooo"),
    _flash(_OFF, {}, "---------------"),
    _flash(_ON, _CPU, "--------ooooooo"),
    _flash({"environment": "nonsense"}, {}, "ooooooooooooooo", "10.2 odd booleans count as true"),
    _flash(_ON, {"library": "rocm"}, "---oooooooooooo"),
    _flash(_ON, {"library": "vulkan"}, "---------oooooo"),
    _flash(_ON, {"library": None}, "?????????????oo"),
    _flash(_ON, {"embedding": True}, "ooo----------oo"),
    _flash(_ON, _GEMMA, "ooooooooo----oo"),
    _flash(_ON, {"flash_supported": False}, "-------------oo"),
    _flash({}, {"architecture": "qwen3", **_NEW}, "....-----ooooaa"),
    _flash(_OFF, {"architecture": "qwen3", **_NEW}, "....-----------"),
    _flash({}, {"architecture": "bert", "embedding": True, **_NEW}, "....---------aa"),
    _flash({}, _GPTOSS, ".......-oooooaa"),
    _flash(_ON, _GPTOSS, ".......-ooooooo"),
    _flash(_OFF, _GPTOSS, ".......-o------"),
    _flash({}, {"engine": None}, "----------???aa"),
    # the KV cache's type
    _type("q8_0", {"flash_attention": "on"}, "fffqqqqqqqqqqqq"),
    _type("Q8_0", {"flash_attention": "on"}, "fffqqqqqqqqqqqq"),
    _type("q8_0", {"flash_attention": "off"}, "fffffffffffffqq"),
    _type("q8_0", {"flash_attention": "auto"}, "..........fffqq"),
    _type("q8_0", {"flash_attention": None}, "fff??????????qq"),
    _type("q5_1", {"flash_attention": "on"}, "fffffffffffffxx"),
    _type("q8_0", {"flash_attention": "on", "architecture": "gptoss"}, "........fqqqqqq"),
    # the rest
    Became("gpu_layers", {"request": 99}, {}, "99999999?????99", {"9": 99, "?": None}, "1.4, 1.6, 3"),
    Became("gpu_layers", {"request": 0}, {}, "000000000000000", {"0": 0}, "1.4, 3"),
    Became("gpu_layers", {"request": 99}, _CPU, "999999990000099", {"9": 99, "0": 0}, "3"),
    Became("threads", {"request": 3}, {}, "333333333333333", {"3": 3}, "10.2"),
    Became("main_gpu", {"request": 1}, {}, "111111111111111", {"1": 1}, "1.4, 1.6, 3"),
    Became("main_gpu", {"request": 1}, _NEW, "........?????11", {"1": 1, "?": None}, "3"),
    Became("mmap", {"request": False}, {}, "fffffffffffffff", _T, "1.4"),
    Became("mmap", {"request": True}, {}, "ttttttttttttttt", _T, "1.4"),
    Became("mmap", {"request": False}, _NEW, "....?????????ff", _T, "1.4, 3"),
    Became("mmap", {"request": True}, {"library": "metal", "fits": False}, "fffffffftttttt" + "t", _T, "1.4"),
    Became("mlock", {"request": True}, {}, "ttttttfffffffff", _T, "1.4, 16.11"),
]  # fmt: skip
