"""0.11.5 to 0.24: the launch line names model and port, the requests that follow tell the rest."""

from ollama_watch.state.updates import Known
from tests.support.checked import launches, updates
from tests.support.ollama_log import LOAD_REQUEST, OllamaLog, blob

CLOSE = 'load request="{Operation:close LoraPath:[] Parallel:0 BatchSize:0 FlashAttention:false KvSize:0'
CLOSE += (
    " KvCacheType: NumThreads:0 GPULayers:[] MultiUserCache:false ProjectorPath: MainGPU:0 UseMmap:false}"
)


def runner(model: str = "a") -> OllamaLog:
    return OllamaLog(LOAD_REQUEST).says(
        f'"starting runner" cmd="ollama runner --model {blob(model)} --port 4"'
    )


def sizes(log: OllamaLog) -> list[object]:
    return [launch.facts["ctx_size"] for launch in launches(str(log))]


def test_before_a_request_nothing_is_known_and_nothing_is_0() -> None:
    facts = launches(str(runner()))[0].facts

    assert [facts[name] for name in ("ctx_size", "parallel", "ctx_per_slot", "batch_size")] == [None] * 4


def test_the_commit_counts_not_the_fits_before_it() -> None:
    log = runner().load("fit", ctx=4096).load("alloc", ctx=4096).load(ctx=8192).started()

    assert sizes(log) == [8192]
    assert [type(update) for update in updates(str(log))].count(Known) == 1


def test_without_a_commit_the_latest_fit_or_alloc_is_known_at_the_end() -> None:
    assert sizes(runner().load("fit", ctx=4096).load("alloc", ctx=8192).started()) == [8192]


def test_a_close_takes_back_what_was_asked_and_its_zeros_are_no_values() -> None:
    assert sizes(runner().load("fit", ctx=4096).says(f'{CLOSE}"')) == [None]


def test_the_same_runner_may_be_asked_again_after_a_close() -> None:
    log = runner().load("fit", ctx=4096).says(f'{CLOSE}"').load("fit", ctx=8192).load(ctx=8192).started()

    assert sizes(log) == [8192]


def test_the_last_commit_is_what_runs() -> None:
    log = runner().load(ctx=8192).says(f'{CLOSE}"').load("fit", ctx=8192).load(ctx=4096).started()

    assert sizes(log) == [4096]


def test_a_close_alone_is_no_launch() -> None:
    assert launches(str(OllamaLog(LOAD_REQUEST).says(f'{CLOSE}"'))) == []


def test_a_log_may_begin_after_the_launch_line() -> None:
    launch = launches(str(OllamaLog(LOAD_REQUEST).load("fit", ctx=8192).load(ctx=8192).started()))[0]

    assert (launch.line, launch.started, launch.era) == (1, True, LOAD_REQUEST)
    assert (launch.facts["ctx_size"], launch.facts["engine"], launch.facts["model_digest"]) == (
        8192,
        None,
        None,
    )


def test_a_probe_for_gpus_is_no_launch() -> None:
    probe = '"starting runner" cmd="/usr/bin/ollama runner --ollama-engine --port 40001"'
    log = OllamaLog().server("0.24.0").says(probe).says(probe).runs(ctx=8192).says(probe)

    assert sizes(log) == [8192]


def test_a_probe_between_a_launch_and_its_request_changes_nothing() -> None:
    probe = '"starting runner" cmd="/usr/bin/ollama runner --ollama-engine --port 40001"'

    assert sizes(runner().says(probe).load(ctx=8192).started()) == [8192]


def test_of_a_request_that_was_cut_the_whole_fields_are_known() -> None:
    whole = str(runner().load(ctx=8192, parallel=2))
    facts = launches(whole.partition(" KvCacheType")[0][:-1])[0].facts

    assert (facts["parallel"], facts["batch_size"], facts["ctx_size"]) == (2, 512, None)


def test_where_the_newest_line_stands_first_no_runner_gets_the_request_of_an_earlier_one() -> None:
    """`journalctl -r`: a request stands before its launch line, and behind that the one before it."""
    log = runner("a").load(ctx=8192).wait(60)
    log.says(f'"starting runner" cmd="ollama runner --model {blob("b")} --port 5"').load(ctx=16384)
    backwards = launches("\n".join(reversed(str(log).splitlines())))

    told = [(one.facts["port"], one.facts["ctx_size"], one.superseded_by) for one in backwards]
    assert told == [(None, 16384, None), (5, None, None), (None, 8192, None), (4, None, None)]
