"""Who sends: Parley, what a tutorial builds, two well-known queues. Each fills its queue, and then sends all of it.

All send the same letter (about 330 words) with the same ready PDF, as mail that Django or Parley builds while sending.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.mail import EmailMessage, get_connection
from django.core.management import call_command

from benchmarks.sending.letters import empty_tables, write_letters

if TYPE_CHECKING:
    from letters.models import Letter

LOST_SECONDS = 5  # without a letter sent: the tasks left are lost
SENDER, RECIPIENT = "letters@parley.localhost", "mp@parliament.example"


def read_pdf() -> bytes:
    """Return the ready PDF that every letter carries."""
    return (Path(os.environ["PARLEY_DATA_DIR"]) / "letter.pdf").read_bytes()


class Contender(ABC):
    """A way of sending. `fill` is called by the benchmark, `send` in a process of its own that may be killed."""

    name: str

    @abstractmethod
    def fill(self, count: int) -> None:
        """Have `count` letters ready to send, each of which was committed."""

    @abstractmethod
    def send(self) -> None:
        """Send all that is there."""

    def prepare(self) -> None:  # noqa: B027 most need nothing
        """Do what is done once, when a sender starts."""

    def recover(self) -> None:  # noqa: B027 most need nothing
        """Do what time or an operator does after a sender was killed."""

    @abstractmethod
    def count_left(self) -> int:
        """Return how many letters wait for a person, because nobody knows whether they went."""


def build_as_django_does(letter: Letter, pdf: bytes) -> EmailMessage:
    """Return the letter as Django's documentation builds a mail with an attachment."""
    from letters.rendering.plain_text import write_plain_text
    from letters.writing.compose import read_letter

    text = write_plain_text(read_letter(letter))
    headers = {"Message-ID": letter.message_id or "", "X-Parley-Reference": letter.reference}
    mail = EmailMessage(letter.subject, text, SENDER, [RECIPIENT], reply_to=[letter.sender_email], headers=headers)
    mail.attach("letter.pdf", pdf, "application/pdf")
    return mail


class Parley(Contender):
    """As many senders side by side as a worker has."""

    name = "Parley"

    def fill(self, count: int) -> None:
        empty_tables()
        write_letters(count)

    def prepare(self) -> None:
        from letters import tasks
        from letters.mail import messages

        tasks.get_ready()
        pdf = read_pdf()
        messages.render_letter_pdf = lambda _text, **_options: pdf  # type: ignore[attr-defined]

    def send(self) -> None:
        from letters.delivery.worker import drain_queue

        senders = [threading.Thread(target=drain_queue) for _ in range(settings.EMAIL_SENDERS)]
        for sender in senders:
            sender.start()
        for sender in senders:
            sender.join()

    def recover(self) -> None:
        """Let the leases of the killed sender end, and sweep."""
        from django.utils import timezone

        from letters.delivery.leases import recover_leases
        from letters.models import LEASED, Letter

        Letter.objects.filter(status__in=LEASED).update(lease_until=timezone.now())
        recover_leases()

    def count_left(self) -> int:
        from letters.models import Letter

        return Letter.objects.filter(status="unknown").count()


class ParleyWithPdfs(Parley):
    """The same, and each PDF is made."""

    name = "Parley with PDFs"

    def prepare(self) -> None:
        from letters import tasks

        tasks.get_ready()


class PdfsAlone(ParleyWithPdfs):
    """The PDFs of those letters, and nothing else: each process makes its share."""

    name = "PDFs alone"

    def send(self) -> None:
        from letters.models import Letter
        from letters.rendering.pdf import render_letter_pdf
        from letters.writing.compose import read_letter

        letters = list(Letter.objects.select_related("campaign").prefetch_related("paragraphs"))
        for letter in letters[: len(letters) // (os.cpu_count() or 1)]:
            render_letter_pdf(read_letter(letter))


class Tutorial(Contender):
    """A Celery task a letter, which opens a connection of its own. Celery as it starts by default: a process a core."""

    name = "tutorial"

    def fill(self, count: int) -> None:
        from benchmarks.sending.tutorial import send_letter

        empty_tables()
        for letter in write_letters(count):
            send_letter.delay(str(letter.pk))

    def prepare(self) -> None:
        """Start the worker, and stop it before it takes a task."""
        from benchmarks.sending.tutorial import app

        command = [sys.executable, "-m", "celery", "-A", "benchmarks.sending.tutorial", "worker", "-c", "1"]
        command += ["-Q", "waiting", "--loglevel", "ERROR"]
        self._worker = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not app.control.ping(timeout=0.5):
            pass

    def send(self) -> None:
        """Have the worker read the queue, and wait until it is done."""
        from benchmarks.sending.tutorial import app
        from letters.models import Letter

        app.control.add_consumer("celery")
        left, since = -1, time.monotonic()
        while now := Letter.objects.filter(status="queued").count():
            if now != left:
                left, since = now, time.monotonic()
            if time.monotonic() - since > LOST_SECONDS:
                break  # a killed worker took these tasks with it
            time.sleep(0.05)
        self._worker.send_signal(signal.SIGTERM)
        self._worker.wait()

    def count_left(self) -> int:
        return 0


class PostOffice(Contender):
    """django-post-office: `manage.py send_queued_mail`, one process with its five threads."""

    name = "django-post-office"

    def fill(self, count: int) -> None:
        from post_office import mail
        from post_office.models import Attachment, Email

        empty_tables()
        Email.objects.all().delete()
        Attachment.objects.all().delete()
        pdf = read_pdf()
        for letter in write_letters(count):
            built = build_as_django_does(letter, pdf)
            mail.send(
                [RECIPIENT],
                SENDER,
                subject=built.subject,
                message=built.body,
                headers=built.extra_headers | {"Reply-To": letter.sender_email},
                attachments={"letter.pdf": {"file": ContentFile(pdf), "mimetype": "application/pdf"}},
            )

    def send(self) -> None:
        call_command("send_queued_mail")

    def count_left(self) -> int:
        return 0


class Mailer(Contender):
    """django-mailer: `manage.py send_mail`."""

    name = "django-mailer"

    def fill(self, count: int) -> None:
        from mailer.models import Message, MessageLog

        empty_tables()
        Message.objects.all().delete()
        MessageLog.objects.all().delete()
        pdf = read_pdf()
        queue = get_connection("mailer.backend.DbBackend")
        queue.send_messages([build_as_django_does(letter, pdf) for letter in write_letters(count)])

    def send(self) -> None:
        call_command("send_mail")

    def recover(self) -> None:
        """Remove the lock file that a killed sender leaves, as an operator has to."""
        for file in Path(os.environ["PARLEY_DATA_DIR"]).glob("mailer*"):
            with suppress(OSError):
                file.unlink()

    def count_left(self) -> int:
        return 0


EVERYBODY: tuple[Contender, ...] = (Parley(), ParleyWithPdfs(), PdfsAlone(), Tutorial(), PostOffice(), Mailer())
CONTENDERS = {contender.name: contender for contender in EVERYBODY}
