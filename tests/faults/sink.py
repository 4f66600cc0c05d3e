"""A mail server that misbehaves at every step, by a seed or as told, and knows which letters it has taken."""

from __future__ import annotations

import random
import socket
import struct
import threading
import time
from collections import Counter, deque
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from email.parser import BytesHeaderParser

# What a message may meet, and how often in a thousand. "take-…" has it taken, whatever the client then hears.
BEHAVIOURS = {
    "ok": 840,
    "mail 451 4.3.0 try again later": 12,
    "mail 550 5.7.1 not from you": 4,
    "mail 421 4.3.2 going down": 8,
    "rcpt 450 4.2.0 greylisted": 20,
    "rcpt 550 5.1.1 nobody here": 5,
    "data 451 4.3.0 no room": 12,
    "data 554 5.6.0 no": 3,
    "end 452 4.3.1 disk full": 12,
    "end 550 5.7.1 spam": 3,
    "garbage-mail": 6,
    "drop-mail": 12,
    "drop-rcpt": 8,
    "drop-data": 12,  # after 354, before the final dot
    "drop-end": 4,  # after the final dot, not taken
    "hang-end": 3,
    "garbage-end": 2,
    "take-drop": 5,
    "take-hang": 4,
    "take-garbage": 3,
    "take-slow": 12,
    "take-close": 10,  # hangs up after its 250
}
GREETINGS = {"220 sink": 94, "421 4.3.2 busy": 2, "554 5.3.2 not now": 1, "reset": 3}


@dataclass(frozen=True)
class Copy:
    """A message whose final dot the server answered for."""

    message_id: str
    reference: str  # empty: a notice to a supporter


class Sink:
    """The server, in threads of this process."""

    def __init__(self, seed: str, *, troubled: bool, pace: float, patience: float) -> None:
        self.seed, self.troubled, self.pace, self.patience = seed, troubled, pace, patience
        self.copies: list[Copy] = []
        self.met: Counter[str] = Counter()
        self.script: dict[str, deque[str]] = {}  # envelope sender → what its next messages meet
        self._tries: Counter[str] = Counter()
        self._connections = 0
        self._lock = threading.Lock()
        self._refusing = threading.Lock()
        self._closing = threading.Event()
        self._listen(0)
        threading.Thread(target=self._accept, daemon=True).start()

    def heal(self) -> None:
        """Take every message from now on, at once."""
        self.troubled, self.pace = False, 0

    def refuse(self, seconds: float) -> None:
        """Refuse connections for that long; those that are open go on."""
        with self._refusing:
            self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            time.sleep(seconds)
            self._listen(self.port)
            threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """End."""
        self._closing.set()
        self._socket.close()

    def count(self, reference: str) -> int:
        """Return how many copies of that letter were taken."""
        with self._lock:
            return sum(copy.reference == reference for copy in self.copies)

    def _listen(self, port: int) -> None:
        self._socket = socket.create_server(("127.0.0.1", port))
        self.port: int = self._socket.getsockname()[1]

    def _accept(self) -> None:
        listening = self._socket
        while True:
            try:
                connection, _address = listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _choose_greeting(self) -> str:
        with self._lock:
            self._connections += 1
            if not self.troubled:
                return "220 sink"
            chance = random.Random(f"{self.seed}:connection:{self._connections}")
        return chance.choices(list(GREETINGS), list(GREETINGS.values()))[0]

    def _choose(self, sender: str) -> tuple[str, random.Random]:
        """Return what this message meets: what it was told, else by seed, sender and number of tries."""
        with self._lock:
            self._tries[sender] += 1
            chance = random.Random(f"{self.seed}:{sender}:{self._tries[sender]}")
            told = self.script.get(sender)
            if told:
                behaviour = told.popleft()
            elif not self.troubled:
                behaviour = "ok"
            else:
                behaviour = chance.choices(list(BEHAVIOURS), list(BEHAVIOURS.values()))[0]
            self.met[behaviour] += 1
        return behaviour, chance

    def _take(self, lines: list[bytes]) -> None:
        headers = BytesHeaderParser().parsebytes(b"".join(lines))
        copy = Copy(str(headers["Message-ID"]), str(headers["X-Parley-Reference"] or ""))
        with self._lock:
            self.copies.append(copy)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            greeting = self._choose_greeting()
            if greeting == "reset":
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                return
            connection.sendall(greeting.encode() + b"\r\n")
            if greeting.startswith("220"):
                _Dialogue(self, connection).run()


class _Dialogue:
    """One connection."""

    def __init__(self, sink: Sink, connection: socket.socket) -> None:
        self.sink = sink
        self.connection = connection
        self.behaviour = "ok"
        self.wait = (0.0, 0.0)  # before the answers to MAIL and to the final dot

    def say(self, line: str) -> bool:
        """Answer; False if the server hangs up after these words."""
        self.connection.sendall(line.encode() + b"\r\n")
        return not line.startswith("421")

    def answer(self, step: str, usual: str) -> tuple[bool, str]:
        """Answer a command as this message's behaviour has it; whether to go on, and the words."""
        if self.behaviour == f"drop-{step}":
            return False, ""
        told = f"{step} "
        line = self.behaviour.removeprefix(told) if self.behaviour.startswith(told) else usual
        if self.behaviour == f"garbage-{step}":
            line = "what?"
        return self.say(line), line

    def run(self) -> None:
        """Serve until one side hangs up."""
        with self.connection.makefile("rb") as stream:
            for line in stream:
                verb, _space, rest = line.decode("utf-8", "replace").strip().partition(" ")
                if not self.command(verb.upper(), rest, stream):
                    return

    def command(self, verb: str, rest: str, stream: Iterable[bytes]) -> bool:
        """Answer one command; False ends the connection."""
        if verb == "MAIL":
            sender = rest.partition("<")[2].partition(">")[0]
            self.behaviour, chance = self.sink._choose(sender)
            self.wait = (chance.uniform(0, self.sink.pace / 2), chance.uniform(0, self.sink.pace / 2))
            if self.behaviour == "take-slow-mail":
                self.sink._closing.wait(self.sink.patience * 0.7)
            self.sink._closing.wait(self.wait[0])
            return self.answer("mail", "250 ok")[0]
        if verb == "RCPT":
            return self.answer("rcpt", "250 ok")[0]
        if verb == "DATA":
            if self.behaviour == "drop-data":
                self.say("354 go on")
                return False
            go_on, words = self.answer("data", "354 go on")
            return self.text(stream) if words.startswith("354") else go_on
        if verb == "QUIT":
            self.say("221 bye")
            return False
        return self.say("250 ok")

    def text(self, stream: Iterable[bytes]) -> bool:
        """Read the text, and take it or not."""
        lines = []
        for line in stream:
            if line == b".\r\n":
                break
            lines.append(line)
        else:
            return False  # the client went away before the final dot: nothing is taken
        way = self.behaviour
        if way == "ok" or way.startswith("take-"):
            self.sink._take(lines)
        if way.endswith("-drop") or way == "drop-end":
            return False
        if way.endswith("hang") or way == "hang-end":
            self.sink._closing.wait(self.sink.patience + 1)
            return False
        if way.startswith(("end ", "garbage-end")):
            return self.answer("end", "")[0]
        if way == "take-garbage":
            return self.say("hello there")
        self.sink._closing.wait(self.sink.patience * 0.6 if way == "take-slow" else self.wait[1])
        return self.say("250 2.0.0 queued") and way != "take-close"
