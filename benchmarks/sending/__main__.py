"""`python -m benchmarks.sending CONTENDER`: its sender.

Waits for a line, sends, prints the seconds it took.
"""

from __future__ import annotations

import sys
import time


def main() -> None:
    """Set up, say so, wait, send."""
    import django

    django.setup()
    from benchmarks.sending.contenders import CONTENDERS

    contender = CONTENDERS[sys.argv[1]]
    contender.prepare()
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.perf_counter()
    contender.send()
    print(time.perf_counter() - began, flush=True)


if __name__ == "__main__":
    main()
