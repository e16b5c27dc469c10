"""How much work something is: the instructions of Python that it takes, whatever else the machine does."""

import sys
from collections.abc import Callable
from types import FrameType


def work(do: Callable[[], object]) -> int:
    """Return how many instructions `do` executes; what the interpreter does within one is not seen."""
    count = 0

    def trace(frame: FrameType, event: str, _: object) -> object:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)  # type: ignore[arg-type]  # a trace function returns the next one
    try:
        do()
    finally:
        sys.settrace(before)
    return count
