"""Demos that start at the same moment do not get into one another's way."""

from __future__ import annotations

import runpy
from pathlib import Path

DEMO = runpy.run_path(str(Path(__file__).resolve().parents[2] / "tools" / "demo.py"))
claim_mail_port, why_not = DEMO["claim_mail_port"], DEMO["why_not"]


def test_two_demos_never_take_the_same_mail_port() -> None:
    with claim_mail_port() as first, claim_mail_port() as second:  # the mailbox of neither has started yet
        assert first != second
        assert (why_not(first), why_not(second)) == ("", "")
