"""Turns a draft into a letter that waits for the supporter's confirmation."""

from __future__ import annotations

from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils import timezone

from campaign.content.models import Argument, Campaign, Text
from campaign.content.versions import lock_versions
from campaign.parliament.models import Constituency, Member
from letters.models import CarriedText, Consent, EventType, Letter, LetterParagraph, Status, queue_confirmation
from letters.privacy.consent import CONSENT_VERSION, hash_consent
from letters.privacy.newsletter import record_choice
from letters.privacy.tokens import hash_token, make_confirm_token, make_letter_token
from letters.writing.compose import Composed, Sender, choose_asks, compose_paragraphs, get_ask
from letters.writing.draft import Draft
from letters.writing.given import find_ask_text
from letters.writing.wordings import find_subject

# A change to any of these makes another letter.
TYPED = (
    "constituency_gss",
    "member_name",
    "member_email",
    "salutation",
    "sender_name",
    "sender_address",
    "sender_postcode",
    "sender_email",
    "sender_phone",
    "on_behalf_of",
    "reply_by",
    "own_case",
    "subject",
    "ask_text",
    "source_style",
    "rehearsal",
)


def submit_letter(
    campaign: Campaign,
    draft: Draft,
    arguments: dict[str, Argument],
    constituency: Constituency,
    member: Member,
    sender: Sender,
    *,
    news: bool,
    count_mail: Callable[[], None],
) -> bool:
    """Store the letter and owe the supporter a confirmation mail; False if it has been confirmed already."""
    try:
        return store_letter(campaign, draft, arguments, constituency, member, sender, news=news, count_mail=count_mail)
    except IntegrityError:
        # The button was pressed twice and the other request was first: now its letter is found. Or two letters drew the
        # same reference: the next draw will differ.
        return store_letter(campaign, draft, arguments, constituency, member, sender, news=news, count_mail=count_mail)


@transaction.atomic
def store_letter(
    campaign: Campaign,
    draft: Draft,
    arguments: dict[str, Argument],
    constituency: Constituency,
    member: Member,
    sender: Sender,
    *,
    news: bool,
    count_mail: Callable[[], None],
) -> bool:
    """Freeze the draft into a letter that waits for confirmation; False if it has been confirmed already.

    `count_mail` is called once a mail is owed; if it raises, nothing is stored.

    An unconfirmed letter of the same draft is replaced if the supporter has changed it; if not, it is kept, and so the
    link in its mail. A refused one is kept beside the new one.
    """
    ask = get_ask(draft, choose_asks(campaign, member))
    asked = find_ask_text(draft, ask) if ask else None
    subject = find_subject(draft, campaign, arguments)
    letter = freeze_letter(campaign, draft, constituency, member, sender, subject, asked.words if asked else "")
    composed = compose_paragraphs(draft, campaign, arguments, constituency)
    paragraphs = freeze_paragraphs(composed, letter)
    carried = list_carried(composed, asked, letter)
    if any(one.version.corrected_at for one in carried):
        letter.outdated_at = timezone.now()  # corrected between the supporter's look and the press
    stored = Letter.objects.select_for_update().filter(draft_id=draft.id).first()
    if stored and hasattr(stored, "refusal") and not is_same_letter(stored, letter, paragraphs):
        Letter.objects.filter(pk=stored.pk).update(draft_id=None)  # the changed draft becomes another letter
        stored = None
    if stored and stored.status != Status.UNCONFIRMED:
        return False
    if stored:
        if is_same_letter(stored, letter, paragraphs):
            record_choice(stored, wanted=news)
            return True
        stored.delete()
    letter.save(force_insert=True)
    LetterParagraph.objects.bulk_create(paragraphs)
    CarriedText.objects.bulk_create(carried)
    Consent.objects.create(letter=letter, version=CONSENT_VERSION, text_sha256=hash_consent())
    record_choice(letter, wanted=news)
    letter.log_event(EventType.CREATED)
    queue_confirmation(letter)
    count_mail()
    return True


def is_same_letter(stored: Letter, letter: Letter, paragraphs: list[LetterParagraph]) -> bool:
    same_fields = all(getattr(stored, name) == getattr(letter, name) for name in TYPED)
    return same_fields and [(p.text, p.sources, p.age) for p in stored.paragraphs.all()] == [
        (p.text, p.sources, p.age) for p in paragraphs
    ]


def freeze_letter(
    campaign: Campaign,
    draft: Draft,
    constituency: Constituency,
    member: Member,
    sender: Sender,
    subject: str,
    ask_text: str,
) -> Letter:
    letter = Letter(
        draft_id=draft.id,
        campaign=campaign,
        language=campaign.language,
        rehearsal=campaign.mode != campaign.Mode.LIVE,
        constituency_gss=constituency.gss,
        constituency_name=constituency.name,
        member_name=member.envelope,
        member_party=member.party,
        member_email=member.email,
        salutation=member.salutation,
        sender_name=sender.name,
        sender_address="\n".join(sender.lines),
        sender_postcode=sender.postcode,
        sender_email=sender.email,
        sender_phone=sender.phone,
        on_behalf_of=sender.on_behalf_of,
        reply_by=sender.reply_by,
        own_case=sender.own_case,
        subject=subject,
        ask_text=ask_text,
        source_style=draft.source_style,
    )
    letter.confirm_token_hash = hash_token(make_confirm_token(letter))
    letter.letter_token_hash = hash_token(make_letter_token(letter))
    return letter


def freeze_paragraphs(composed: list[Composed], letter: Letter) -> list[LetterParagraph]:
    return [
        LetterParagraph(
            letter=letter,
            position=position,
            argument=part.argument,
            argument_key=part.argument.key if part.argument else "",
            variant=part.variant,
            text=part.text,
            sources=list(part.notes),
            age=part.age,
        )
        for position, part in enumerate(composed)
    ]


def list_carried(composed: list[Composed], asked: Text | None, letter: Letter) -> list[CarriedText]:
    """Return which versions of the campaign's texts the letter carries, locked until it is stored."""
    texts = [(text, position, part) for position, part in enumerate(composed) for text in part.carries]
    versions = lock_versions([*(text for text, _position, _part in texts), *([asked] if asked else [])])
    carried = [
        CarriedText(letter=letter, version=version, position=position, edited=part.edited and text is part.stock)
        for (text, position, part), version in zip(texts, versions, strict=False)
        if version
    ]
    carried += [CarriedText(letter=letter, version=version) for version in versions[len(texts) :] if version]
    return carried
