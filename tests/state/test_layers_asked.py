"""How many layers somebody asked for: on the line it is a wish or an estimate, by era."""

from tests.support.checked import facts
from tests.support.ollama_log import OllamaLog

OFFLOAD = '"offload to cuda" layers.requested={} layers.model=29 layers.offload=29'


def test_an_estimate_on_the_command_line_is_nobodys_wish() -> None:
    log = OllamaLog().server("0.5.7").says(OFFLOAD.format(-1)).runs(ctx=8192, flags="--n-gpu-layers 29")

    assert (facts(str(log))["gpu_layers"], facts(str(log))["num_gpu"]) == (29, None)


def test_what_the_estimate_was_asked_for_is() -> None:
    log = OllamaLog().server("0.5.7").says(OFFLOAD.format(12)).runs(ctx=8192, flags="--n-gpu-layers 12")

    assert facts(str(log))["num_gpu"] == 12


def test_none_on_the_command_line_was_asked_for() -> None:
    assert facts(str(OllamaLog().server("0.5.7").runs(ctx=8192, flags="--n-gpu-layers 0")))["num_gpu"] == 0


def test_a_load_request_of_none_may_be_for_want_of_memory() -> None:
    log = OllamaLog().server("0.24.0").requests(num_gpu=-1, gpu_layers=0).started()

    assert (facts(str(log))["gpu_layers"], facts(str(log))["num_gpu"]) == (0, None)


def test_the_server_says_what_its_load_request_was_asked_for() -> None:
    assert (
        facts(str(OllamaLog().server("0.24.0").requests(num_gpu=0, gpu_layers=0).started()))["num_gpu"] == 0
    )


def test_a_llama_server_is_told_only_what_was_asked_for() -> None:
    assert facts(str(OllamaLog().server("0.32.1").runs(ctx=8192, flags="-ngl 20")))["num_gpu"] == 20
    assert facts(str(OllamaLog().server("0.32.1").runs(ctx=8192)))["num_gpu"] is None
