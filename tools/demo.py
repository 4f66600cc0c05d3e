"""Run the demo: web, Celery worker with beat, and the local mailbox, until Ctrl-C ends them all.

`demo.py --check PORT` only says whether it could start; it needs nothing but Python's standard library. It does not
start beside the settings of a real site: it would work on that site's data, swallow its mails and open its admin.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"  # the demo is for this machine: its mailbox shows everybody's mail
START_SECONDS = 60
STOP_SECONDS = 30  # longer than Celery's soft shutdown
SHORT_LIFE = 10  # a part that ends sooner than this would only end again
YES = ("true", "t", "yes", "y", "on", "1")
# What only a real site has, and when: any value, one that says yes, or as told.
REAL_SITE: dict[str, Callable[[str], bool]] = {
    "DATABASE_URL": bool,
    "REDIS_URL": bool,
    "SITE_URL": lambda value: value.startswith("https://"),
    "BEHIND_PROXY": lambda value: value.lower() in YES,
    "LIVE_DELIVERY": lambda value: value.lower() in YES,
    "EMAIL_HOST": lambda value: value not in ("", "localhost", "127.0.0.1", "::1"),
    "EMAIL_HOST_PASSWORD": bool,
    "BOUNCE_IMAP_URL": bool,
    "ANYMAIL_PROVIDER": bool,
}
SHOWN = (" ERROR ", " CRITICAL ", "/ERROR]", "/CRITICAL]")
_libc = ctypes.CDLL(None)


class Part:
    """One of the demo's processes, with its log."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], logs: Path) -> None:
        self.name = name
        self.command = command
        self.env = env
        self.log = logs / f"{name}.log"
        self.log.write_bytes(b"")
        self.start()

    def start(self) -> None:
        """Start the process in a group of its own, so that Ctrl-C reaches it only through `stop`."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            process_group=0,
            preexec_fn=_die_with_parent,
        )
        assert self.process.stdout is not None
        threading.Thread(target=self._keep_log, args=(self.process.stdout,), daemon=True).start()

    def _keep_log(self, output: IO[bytes]) -> None:
        """Write what the process says to its log; show errors."""
        with self.log.open("ab", buffering=0) as log:
            for line in output:
                log.write(line)
                text = line.decode(errors="replace").rstrip()
                if any(mark in text for mark in SHOWN):
                    tell(f"{self.name}: {text}")

    def ask_to_stop(self) -> None:
        """Tell the process to finish."""
        if self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Wait for the process until the deadline, then end whatever is left of its group."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, deadline - time.monotonic()))
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def last_words(self) -> str:
        """Return the end of its log."""
        time.sleep(0.2)  # for the thread that writes it
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-15:])


def main() -> int:
    """Check, start, watch, stop."""
    refuse_beside_real_site(ROOT / ".env")
    if sys.argv[1] == "--check":
        read_port(sys.argv[2])
        return 0
    port = read_port(sys.argv[1])
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stopping.set())
    sys.path.insert(0, str(ROOT))
    from campaign.settings import DATA_DIR

    with lock(DATA_DIR / "demo.lock"), claim_mail_port() as mail_port:
        parts = start_parts(port, mail_port, DATA_DIR)
        try:
            if wait_for_web(port, parts, stopping):
                tell(welcome(port, DATA_DIR))
            return watch(parts, stopping)
        finally:
            tell("Stopping …")
            for part in parts:
                part.ask_to_stop()
            deadline = time.monotonic() + STOP_SECONDS
            for part in parts:
                part.end(deadline)
            tell("Everything has stopped.")


def refuse_beside_real_site(file: Path) -> None:
    """End with a sentence if the environment or the file of settings tells of a real site. Values are not shown."""
    lines = file.read_text().splitlines() if file.exists() else []
    set_where = {name: ("the environment", value) for name, value in os.environ.items()}
    for number, line in enumerate(lines, start=1):
        if found := re.match(r"\s*(?:export\s+)?(\w+)\s*=\s*(?:'([^']*)'|\"([^\"]*)\"|([^#]*))", line):
            name, *values = found.groups()
            if name not in os.environ:
                set_where[name] = (f"{file.name}, line {number}", next(value for value in values if value is not None))
    places = [
        f"{name} ({set_where[name][0]})"
        for name, is_real in REAL_SITE.items()
        if name in set_where and is_real(set_where[name][1].strip())
    ]
    if places:
        sys.exit(
            f"parley: These are settings of a real site: {', '.join(places)}.\n"
            "The demo would use its data, keep its emails and open its admin to a password alone. Run the demo in a "
            "separate checkout:\n    git clone . ../parley-demo && make -C ../parley-demo demo\n"
            "If they are left over, remove them from .env or the environment."
        )


def read_port(text: str) -> int:
    """Return the web port, or end with a sentence if it cannot be had."""
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        sys.exit(f"parley: {text!r} is not a port. Give a number from 1 to 65535, for example: make demo PORT=8123")
    port = int(text)
    reason = why_not(port)
    if reason:
        sys.exit(f"parley: Port {port} {reason}. Choose another one, for example: make demo PORT={port % 65000 + 123}")
    return port


def why_not(port: int) -> str:
    """Return why nobody can listen on that port, or nothing."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            return "is only for administrators"
        except OSError:
            return "is in use by another program"
    return ""


@contextlib.contextmanager
def claim_mail_port() -> Iterator[int]:
    """Give 1025, where people expect a mail catcher, or any free port; no other demo gets it meanwhile.

    The port itself is free until the mailbox listens there. So the demo also takes a name for it, an abstract socket
    (unix(7)): the kernel gives it to one process alone, and takes it back however that ends.
    """
    port = 1025
    with socket.socket(socket.AF_UNIX) as claim:
        while True:
            with contextlib.suppress(OSError):
                if not why_not(port):
                    claim.bind(f"\0parley-mail-{port}")
                    break
            with socket.socket() as probe:
                probe.bind((HOST, 0))
                port = probe.getsockname()[1]
        yield port


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Let one demo at a time use the data directory."""
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            sys.exit(f"parley: A demo is already running on the data in {path.parent}. Stop it first (Ctrl-C).")
        yield


def start_parts(port: int, mail_port: int, data: Path) -> list[Part]:
    """Start the mailbox, the worker and the web server."""
    logs = data / "logs"
    logs.mkdir(exist_ok=True)
    # The demo never delivers: whatever .env says of a mail server, all mail goes to the mailbox.
    env = os.environ | {
        "SITE_URL": f"http://localhost:{port}",
        "ALLOWED_HOSTS": f"localhost,{HOST}",
        "CSRF_TRUSTED_ORIGINS": f"http://localhost:{port},http://{HOST}:{port}",
        "MAILBOX_DIR": str(data / "mailbox"),
        "EMAIL_HOST": HOST,
        "EMAIL_PORT": str(mail_port),
        "EMAIL_HOST_USER": "",
        "EMAIL_HOST_PASSWORD": "",
        "EMAIL_USE_TLS": "false",
        "EMAIL_USE_SSL": "false",
        "LIVE_DELIVERY": "false",
        "ADMIN_TOTP": "false",  # without it no campaign goes live
        "PYTHONUNBUFFERED": "1",
    }
    python = sys.executable
    worker = ["-m", "celery", "-A", "campaign", "worker", "-B", "-P", "threads", "-c", "4", "--loglevel", "INFO"]
    commands = {
        "mailbox": [python, "manage.py", "catch_mail", "--port", str(mail_port)],
        "worker": [python, *worker],
        "web": serve_web(port),
    }
    return [Part(name, command, env, logs) for name, command in commands.items()]


def serve_web(port: int) -> list[str]:
    """Return the command of the web server. It passes on what a proxy says, for the mailbox page is not for those."""
    options = [f"--listen={HOST}:{port}", "--threads=8", "--no-clear-untrusted-proxy-headers"]
    return [sys.executable, "-m", "waitress", *options, "campaign.wsgi:application"]


def wait_for_web(port: int, parts: list[Part], stopping: threading.Event) -> bool:
    """Wait until the web server answers, however slow the machine; False if something ended first."""
    patience = time.monotonic() + START_SECONDS
    while not stopping.wait(0.1):
        if any(part.process.poll() is not None for part in parts):
            return False
        if time.monotonic() > patience:
            tell("parley: The web server is still starting. This machine seems to be busy.")
            patience += START_SECONDS
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return True
    return False


def watch(parts: list[Part], stopping: threading.Event) -> int:
    """Start again what ends by itself; give up on what does not stay. Returns the exit code."""
    while not stopping.wait(0.5):
        for part in parts:
            code = part.process.poll()
            if code is None:
                continue
            if time.monotonic() - part.started < SHORT_LIFE:
                tell(f"parley: The {part.name} process ended with code {code}. Its last words:\n{part.last_words()}")
                return 1
            tell(f"parley: The {part.name} process ended with code {code}; starting it again.")
            part.end(time.monotonic())
            part.start()
    return 0


def welcome(port: int, data: Path) -> str:
    """Return where to go and what to try."""
    from campaign.settings import ADMIN_PATH

    site = f"http://localhost:{port}"
    return f"""
Parley is running at {site}/
In rehearsal: every email goes to the mailbox page, nothing goes to an MP.

  1. Open {site}/ and choose the campaign.
  2. Enter a postcode, for example LS1 3AD (Leeds) or CF10 3NP (Cardiff).
  3. Choose up to four arguments, add your own words, give any name and address.
  4. Download the letter as a PDF, or have it sent by email.
  5. At {site}/mailbox/ open the email that asks you to confirm, and confirm. The letter and its PDF arrive there.

Organisers: {site}/{ADMIN_PATH} (account "organiser")
    To set a new password: .venv/bin/python manage.py changepassword organiser --own
    The demo needs only the password (ADMIN_TOTP=false). A real site also asks for a code from a phone.
Logs: {data / "logs"}/    To stop: Ctrl-C.
"""


def tell(text: str) -> None:
    """Print; a terminal that has been closed must not keep the demo from stopping."""
    with contextlib.suppress(OSError):
        print(text, flush=True)


def _die_with_parent() -> None:
    """Have the kernel end the child if this process is killed (PR_SET_PDEATHSIG)."""
    _libc.prctl(1, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main())
