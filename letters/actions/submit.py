"""Freeze a draft into a letter that waits for its writer's confirmation."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from letters.models import Consent, Happening, Letter, LetterParagraph, Status, owe_confirmation
from letters.privacy.consent import CONSENT_VERSION, hash_consent
from letters.privacy.newsletter import note_wish
from letters.privacy.tokens import hash_token, make_confirm_token, make_token
from letters.tasks import wake_worker
from letters.views.journey_base import Desk
from letters.views.throttling import count_mail
from letters.writing.compose import Sender, choose_asks, compose_paragraphs, pick_ask

# What makes it another letter if the writer changes it.
TYPED = (
    "constituency_gss",
    "member_name",
    "member_email",
    "salutation",
    "sender_name",
    "sender_address",
    "sender_postcode",
    "sender_email",
    "subject",
    "ask_text",
    "with_sources",
    "rehearsal",
)


def store_once(desk: Desk, sender: Sender, *, news: bool) -> bool:
    """Store the letter and have its confirmation mail sent; False if it has been confirmed already."""
    try:
        return store_and_wake(desk, sender, news=news)
    except IntegrityError:
        # The button was pressed twice and the other press was first: now its letter is found, and stands. Or another
        # letter has drawn the same reference: the next draw is another one.
        return store_and_wake(desk, sender, news=news)


def store_and_wake(desk: Desk, sender: Sender, *, news: bool) -> bool:
    """Store the letter, and wake a worker when that is committed."""
    with transaction.atomic():
        stored = store_letter(desk, sender, news=news)
        if stored:
            wake_worker()
    return stored


def store_letter(desk: Desk, sender: Sender, *, news: bool) -> bool:
    """Freeze the draft into a letter that waits for confirmation; False if it has been confirmed already.

    Raises TooOftenError if its mail would be one too many.

    A letter of the same draft that is not confirmed yet is replaced, because the writer has gone back to change it;
    if nothing is changed it stays as it is, and so does the link in its mail. One that was refused stays beside it.
    """
    letter = freeze_letter(desk, sender)
    paragraphs = freeze_paragraphs(desk, letter)
    stored = Letter.objects.select_for_update().filter(draft_id=desk.draft.id).first()
    if stored and hasattr(stored, "refusal") and not is_same_letter(stored, letter, paragraphs):
        Letter.objects.filter(pk=stored.pk).update(draft_id=None)  # what they have changed is another letter
        stored = None
    if stored and stored.status != Status.UNCONFIRMED:
        return False
    if stored:
        if is_same_letter(stored, letter, paragraphs):
            note_wish(stored, wanted=news)
            return True
        stored.delete()
    letter.save(force_insert=True)
    LetterParagraph.objects.bulk_create(paragraphs)
    Consent.objects.create(letter=letter, version=CONSENT_VERSION, text_sha256=hash_consent())
    note_wish(letter, wanted=news)
    letter.tell(Happening.CREATED)
    owe_confirmation(letter)
    count_mail(desk.request, desk.campaign, email=sender.email, postcode=sender.postcode)
    return True


def is_same_letter(stored: Letter, letter: Letter, paragraphs: list[LetterParagraph]) -> bool:
    """Return whether the stored letter says the same to the same member, by the same writer."""
    same_fields = all(getattr(stored, name) == getattr(letter, name) for name in TYPED)
    return same_fields and [(p.text, p.sources) for p in stored.paragraphs.all()] == [
        (p.text, p.sources) for p in paragraphs
    ]


def freeze_letter(desk: Desk, sender: Sender) -> Letter:
    """Return the draft as a letter by this sender, not stored yet."""
    ask = pick_ask(desk.draft, choose_asks(desk.campaign, desk.member))
    letter = Letter(
        draft_id=desk.draft.id,
        campaign=desk.campaign,
        language=desk.campaign.language,
        rehearsal=desk.campaign.mode != desk.campaign.Mode.LIVE,
        constituency_gss=desk.seat.gss,
        constituency_name=desk.seat.name,
        member_name=desk.member.envelope,
        member_party=desk.member.party,
        member_email=desk.member.email,
        salutation=desk.member.salutation,
        sender_name=sender.name,
        sender_address="\n".join(sender.lines),
        sender_postcode=sender.postcode,
        sender_email=sender.email,
        subject=desk.campaign.subject,
        ask_text=ask.text if ask else "",
        with_sources=desk.draft.with_sources,
    )
    letter.confirm_token_hash = hash_token(make_confirm_token(letter))
    letter.letter_token_hash = hash_token(make_token(letter.id, "letter"))
    return letter


def freeze_paragraphs(desk: Desk, letter: Letter) -> list[LetterParagraph]:
    """Return the draft's paragraphs as the letter's, not stored yet."""
    return [
        LetterParagraph(
            letter=letter,
            position=position,
            argument=part.argument,
            argument_key=part.argument.key if part.argument else "",
            text=part.text,
            sources=list(part.notes),
        )
        for position, part in enumerate(compose_paragraphs(desk.draft, desk.arguments, desk.seat, desk.check))
    ]
