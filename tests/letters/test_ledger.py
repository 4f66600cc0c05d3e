"""Senders share commits, and none of them suffers for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from letters import ledger
from letters.ledger import Ledger, write_moves


class Database:
    """Stands for `make_moves`: the first statement takes until `go`; moves are words, made if they begin with "+"."""

    def __init__(self) -> None:
        self.statements: list[list[str]] = []
        self.go = threading.Event()
        self.broken: Callable[[list[str]], bool] = lambda _moves: False

    def __call__(self, *moves: Any) -> list[bool]:
        self.statements.append(sorted(moves))
        if len(self.statements) == 1:
            self.go.wait(5)
        if self.broken(list(moves)):
            raise RuntimeError("broken")
        return [move.startswith("+") for move in moves]


@pytest.fixture
def database(monkeypatch: pytest.MonkeyPatch) -> Database:
    made = Database()
    monkeypatch.setattr(ledger, "make_moves", made)
    return made


def write_behind_another(database: Database, *asked: tuple[str, ...]) -> list[Any]:
    """Have these written while another sender's statement is on its way; return what each was told, or its error."""
    book = Ledger()

    def write(moves: tuple[str, ...]) -> Any:
        try:
            return book.write(*moves)  # type: ignore[arg-type]
        except RuntimeError as error:
            return str(error)

    with ThreadPoolExecutor(len(asked) + 1) as pool:
        first = pool.submit(write, ("+first",))
        while not database.statements:
            time.sleep(0.001)
        others = [pool.submit(write, moves) for moves in asked]
        while len(book._waiting) < len(asked):
            time.sleep(0.001)
        database.go.set()
        assert first.result(5) == [True]
        return [other.result(5) for other in others]


def test_who_waits_is_written_in_one_statement_and_told_of_its_own_moves(database: Database) -> None:
    told = write_behind_another(database, ("+a", "-b"), ("-c",), ("+d",))
    assert told == [[True, False], [False], [True]]
    assert database.statements == [["+first"], ["+a", "+d", "-b", "-c"]]


def test_an_error_is_met_only_by_whose_move_it_is(database: Database) -> None:
    database.broken = lambda moves: "+bad" in moves
    assert write_behind_another(database, ("+a",), ("+bad",), ("-c",)) == [[True], "broken", [False]]
    assert sorted(database.statements) == [["+a"], ["+a", "+bad", "-c"], ["+bad"], ["+first"], ["-c"]]


@pytest.mark.django_db
def test_within_a_transaction_nothing_is_left_to_others(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    database.go.set()
    monkeypatch.setattr(ledger, "_ledger", None)
    assert write_moves("+mine") == [True]  # type: ignore[arg-type]
    assert write_moves() == []
