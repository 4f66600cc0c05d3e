"""A real SMTP server on a real socket that misbehaves as told, one behaviour a message."""

from __future__ import annotations

import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field


@dataclass
class Taken:
    """A message whose final dot the server has seen."""

    sender: str
    recipient: str
    content: bytes


@dataclass
class ScriptedServer:
    """Say what becomes of the next messages with `script`: "ok", "STEP CODE words" or a way of breaking off.

    Steps are banner, ehlo, auth, mail, rcpt, data and end (after the final dot). Ways of breaking off: drop-mail,
    drop-data (after 354), drop-end (after the dot), hang-end, garbage-end, drop-idle (after answering), bye-idle (the
    same with a 421). late-end takes the message 0.2 seconds after the dot; hang-mail says nothing.
    """

    script: deque[str] = field(default_factory=deque)
    taken: list[Taken] = field(default_factory=list)
    connections: int = 0
    pipelining: bool = False  # whether it says that it takes several commands at once (RFC 2920)
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
                    if self.pipelining:
                        say("250-scripted")
                    go_on = say(self._next("ehlo", "250 PIPELINING" if self.pipelining else "250 scripted"))
                elif verb == "MAIL":
                    if self._breaks("drop-mail"):
                        return
                    if self._breaks("hang-mail"):
                        self.released.wait(30)
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
                elif verb == "QUIT":
                    say("221 bye")
                    return
                else:
                    go_on = say("250 ok")
                if not go_on:
                    return

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
        if self._breaks("hang-end"):
            self.released.wait(30)
            return False
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
