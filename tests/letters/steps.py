"""Counts what a piece of Python does, which is the same on a quiet machine and on a busy one; and texts made to cost."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

LONG = 3000  # characters, as many as a paragraph may have
# Each is repeated; {n} is a number and {w} a word that differ from one time to the next.
COSTLY = {
    "the same sum": "£1",
    "sums": "£{n}",
    "numbers": "{n} ",
    "long numbers": "1 000 ",
    "spelled numbers": "two ",
    "the same date": "1/1/2022 ",
    "dates": "{n} May 2022 ",
    "postcodes": "M1 1AE ",
    "short sentences": "A. ",
    "sentences with numbers": "A {n}. ",
    "own sentences with numbers": "I {n}. ",
    "lines": "a\n",
    "short quotations": '"a" "b" ',
    "the same quotation": '"a b c" ',
    "quotations": '"a b {w}" ',
    "single quotations": "'a' ",
    "curly quotations": "‘a’ ",
    "lone marks": "' ' '",
    "opened marks": " ‘a",
    "the same word": "the ",
    "words": "{w} ",
    "one word": "a",
    "addresses": "www.a.co ",
}


def make_costly(pattern: str, length: int = LONG) -> str:
    """Return a text of at most so many characters."""
    parts: list[str] = []
    size = 0
    while size <= length:
        n = len(parts) + 100
        parts.append(pattern.format(n=n, w=f"{chr(97 + n % 26)}{chr(97 + n // 26 % 26)}{chr(97 + n // 676)}"))
        size += len(parts[-1])
    return "".join(parts)[:length].strip()


def count_steps(action: Callable[[], object]) -> int:
    """Return how many instructions of Python the action takes; what is done in C counts as one."""
    steps = 0

    def trace(frame: FrameType, event: str, _arg: Any) -> Any:
        nonlocal steps
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        steps += event == "opcode"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        action()
    finally:
        sys.settrace(before)
    return steps
