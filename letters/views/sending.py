"""What leaves the journey: the PDF without a trace, and the letter that the site is asked to send."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext as _

from letters.drafting import Sender, choose_asks, compose_paragraphs, drop_draft, pick_ask
from letters.forms.journey import DetailsForm, SendForm
from letters.models import Consent, DownloadCount, Happening, Letter, LetterParagraph, Status
from letters.notices import owe_confirmation
from letters.privacy import CONSENT_VERSION, hash_consent, hash_token, make_token
from letters.rendering import render_letter_pdf
from letters.tasks import wake_worker
from letters.views.desk import Desk, journey_step
from letters.views.journey import show_check, show_details


@journey_step(needs_member=True, needs_arguments=True)
def download_letter(desk: Desk) -> HttpResponse:
    """Give the letter as a PDF. Name and address make the PDF and are not stored; a count remains."""
    if desk.request.method != "POST":
        return desk.go("write-details")
    form = DetailsForm(desk.request.POST, seat=desk.seat, member=desk.member)
    if not form.is_valid():
        return show_details(desk, form)
    pdf = render_letter_pdf(desk.write(form.sender()), large_print="large_print" in desk.request.POST)
    DownloadCount.add_one(desk.campaign, desk.seat.gss)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letter-{slugify(desk.seat.name)}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


@journey_step(needs_member=True, needs_arguments=True)
def send_letter(desk: Desk) -> HttpResponse:
    """Store the letter and ask its writer, by email, to confirm it."""
    if desk.request.method != "POST":
        return desk.go("write-details")
    form = SendForm(desk.request.POST, seat=desk.seat, member=desk.member)
    if not form.is_valid():
        only_consent = set(form.errors) == {"consent"}
        return show_check(desk, form) if only_consent else show_details(desk, form)
    if form.cleaned_data["channel"] != "email" or not desk.has_enough_own_words():
        return show_check(desk, form)
    try:
        with transaction.atomic():
            stored = store_letter(desk, form.sender())
            if stored:
                wake_worker()
    except IntegrityError:
        # The button was pressed twice and the other press was first: its letter stands.
        stored = True
    if not stored:
        messages.info(desk.request, _("You have already confirmed this letter. To write another, start again."))
    return desk.go("write-sent")


def store_letter(desk: Desk, sender: Sender) -> bool:
    """Freeze the draft into a letter that waits for confirmation; False if it has been confirmed already.

    A letter of the same draft that is not confirmed yet is replaced: the writer has gone back to change it.
    """
    Letter.objects.filter(draft_id=desk.draft.id, status=Status.UNCONFIRMED).delete()
    if Letter.objects.filter(draft_id=desk.draft.id).exists():
        return False
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
    letter.confirm_token_hash = hash_token(make_token(letter.id, "confirm"))
    letter.letter_token_hash = hash_token(make_token(letter.id, "letter"))
    letter.save(force_insert=True)
    composed = compose_paragraphs(desk.draft, desk.arguments, desk.seat)
    LetterParagraph.objects.bulk_create(
        LetterParagraph(
            letter=letter,
            position=position,
            argument=part.argument,
            argument_key=part.argument.key if part.argument else "",
            text=part.text,
            sources=list(part.notes),
        )
        for position, part in enumerate(composed)
    )
    Consent.objects.create(letter=letter, version=CONSENT_VERSION, text_sha256=hash_consent())
    letter.tell(Happening.CREATED)
    owe_confirmation(letter)
    return True


@journey_step()
def show_sent(desk: Desk) -> HttpResponse:
    """Step 6: look into your mail."""
    return desk.render("write-sent", "letters/sent.html", {"mailbox": settings.MAILBOX_DIR is not None})


@journey_step()
def finish(desk: Desk) -> HttpResponse:
    """Forget the draft and say thanks."""
    if desk.request.method != "POST":
        return desk.go("campaign")
    drop_draft(desk.request.session, desk.campaign.slug)
    return desk.render("write-sent", "letters/finished.html", {})
