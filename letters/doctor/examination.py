"""The whole examination: every subject, one after the other, whatever one of them meets."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.db import Error as DatabaseError

from letters.doctor.background import examine_background
from letters.doctor.finding import Finding, complain
from letters.doctor.machine import examine_clock, examine_machine
from letters.doctor.post import examine_post
from letters.doctor.upkeep import examine_backups, examine_certificate, examine_content

SUBJECTS: dict[str, Callable[[], Iterable[Finding]]] = {
    "background": examine_background,
    "machine": examine_machine,
    "clock": examine_clock,
    "post": examine_post,
    "backups": lambda: [examine_backups()],
    "content": examine_content,
    "certificate": examine_certificate,
}


def examine_all() -> Iterator[Finding]:
    """Yield every finding. What cannot be looked at is a finding too."""
    for subject, examine in SUBJECTS.items():
        try:
            yield from examine()
        except DatabaseError as error:
            words = f"This cannot be checked without the database ({type(error).__name__})."
            yield complain(subject, words, "Repair the database first.")
        except Exception as error:  # noqa: BLE001 a doctor who faints over one organ finds nothing in the others
            # The kind of error only: its words may hold an address or a password.
            words = f"This could not be checked ({type(error).__name__})."
            yield complain(subject, words, "Report this to the maintainers of Parley, with the output of this command.")
