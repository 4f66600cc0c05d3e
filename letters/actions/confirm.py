"""Queue a letter that the supporter has confirmed, or hold it for a person to read."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from campaign.parliament.models import Constituency
from letters.mail.addresses import make_envelope_sender, make_message_id
from letters.models import Finding, Letter, Status
from letters.moderation.rules import find_reasons, tell_reasons
from letters.writing.originality import record_fingerprint


def find_change_of_member(letter: Letter) -> str:
    constituency = Constituency.objects.with_members().filter(pk=letter.constituency_gss).first()
    member = constituency.member if constituency else None
    if member is None:
        return "The constituency has no MP at the moment."
    if member.email != letter.member_email or member.envelope != letter.member_name:
        return "The constituency's MP, or the MP's address, has changed since the letter was written."
    return ""


def confirm_now(letter: Letter) -> bool:
    """Queue the letter, or hold it if its MP has changed or a rule applies; False if already confirmed."""
    if letter.status != Status.UNCONFIRMED:
        return False
    findings = find_reasons(letter)  # outside the transaction, so that no lock waits for it
    with transaction.atomic():
        return confirm(letter, hold=find_change_of_member(letter), findings=findings)


def confirm(letter: Letter, *, hold: str = "", findings: Sequence[Finding] = ()) -> bool:
    """Queue a letter that the supporter has confirmed, or hold it for the reason given; False if already confirmed.

    `findings` of moderation.rules hold it, too. Message-ID and bounce address are created here and never change.
    """
    now = timezone.now()
    hold = " ".join(filter(None, (hold, tell_reasons(findings))))[:500]
    confirmed = letter.transition_to(
        Status.HELD if hold else Status.QUEUED,
        note=hold,
        confirmed_at=now,
        dated=timezone.localdate(),
        next_attempt_at=now,
        message_id=make_message_id(letter),
        envelope_sender=make_envelope_sender(letter),
        rehearsal=letter.would_rehearse(),
    )
    if confirmed:
        Finding.objects.bulk_create(findings)
        # Errors in comparing are logged, and must not keep a letter from being sent.
        transaction.on_commit(lambda: record_fingerprint(letter), robust=True)
    return confirmed
