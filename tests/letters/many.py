"""Many letters at once, to real constituencies, as a campaign's own might be; the same ones each time."""

from __future__ import annotations

import datetime as dt
import random
import uuid

from django.utils import timezone

from campaign.content.models import Campaign
from campaign.parliament.models import Constituency
from letters.models import Letter, LetterParagraph, Status, StepCount

# Of a hundred letters; the last moves are rare.
USUAL = [Status.SENT] * 88 + [Status.UNCONFIRMED] * 4 + [Status.QUEUED] * 3 + [Status.WITHDRAWN] * 2
USUAL += [Status.BOUNCED, Status.FAILED, Status.HELD]


def write_many(campaign: Campaign, count: int, *, days: int = 50, rehearsal: bool = False) -> None:
    """Write so many letters of these days, in one go."""
    dice = random.Random(count)
    constituencies = list(Constituency.objects.with_members().order_by("pk"))
    keys = list(campaign.arguments.values_list("key", flat=True).order_by("key"))
    letters, paragraphs = [], []
    now = timezone.now()
    for number in range(count):
        constituency = constituencies[
            int(len(constituencies) * dice.random() ** 2)
        ]  # some places write more than others
        member = constituency.member
        written = now - dt.timedelta(days=days * dice.random() ** 1.5)
        status = dice.choice(USUAL)
        confirmed = None if status == Status.UNCONFIRMED else written
        letter = Letter(
            campaign=campaign,
            rehearsal=rehearsal,
            constituency_gss=constituency.gss,
            constituency_name=constituency.name,
            member_name=member.envelope if member else "",
            member_party=member.party if member else "",
            member_email=f"mp.{constituency.gss}@parliament.example",
            salutation=member.salutation if member else "",
            subject=campaign.subject,
            status=status,
            created_at=written,
            confirmed_at=confirmed,
            sent_at=written + dt.timedelta(minutes=2) if status in (Status.SENT, Status.BOUNCED) else None,
            next_attempt_at=written + dt.timedelta(days=60) if status == Status.QUEUED else None,
            message_id=f"<{number}.{uuid.uuid4()}@campaign.example>",
            own_word_count=int(abs(dice.gauss(60, 50))),
            own_share=dice.random(),
            own_score=min(0.999, abs(dice.gauss(0.5, 0.25))),
            confirm_token_hash=uuid.uuid4().hex,
            letter_token_hash=uuid.uuid4().hex,
        )
        letters.append(letter)
        used = dice.sample(keys, k=min(len(keys), dice.randint(1, 3)))
        paragraphs += [
            LetterParagraph(letter=letter, position=at, text="As it was written.", argument_key=key)
            for at, key in enumerate(used)
        ]
    Letter.objects.bulk_create(letters, batch_size=1000)
    LetterParagraph.objects.bulk_create(paragraphs, batch_size=2000)
    for step, share in ((StepCount.Step.STARTED, 4), (StepCount.Step.MADE, 2), (StepCount.Step.DOWNLOADED, 1)):
        StepCount.objects.update_or_create(campaign=campaign, step=step, defaults={"count": count * share // 2})
