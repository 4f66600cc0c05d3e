"""How quickly do letters go out, next to other ways of sending them? Run: python -m benchmarks.delivery

Each contender sends the same letters with a ready PDF through the same servers: PostgreSQL that survives a power cut,
Redis, and Postfix's smtp-sink, whose dump is the proof of delivery. All of them, servers too, share one core, so that
nobody gains by leaving work to another process.
The runs take turns, and the best of each contender counts: a busy machine only ever adds time.

Extra copies are counted by Message-ID, also after the sender was killed with -9 at random moments and started again.
Parley's mails to supporters are not part of it. Exits 1 if a gate is missed.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.sending.stage import Stage, set_stage

CORES = sorted(os.sched_getaffinity(0))
LETTERS = {"Parley": 800, "tutorial": 60, "django-post-office": 300, "django-mailer": 200}
KILLED_LETTERS = 100
END_TO_END_LETTERS = 400  # so many that it matters little who makes the last half second's worth
GATES = {"tutorial": 5.0, "django-mailer": 1.0}
END_TO_END_GATE = 0.85


@dataclass
class Result:
    """What a contender did."""

    speed: float = 0.0  # letters a second, the best run's
    extra: int = 0  # copies too many in these runs
    missing: int = 0


@dataclass
class Killed:
    """What became of the letters when the sender was killed again and again."""

    kills: int = 0
    extra: int = 0
    missing: int = 0
    in_doubt: int = field(default=0)


class Sender:
    """A contender's process, set up and waiting."""

    def __init__(self, name: str, port: int, core: int = CORES[0]) -> None:
        command = [sys.executable, "-m", "benchmarks.sending", name]
        env = os.environ | {"EMAIL_PORT": str(port)}
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env, process_group=0
        )
        os.sched_setaffinity(self._process.pid, {core})
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        if self._out.readline() != "ready\n":
            raise RuntimeError(f"{name} could not start")

    def go(self) -> None:
        """Have it send all that is there."""
        self._in.write("go\n")
        self._in.flush()

    def finish(self) -> float:
        """Wait until it has sent all; return the seconds it took."""
        said = self._out.readline()
        self._process.wait()
        return float(said)

    def kill_after(self, seconds: float) -> bool:
        """Kill it and its children with -9 after that long; False if it was done before."""
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, 9)
            self._process.wait()
            return True
        return False


def run_once(stage: Stage, name: str, count: int, result: Result) -> None:
    """Fill the queue, have it sent, and add what came of it to the result."""
    from benchmarks.sending.contenders import CONTENDERS

    CONTENDERS[name].fill(count)
    sender = Sender(name, stage.sink.port)
    sender.go()
    seconds = sender.finish()
    copies = stage.sink.collect()
    result.speed = max(result.speed, count / seconds)
    result.extra += copies.total() - len(copies)
    result.missing += count - len(copies)


def kill_senders(stage: Stage, name: str, speed: float, kills: int, chance: random.Random) -> Killed:
    """Kill the contender's sender at random moments, start it again, have it finish; return what came of it."""
    from benchmarks.sending.contenders import CONTENDERS

    contender, done = CONTENDERS[name], Killed()
    copies: Counter[str] = Counter()
    for _run in range(kills):
        contender.fill(KILLED_LETTERS)
        sender = Sender(name, stage.sink.port)
        sender.go()
        done.kills += sender.kill_after(chance.uniform(0.1, 0.9) * KILLED_LETTERS / speed)
        contender.recover()
        sender = Sender(name, stage.sink.port)
        sender.go()
        sender.finish()
        done.in_doubt += contender.count_left()
        copies = stage.sink.collect()
        done.extra += copies.total() - len(copies)
        done.missing += KILLED_LETTERS - len(copies)
    return done


def measure(stage: Stage, rounds: int) -> dict[str, Result]:
    """Let all take turns; return what each did."""
    results = {name: Result() for name in LETTERS}
    for _round in range(rounds):
        for name, count in LETTERS.items():
            run_once(stage, name, count, results[name])
    return results


def measure_end_to_end(stage: Stage, count: int, rounds: int, result: Result) -> float:
    """Send letters whose PDFs are made, from a process on every core; return the speed of making PDFs alone."""
    from benchmarks.sending.contenders import CONTENDERS

    alone = 0.0
    for name in ("PDFs alone", "Parley with PDFs") * rounds:
        CONTENDERS[name].fill(count)
        senders = [Sender(name, stage.sink.port, core) for core in CORES]
        for sender in senders:
            sender.go()
        seconds = max(sender.finish() for sender in senders)
        if name == "PDFs alone":
            alone = max(alone, count / seconds)
        else:
            copies = stage.sink.collect()
            result.speed = max(result.speed, count / seconds)
            result.extra += copies.total() - len(copies)
            result.missing += count - len(copies)
    return alone


def keep(what: str, ratio: float, gate: float) -> bool:
    """Print a gate, and return whether it is kept."""
    print(f"  {what:42} {ratio:7.2f}  (gate {gate:g}){'' if ratio >= gate else '  MISSED'}", flush=True)
    return ratio >= gate


def main() -> int:
    """Run what is asked for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kills", type=int, default=1, help="runs with a kill -9, each contender's")
    parser.add_argument("--seed", default="1")
    options = parser.parse_args()
    os.sched_setaffinity(0, {CORES[0]})
    with tempfile.TemporaryDirectory(prefix="parley-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        with set_stage(folder) as stage:
            return play(stage, options.rounds, options.kills, options.seed)


def play(stage: Stage, rounds: int, kills: int, seed: str) -> int:
    """Measure, print, judge."""
    import django

    django.setup()
    from django.core.management import call_command

    from letters.rendering.pdf import render_letter_pdf
    from tests.letters.samples import make_letter

    call_command("migrate", verbosity=0)
    pdf = render_letter_pdf(make_letter())
    (stage.folder / "data" / "letter.pdf").write_bytes(pdf)
    results = measure(stage, rounds)
    print("letters a second on one core, durability on; extra and missing copies")
    for name, result in results.items():
        print(f"  {name:24} {result.speed:7.0f}   {result.extra} extra, {result.missing} missing")
    print(f"killed with -9 and started again, {KILLED_LETTERS} letters a run")
    chance = random.Random(seed)
    clean = True
    for name in LETTERS:
        done = kill_senders(stage, name, results[name].speed, kills, chance)
        print(
            f"  {name:24} {done.kills} kills: {done.extra} extra, {done.missing} not at the server,"
            f" {done.in_doubt} in doubt, for a person"
        )
        clean &= name != "Parley" or (done.extra == 0 and done.missing <= done.in_doubt)
    whole = Result()
    alone = measure_end_to_end(stage, END_TO_END_LETTERS, rounds, whole)
    print(f"end to end on {len(CORES)} cores: {whole.speed:.1f} letters a second; PDFs alone: {alone:.1f}")
    print("Parley's speed against")
    kept = [keep(name, results["Parley"].speed / results[name].speed, gate) for name, gate in GATES.items()]
    kept.append(keep("making the PDFs alone", whole.speed / alone, END_TO_END_GATE))
    lossless = not any(result.extra or result.missing for result in (results["Parley"], whole))
    print(f"Parley's letters: {'each once' if clean and lossless else 'LOST OR DOUBLED'}")
    return 0 if all(kept) and clean and lossless else 1


if __name__ == "__main__":
    sys.exit(main())
