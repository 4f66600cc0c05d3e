"""Several connections to the mail server side by side: while one letter's answer is on its way, others are offered."""

from __future__ import annotations

import logging
import math
import select
import time
from types import TracebackType
from typing import Generic, Self, TypeVar

from letters.emails import Mail
from letters.smtp import Answer, Connection, ServerUnavailable

logger = logging.getLogger(__name__)

# After the first answer, how long to wait for more, in seconds: what comes together is written down in one commit.
LINGER = 0.002
PATIENCE = 5  # seconds, at each step of opening one more connection: the letters can go over those that there are

Whose = TypeVar("Whose")


class Line(Generic[Whose]):
    """At most `size` connections, opened when they are needed. Each message offered is somebody's (`Whose`)."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._connections: list[Connection] = []
        self._busy: dict[Connection, Whose] = {}
        self._answers: list[tuple[Whose, Answer]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in self._connections:
            connection.close()

    @property
    def is_open(self) -> bool:
        """Whether there is a connection, as far as anybody knows."""
        return any(connection.is_open for connection in self._connections)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to be heard."""
        return bool(self._busy or self._answers)

    def open(self, wanted: int = 1) -> list[Connection]:
        """Return up to that many usable connections that are free; none if all are busy.

        Raises ServerUnavailable if there is no connection at all. A server that takes fewer than `size` at a time is
        not asked for more.
        """
        usable: list[Connection] = []
        for connection in self._free():
            if len(usable) < wanted and self._have(connection):
                usable.append(connection)
        while len(usable) < wanted and len(self._connections) < self._size:
            connection = Connection()
            self._connections.append(connection)
            if self._have(connection):
                usable.append(connection)
        return usable

    def must_dial(self, wanted: int) -> bool:
        """Whether `open` would have to call the server, which takes time."""
        free = self._free()
        return not all(connection.is_open for connection in free[:wanted]) or (
            len(free) < wanted and len(self._connections) < self._size
        )

    def _free(self) -> list[Connection]:
        return [connection for connection in self._connections if connection not in self._busy]

    def _have(self, connection: Connection) -> bool:
        """Have it usable, or do with the others. Raises ServerUnavailable if there are none."""
        others = len(self._connections) - 1
        try:
            connection.open(patience=PATIENCE if others else math.inf)
        except ServerUnavailable as error:
            self._connections.remove(connection)
            if not others:
                raise
            self._size = others
            logger.info("going on with %d connections to the mail server: %s", others, error)
            return False
        return True

    def offer(self, connection: Connection, mail: Mail, whose: Whose, *, until: float) -> None:
        """Begin to offer a message over a connection that is free; `hear` tells its fate. For `until` see `start`."""
        answer = connection.start(mail.envelope_sender, mail.recipient, mail.content, until=until)
        if answer is None:
            self._busy[connection] = whose
        else:
            self._answers.append((whose, answer))

    def hear(self) -> list[tuple[Whose, Answer]]:
        """Wait until the fate of at least one message is known, if any was offered; return all that are, once."""
        linger_until: float | None = None
        while self._busy:
            if linger_until is None and self._answers:
                linger_until = time.monotonic() + LINGER
            if linger_until is not None and time.monotonic() > linger_until:
                break
            self._go_on(linger_until)
        answers, self._answers = self._answers, []
        return answers

    def _go_on(self, until: float | None) -> None:
        """Wait until the server says something, or has said nothing for too long, or `until`; go on from there."""
        now = time.monotonic()
        first = min(connection.answer_by for connection in self._busy)
        numbers = {connection.fileno(): connection for connection in self._busy}
        poll = select.poll()
        for number in numbers:
            poll.register(number, select.POLLIN)
        seconds = max(0.0, min(first, until or first) - now)
        answered = {numbers[number] for number, _event in poll.poll(math.ceil(seconds * 1000))}
        for connection in list(self._busy):
            # However late it is: what was in time before this process was held up has been said.
            silent = connection not in answered
            if not silent or now > connection.answer_by:
                answer = connection.go_on(silent=silent)
                if answer is not None:
                    self._answers.append((self._busy.pop(connection), answer))
