"""PostgreSQL's disk fills up while letters are being sent: a small disk in memory, which only root can mount."""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.faults.invariants import find_violations
from tests.faults.scenarios import Play
from tests.faults.services import Service
from tests.faults.stage import set_stage, wait_for

DISK = "300m"  # a new cluster takes 60 MB, and its log up to 160
JUNK = "x" * 500


def fill_disk(disk: Path) -> None:
    """Leave no free byte on the disk, nor in the pages of the table that every move writes to."""
    from django.db import OperationalError

    from letters.models import Letter, LetterEvent

    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as filler:
        while filler.write(b"\0" * 65536):
            pass
    letter = Letter.objects.only("pk").latest("created_at")

    def write_on(count: int, note: str) -> None:
        while True:
            LetterEvent.objects.bulk_create([LetterEvent(letter=letter, type="note", note=note)] * count)

    for count, note in ((20, JUNK), (1, JUNK), (1, JUNK[:1])):  # what failed for twenty may still do for a small one
        with pytest.raises(OperationalError, match="No space left"):
            write_on(count, note)


def make_room(disk: Path, postgres: Service) -> None:
    """Free the disk and start PostgreSQL if it gave up, as an operator does; take out what filled the table."""
    from letters.models import LetterEvent

    (disk / "filler").unlink()
    if postgres.has_ended():
        postgres.start()
    LetterEvent.objects.filter(note__in=(JUNK, JUNK[:1])).delete()


def play_full_disk(folder: Path) -> int:
    """Play it; return 1 if a promise was broken. Has to run as root, in a mount namespace of its own."""
    from django.db import OperationalError, connection

    disk = folder / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=711", "parley-faults", str(disk)]
    subprocess.run(mount, check=True)
    with set_stage(folder, "full disk", troubled=False, pace=0, disk=disk) as stage:
        play = Play(stage)
        stage.add_worker(beat=True)
        first, *others = play.confirm(3, "take-slow-mail")
        wait_for("its offer", lambda: stage.sink.met["take-slow-mail"] == 1)
        fill_disk(disk)
        refused = 0
        for _number in range(5):
            try:
                play.confirm(1)
            except OperationalError:
                refused += 1
        time.sleep(3)  # the letter in hand gets its answer, and sweeps go by
        assert max(play.count(first, *others)) <= 1
        connection.close()
        make_room(disk, stage.postgres)
        wait_for("an end", lambda: play.find_open(play.confirmed) == [])
        play.wait_for("sent", *play.confirm(2))
        wrong = find_violations([letter.pk for letter in play.confirmed], stage.sink.copies)
        if not refused:
            wrong.append("confirming went on as if there were room: the disk was not full")
    print("\n".join(wrong) or f"ok      the disk fills up ({refused} letters were not promised)")
    return int(bool(wrong))
