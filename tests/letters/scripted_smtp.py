"""A real SMTP server on a real socket that misbehaves as told, one behaviour a message."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field


def wait_for(happened: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until it has happened. Raises AssertionError if it does not."""
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@dataclass
class Taken:
    """A message whose final dot the server has seen."""

    sender: str
    recipient: str
    content: bytes


@dataclass
class ScriptedServer:
    """Say what becomes of the next messages with `script`: "ok", "STEP CODE words" or a way of breaking off.

    Steps are banner, ehlo, auth, mail, rcpt, data, end (after the final dot), starttls and quit. Instead of "CODE words"
    a step may have "endless CODE" (one line more each 0.05 seconds), "flood CODE" (the same without a pause), "trickle
    CODE" (one byte each 0.05 seconds) or "hang". Ways of breaking off: drop-mail, drop-data (after 354), drop-end (after
    the dot), garbage-end, drop-idle (after answering), bye-idle (the same with a 421). take-hang takes the message and
    says nothing; late-end takes it 0.2 seconds after the dot.
    """

    script: deque[str] = field(default_factory=deque)
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    hung_up: int = 0  # connections that the client has ended
    released: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> ScriptedServer:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.released.set()
        self._socket.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _address = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _next(self, step: str, usual: str) -> str:
        """The answer to this step: the script's if its first line is about this step."""
        if self.script and self.script[0].startswith(f"{step} "):
            return self.script.popleft().removeprefix(f"{step} ")
        return usual

    def _breaks(self, way: str) -> bool:
        if self.script and self.script[0] == way:
            self.script.popleft()
            return True
        return False

    def _serve(self, connection: socket.socket) -> None:
        # The client may hang up whenever it likes.
        with suppress(ConnectionError), connection, connection.makefile("rwb") as stream:

            def say(line: str) -> bool:
                way, _space, code = line.partition(" ")
                if way == "hang":
                    return self._wait_for_the_end(connection)
                if way in ("endless", "flood", "trickle"):
                    return self._go_on_for_ever(connection, way, code)
                stream.write(line.encode() + b"\r\n")
                stream.flush()
                return not line.startswith("421")

            if not say(self._next("banner", "220 scripted")):
                return
            sender = recipient = ""
            for line in stream:
                verb, _space, rest = line.decode().strip().partition(" ")
                verb = verb.upper()
                if verb in ("EHLO", "HELO"):
                    go_on = say(self._next("ehlo", "250 scripted"))
                elif verb == "MAIL":
                    if self._breaks("drop-mail"):
                        return
                    sender = rest.partition("<")[2].partition(">")[0]
                    go_on = say(self._next("mail", "250 ok"))
                elif verb == "RCPT":
                    recipient = rest.partition("<")[2].partition(">")[0]
                    go_on = say(self._next("rcpt", "250 ok"))
                elif verb == "DATA":
                    answer = self._next("data", "354 go on")
                    go_on = say(answer)
                    if answer.startswith("354") and not self._take(stream, sender, recipient, say):
                        return
                elif verb == "AUTH":
                    go_on = say(self._next("auth", "235 ok"))
                elif verb == "STARTTLS":
                    go_on = say(self._next("starttls", "454 not now"))
                elif verb == "QUIT":
                    say(self._next("quit", "221 bye"))
                    return
                else:
                    go_on = say("250 ok")
                if not go_on:
                    return
            self.hung_up += 1

    def hang_up(self) -> None:
        """End every connection on which the server says nothing."""
        self.released.set()

    def _wait_for_the_end(self, connection: socket.socket) -> bool:
        """Say nothing until the client hangs up."""
        connection.settimeout(0.02)
        while not self.released.is_set():
            with suppress(TimeoutError):
                if not connection.recv(4096):
                    break
        self.hung_up += 1
        return False

    def _go_on_for_ever(self, connection: socket.socket, way: str, code: str) -> bool:
        """Answer without an end until the client hangs up."""
        line = f"{code}-more\r\n".encode()
        parts: Iterator[bytes] = itertools.repeat(line * 100 if way == "flood" else line)
        if way == "trickle":
            parts = (bytes([byte]) for byte in itertools.chain(code.encode(), b" ", itertools.repeat(ord("x"))))
        try:
            for part in parts:
                connection.sendall(part)
                if self.released.wait(0 if way == "flood" else 0.05):
                    break
        except OSError:
            self.hung_up += 1
        return False

    def _take(self, stream: Iterable[bytes], sender: str, recipient: str, say: Callable[[str], bool]) -> bool:
        if self._breaks("drop-data"):
            return False
        lines = []
        for line in stream:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        else:
            return False  # the client hung up before the final dot: nothing is taken
        if self._breaks("drop-end"):
            self.taken.append(Taken(sender, recipient, b"".join(lines)))
            return False
        if self._breaks("take-hang"):
            self.taken.append(Taken(sender, recipient, b"".join(lines)))
            return say("hang")
        if self._breaks("garbage-end"):
            say("hello there")
            return True
        if self._breaks("late-end"):
            time.sleep(0.2)
        answer = self._next("end", "250 queued as 42")
        if answer.startswith("2"):
            self.taken.append(Taken(sender, recipient, b"".join(lines)))
        go_on = say(answer)
        if self._breaks("bye-idle"):
            return say("421 4.4.2 idle for too long")
        return go_on and not self._breaks("drop-idle")
