"""What a tutorial builds: a Celery task a letter, which makes the mail, opens a connection, sends, and saves."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.sending.settings")

from celery import Celery
from django.conf import settings
from django.utils import timezone

app = Celery("tutorial", broker=settings.REDIS_URL)
app.conf.task_ignore_result = True


@app.task
def send_letter(pk: str) -> None:
    """Send one letter."""
    from benchmarks.sending.contenders import build_as_django_does, read_pdf
    from letters.models import Letter

    letter = Letter.objects.get(pk=pk)
    build_as_django_does(letter, read_pdf()).send()
    letter.status = "sent"
    letter.sent_at = timezone.now()
    letter.save()
