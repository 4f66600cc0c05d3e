"""Clients whose requests never end do not keep others out, and nobody who is merely slow is sent away."""

from __future__ import annotations

import datetime as dt
import http.client
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from campaign.core.deadlines import ANSWER_SECONDS, Deadlined
from tests.servers.processes import find_free_port, running

ROOT = Path(__file__).resolve().parents[3]
SECONDS = 2.0  # for a request, in these tests
THREADS = 4  # one process is enough
PAGE = "/.well-known/security.txt"
HEAD = b"POST /letter/lost/ HTTP/1.1\r\nHost: localhost\r\nCookie: csrftoken=" + b"a" * 32
HEAD += b"\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n"


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A real gunicorn as operators run it, but for the port and the seconds."""
    folder = tmp_path_factory.mktemp("gunicorn")
    port = find_free_port()
    config = folder / "gunicorn.conf.py"
    config.write_text(
        f"exec(open({str(ROOT / 'gunicorn.conf.py')!r}).read())\n"
        f"import campaign.core.deadlines\ncampaign.core.deadlines.REQUEST_SECONDS = {SECONDS}\n"
        f"bind, workers, threads = '127.0.0.1:{port}', 1, {THREADS}\n"
    )
    until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=100)
    env = os.environ | {"SECURITY_CONTACT": "a@b.example", "SECURITY_EXPIRES": f"{until}"}
    env["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    command: list[str | Path] = [sys.executable, "-m", "gunicorn", "--config", config]
    with running(command, log=folder / "log", env=env, is_ready=lambda: is_there(port)):
        yield port


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def ask(port: int, patience: float = 40) -> int:
    """Return the status of a page. Raises TimeoutError."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        connection.request("GET", PAGE, headers={"Host": "localhost"})
        return connection.getresponse().status
    finally:
        connection.close()


def is_there(port: int) -> bool:
    with suppress(OSError):  # it listens before its process is ready
        return ask(port, 2) == 200
    return False


@contextmanager
def dripping(client: socket.socket, drop: bytes) -> Iterator[None]:
    """Send one more byte again and again, so that there is never nothing for long."""
    over = threading.Event()

    def drip() -> None:
        with suppress(OSError):
            while not over.wait(0.1):
                client.send(drop)

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize(
    ("begin", "drips"),
    [
        (HEAD % 100_000 + b"ab", False),
        (HEAD % 100_000 + b"ab", True),
        (b"GET /.well-known/security.txt HTT", False),
        (b"GET / HTTP/1.1\r\nHost: local", True),
    ],
    ids=["body", "dripping body", "request line", "dripping header"],
)
def test_as_many_unending_requests_as_threads_do_not_keep_others_out(port: int, begin: bytes, drips: bool) -> None:
    assert ask(port) == 200
    with ExitStack() as stack:
        for _thread in range(2 * THREADS):
            client = stack.enter_context(connect(port))
            client.sendall(begin)
            if drips:
                stack.enter_context(dripping(client, b"a"))
        assert ask(port) == 200  # within a while; they would wait for ever


def test_a_slow_request_that_arrives_in_time_is_answered_in_full(port: int) -> None:
    with connect(port) as client:
        for piece in (
            b"GET /.well-known/secu",
            b"rity.txt HTTP/1.1\r\nHost: loc",
            b"alhost\r\nConnection: close\r\n\r\n",
        ):
            client.sendall(piece)
            time.sleep(SECONDS / 5)
        answer = b"".join(iter(lambda: client.recv(65536), b""))
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert b"mailto:a@b.example" in answer


def test_the_time_begins_anew_with_each_request_of_a_connection(port: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _time in range(3):
        connection.request("GET", PAGE, headers={"Host": "localhost"})
        answer = connection.getresponse()
        answer.read()
        assert (answer.status, answer.getheader("Connection")) == (200, "keep-alive")
        time.sleep(SECONDS / 2)
    connection.close()


def test_after_the_deadline_what_is_here_already_is_still_read() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, Deadlined(fileno=ours.detach()) as late:
        late.setblocking(True)
        theirs.sendall(b"all of it")
        assert late.recv(100) == b"all of it"
        with pytest.raises(ConnectionResetError, match="did not arrive in time"):
            late.recv(100)
        assert late.gettimeout() == ANSWER_SECONDS  # an answer can still be written
