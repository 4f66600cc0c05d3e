"""What is written down together suffers together only if nothing can be written at all."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import DataError, OperationalError

from letters import ledger
from letters.ledger import write_moves
from letters.models import Letter, Move, Status


@dataclass
class Database:
    """Stands for `make_moves`: says which moves it was asked for, and fails for those whose note is in `broken`."""

    broken: set[str] = field(default_factory=set)
    asked: list[list[str]] = field(default_factory=list)

    def __call__(self, *moves: Move) -> list[bool]:
        self.asked.append([move.note for move in moves])
        if self.broken & {move.note for move in moves}:
            raise DataError("words of a letter")
        return [move.note != "lost" for move in moves]


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    made = Database()
    monkeypatch.setattr(ledger, "make_moves", made)
    return made


def ask(*notes: str) -> list[Move]:
    return [Move(Letter(reference=f"{note:A<9.9}"), Status.SENT, note) for note in notes]


def test_all_is_written_at_once_and_each_told_of_its_own(database: Database) -> None:
    assert write_moves(*ask("one", "lost", "two")) == [True, False, True]
    assert database.asked == [["one", "lost", "two"]]


def test_what_cannot_be_written_is_left_out_and_logged_without_its_words(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    database.broken = {"bad"}
    with caplog.at_level(logging.ERROR):
        assert write_moves(*ask("one", "bad", "two", "lost")) == [True, None, True, False]
    assert database.asked == [["one", "bad", "two", "lost"], ["one"], ["bad"], ["two"], ["lost"]]
    assert [record.getMessage() for record in caplog.records] == [
        "letter badAAAAAA: sent could not be written: DataError"
    ]


def test_if_nothing_can_be_written_the_error_is_met(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    database.broken = {"one", "two"}
    with pytest.raises(DataError):
        write_moves(*ask("one", "two"))
    with pytest.raises(DataError):
        write_moves(*ask("one"))

    def fail(*_moves: Any) -> list[bool]:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(ledger, "make_moves", fail)
    with pytest.raises(OperationalError):
        write_moves(*ask("one", "two"))
