"""gunicorn's threads, which wait for nobody for ever: a request has to arrive within a while, an answer be taken.

gunicorn itself has no such limit: as many clients as it has threads, each with a request that never ends, would stop
the site. A proxy that waits for whole requests keeps them away; these deadlines hold where there is none.
"""

from __future__ import annotations

import errno
import socket
import time

from gunicorn.workers.gthread import TConn, ThreadWorker

REQUEST_SECONDS = 20.0  # for a whole request, from its first byte to its last
ANSWER_SECONDS = 60.0  # for each piece of an answer, such as a page or some rows of an export


class Deadlined(socket.socket):
    """A client's connection."""

    deadline = 0.0

    def expect_request(self) -> None:
        self.deadline = time.monotonic() + REQUEST_SECONDS

    def setblocking(self, flag: bool) -> None:
        """Wait, but for ANSWER_SECONDS at most; or do not wait."""
        self.settimeout(ANSWER_SECONDS if flag else 0.0)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Read what comes before the deadline; after it, only what is here already.

        Raises ConnectionResetError, which gunicorn and Django take as what it is: a client that has gone.
        """
        patience = self.gettimeout()
        left = max(self.deadline - time.monotonic(), 0.0)
        self.settimeout(left if patience is None else min(patience, left))
        try:
            return super().recv(size, flags)
        except (BlockingIOError, TimeoutError):
            raise ConnectionResetError(errno.ECONNRESET, "The request did not arrive in time") from None
        finally:
            self.settimeout(patience)


class Worker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """A process whose threads wait for a client for a limited time."""

    def handle(self, conn: TConn) -> object:
        if not isinstance(conn.sock, Deadlined):
            conn.sock = Deadlined(fileno=conn.sock.detach())
        conn.sock.expect_request()
        return super().handle(conn)
