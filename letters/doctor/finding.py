"""What was found about one subject, and what to do."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Level(enum.StrEnum):
    """How bad it is."""

    WELL = "well"
    WARNING = "warning"  # look at it this week
    PROBLEM = "problem"  # something does not work


@dataclass(frozen=True)
class Finding:
    """One finding. It holds no personal data and no password."""

    subject: str
    level: Level
    words: str
    cure: str = ""


def well(subject: str, words: str) -> Finding:
    """Return that it is as it should be."""
    return Finding(subject, Level.WELL, words)


def warn(subject: str, words: str, cure: str) -> Finding:
    """Return that it needs a look."""
    return Finding(subject, Level.WARNING, words, cure)


def complain(subject: str, words: str, cure: str) -> Finding:
    """Return that it does not work."""
    return Finding(subject, Level.PROBLEM, words, cure)
