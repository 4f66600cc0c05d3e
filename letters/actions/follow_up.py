"""Three weeks after a letter was sent, its supporter is asked once whether an answer came, unless they opt out."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from letters.models import Letter, Notice, Status

ASK_AFTER = dt.timedelta(weeks=3)  # most offices answer in two to four


def queue_question(letter: Letter) -> None:
    """Owe the question, once; a rehearsed letter reached no MP who could answer."""
    if not letter.rehearsal:
        due = (letter.sent_at or timezone.now()) + ASK_AFTER
        Notice.objects.get_or_create(letter=letter, kind=Notice.Kind.ANSWER, defaults={"due_at": due})


def stop_question(letter: Letter) -> None:
    Notice.objects.update_or_create(letter=letter, kind=Notice.Kind.ANSWER, defaults={"due_at": None})


def find_question_date(letter: Letter) -> dt.date | None:
    """Return when the supporter will be asked, also while the letter is still on its way; None if they will not be."""
    if letter.rehearsal or letter.answered_at or letter.scrubbed_at:
        return None
    if letter.status not in (Status.QUEUED, Status.CLAIMED, Status.SENDING, Status.SENT):
        return None
    notice = Notice.objects.filter(letter=letter, kind=Notice.Kind.ANSWER).first()
    if notice is not None:
        return timezone.localdate(notice.due_at) if notice.due_at else None
    return timezone.localdate((letter.sent_at or timezone.now()) + ASK_AFTER)
