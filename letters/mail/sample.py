"""A rehearsed letter that nobody has written, for trying mail server, DNS records and spam filters."""

from __future__ import annotations

from email.utils import format_datetime, make_msgid

from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from campaign.content.models import Campaign
from campaign.parliament.models import Constituency
from letters.mail.addresses import address_letter, split_from
from letters.mail.messages import Mail, write_subject
from letters.mail.mime import Header, Mailbox, Pdf, write_message
from letters.rendering.pdf import render_letter_pdf
from letters.rendering.plain_text import write_plain_text
from letters.writing.compose import LetterText
from letters.writing.sample import SAMPLE_SENDER, SampleError, write_sample

NOTICE = (
    "REHEARSAL: this is a test. Nobody has written this letter, and it went to no MP. "
    "In the headers of this email, spf, dkim and dmarc should say “pass”."
)


def build_sample_mail(address: str) -> Mail:
    """Return a sample letter of the first campaign that has one, addressed to a test mailbox.

    Raises SampleError, the PDF engine's errors, and MailRefusedError (mail.mime).
    """
    campaign, constituency, text = _write_any()
    with override(text.language):
        pdf, plain = render_letter_pdf(text), write_plain_text(text)
    headers: list[Header] = [
        ("From", address_letter(SAMPLE_SENDER.name, campaign)),
        ("Reply-To", Mailbox("", settings.LETTERS_FROM)),
        ("To", Mailbox("", address)),
        ("Subject", write_subject(text.subject, constituency.name, rehearsal=True)),
        ("Date", format_datetime(timezone.now())),
        ("Message-ID", make_msgid(domain=split_from()[1])),
    ]
    content = write_message(headers, f"{NOTICE}\n\n{plain}", pdf=Pdf("letter-sample.pdf", pdf))
    return Mail(settings.LETTERS_FROM, address, content)


def _write_any() -> tuple[Campaign, Constituency, LetterText]:
    constituency = Constituency.objects.filter(members__sitting=True).with_members().first()
    if constituency is None:
        raise SampleError("No MPs are known. Run `manage.py import_members`.")
    for campaign in Campaign.objects.order_by("slug"):
        try:
            return campaign, constituency, write_sample(campaign, constituency.gss)
        except SampleError:
            continue  # this one offers no argument at present
    raise SampleError("No campaign offers an argument. Load one with `manage.py load_campaign`.")
