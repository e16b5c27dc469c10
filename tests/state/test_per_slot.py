"""What one request may use: the total over the slots, but for the releases that printed it otherwise."""

import pytest

from ollama_watch.model import Facts
from ollama_watch.state import defaults
from ollama_watch.state.server import Server
from tests.support.checked import facts
from tests.support.ollama_log import COMMAND_LINE, OllamaLog


@pytest.mark.parametrize(
    ("release", "asked", "projector", "tokens"),
    [
        ("0.1.33", 4, True, 8192),
        ("0.1.34", 4, True, 2048),
        ("0.1.48", 4, True, 2048),
        ("0.1.48", 4, False, 8192),
        ("0.2.0", 4, True, 8192),
        ("0.3.0", 4, False, 8192),
        ("0.3.1", 4, False, 2048),
        ("0.3.6", 4, False, 2048),
        ("0.3.6", 4, True, 8192),
        ("0.3.7", 4, False, 8192),
        ("0.3.4", 0, False, 8192),
        ("0.3.4", 1, False, 8192),
        ("0.3.4", 3, False, 8192),
        ("", 4, False, 8192),
    ],
)
def test_one_printed_slot_hides_several_in_some_releases(
    *,
    release: str,
    asked: int,
    projector: bool,
    tokens: int,
) -> None:
    """The total was multiplied by the variable although one slot was printed; prompts were cut to the share.

    3 does not divide 8192: so it was not multiplied.
    """
    server = Server(version_text=release, env={"OLLAMA_NUM_PARALLEL": str(asked)})

    assert defaults.per_slot(8192, 1, server, projector=projector) == tokens


@pytest.mark.parametrize(("release", "tokens"), [("0.1.48", None), ("0.3.4", None), ("0.2.0", 8192)])
def test_what_hangs_on_a_projector_is_unknown_where_the_line_was_cut(
    release: str, tokens: int | None
) -> None:
    log = OllamaLog().server(release, {"OLLAMA_NUM_PARALLEL": 4}).launch(ctx=8192, flags="--mm...")

    assert facts(str(log))["ctx_per_slot"] == tokens


def test_0_1_33_did_not_multiply_and_still_shares() -> None:
    found = facts(str(OllamaLog().server("0.1.33").runs(ctx=2048, parallel=4)))

    assert (found["ctx_size"], found["parallel"], found["ctx_per_slot"]) == (2048, 4, 512)


@pytest.mark.parametrize("release", ["0.3.12", "0.9.6", "0.11.5", "0.24.0", "0.30.0", "0.32.15"])
def test_a_total_is_shared_by_its_slots(release: str) -> None:
    found = facts(str(OllamaLog().server(release).runs(ctx=8192, parallel=4)))

    assert (found["ctx_size"], found["parallel"], found["ctx_per_slot"]) == (8192, 4, 2048)


def _by_hand(arguments: str) -> Facts:
    return facts(str(OllamaLog().says(f'"starting llama-server" cmd="llama-server -m /m.gguf {arguments}"')))


@pytest.mark.parametrize(
    ("arguments", "total", "slot"),
    [
        ("-c 16384", 16384, 16384),
        ("-c 16384 -np 4", 16384, 4096),
        ("-c 16384 -np 4 --kv-unified", 16384, 16384),
        ("-c 16384 --no-kv-unified", 16384, None),
        ("-c 0 -np 4", None, None),
        ("-np 4", None, None),
    ],
)
def test_a_server_started_by_hand_may_share_one_cache(
    arguments: str, total: int | None, slot: int | None
) -> None:
    """`-c 0` is the model's own context: not known, never 0."""
    found = _by_hand(arguments)

    assert (found["ctx_size"], found["ctx_per_slot"]) == (total, slot)


def test_slots_that_were_cut_off_the_line_are_not_one_slot() -> None:
    whole = str(OllamaLog(COMMAND_LINE).launch(ctx=8192, parallel=4))
    found = facts(whole.partition(" --parallel")[0])

    assert (found["ctx_size"], found["parallel"], found["ctx_per_slot"]) == (8192, None, None)


def test_0_1_32_has_one_slot_and_no_flag_for_it() -> None:
    whole = str(OllamaLog().server("0.1.32").launch(ctx=4096))
    found = facts(whole.replace(" --parallel 1", ""))

    assert (found["parallel"], found["ctx_per_slot"]) == (1, 4096)
