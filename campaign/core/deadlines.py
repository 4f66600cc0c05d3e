"""Deadlines for gunicorn's threads: for a request to arrive, and for a response to be taken.

gunicorn has no such limit: as many clients as it has threads, each with a request that never ends, would stop the site.
A proxy that buffers requests keeps them away; these deadlines are for sites without one.
"""

from __future__ import annotations

import errno
import socket
import time

from gunicorn.workers.gthread import TConn, ThreadWorker

REQUEST_SECONDS = 20.0  # for a whole request, from its first byte to its last
ANSWER_SECONDS = 60.0  # for each piece of a response, such as a page or some rows of an export


class Deadlined(socket.socket):
    """A client's connection."""

    deadline = 0.0

    def expect_request(self) -> None:
        self.deadline = time.monotonic() + REQUEST_SECONDS

    def setblocking(self, flag: bool) -> None:
        """Block for ANSWER_SECONDS at most, or not at all."""
        self.settimeout(ANSWER_SECONDS if flag else 0.0)

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Read what arrives before the deadline; after it, only what has arrived.

        Raises ConnectionResetError, which gunicorn and Django treat as a client that has gone.
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
    """A process whose threads wait for clients only for so long."""

    def handle(self, conn: TConn) -> object:
        if not isinstance(conn.sock, Deadlined):
            conn.sock = Deadlined(fileno=conn.sock.detach())
        conn.sock.expect_request()
        return super().handle(conn)
