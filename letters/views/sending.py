"""The letter that the site is asked to send."""

from __future__ import annotations

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _

from letters.forms.guard import find_doubt
from letters.forms.journey import SendForm
from letters.gate import Act
from letters.models import Consent, Happening, Letter, LetterParagraph, Status, owe_confirmation
from letters.news import note_wish
from letters.privacy import CONSENT_VERSION, hash_consent, hash_token, make_confirm_token, make_token
from letters.rendering import count_letter_pages
from letters.tasks import wake_worker
from letters.views.desk import Desk, journey_step
from letters.views.journey import show_check, show_details
from letters.views.toomany import TooOftenError, costly, count_mail, refuse_if_too_often, show_too_many
from letters.writing.compose import MOST_PAGES, Sender, choose_asks, compose_paragraphs, pick_ask

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


@costly
@journey_step(needs_member=True, needs_arguments=True)
def send_letter(desk: Desk) -> HttpResponse:
    """Store the letter and ask its writer, by email, to confirm it."""
    if desk.request.method != "POST":
        return desk.go("write-details")
    form = SendForm(desk.request.POST, seat=desk.seat, member=desk.member, offers_news=desk.campaign.offers_news)
    if not form.is_valid():
        only_consent = set(form.errors) == {"consent"}
        return show_check(desk, form) if only_consent else show_details(desk, form)
    if form.cleaned_data["channel"] != "email" or not desk.has_enough_own_words():
        return show_check(desk, form)
    if desk.campaign.is_draft:
        messages.info(desk.request, _("This is a preview: the letter is neither stored nor sent."))
        return show_check(desk, form)
    if doubt := find_doubt(form):
        messages.warning(desk.request, doubt)
        return show_check(desk, form)
    sender = form.sender()
    if count_letter_pages(desk.write(sender)) > MOST_PAGES:
        return show_check(desk, form)
    if page := refuse_if_too_often(Act.ASK, desk.request, desk.campaign):
        return page
    try:
        stored = store_once(desk, sender, news=form.cleaned_data.get("news", False))
    except TooOftenError as error:
        return show_too_many(desk.request, error.refusal, Act.ASK, desk.campaign)
    if not stored:
        messages.info(desk.request, _("You have already confirmed this letter. To write another, start again."))
    return desk.go("write-sent")


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
