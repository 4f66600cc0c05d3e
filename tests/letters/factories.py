"""Letters and campaigns for tests, as short as they can be and still real."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from typing import Any

from django.utils import timezone

from campaign.content.models import Argument, Ask, Campaign, Phrasing, Source, Theme
from campaign.parliament.models import Constituency, Member
from letters.actions.confirm import confirm
from letters.actions.submit import submit_letter
from letters.models import LEASED, Letter, LetterParagraph, SourceStyle, Status
from letters.privacy.tokens import hash_token, make_token
from letters.writing.compose import Sender
from letters.writing.draft import Draft

_numbers = itertools.count(1)
GSS = "E14001172"


def make_campaign(slug: str = "peace", *, arguments: int = 3, **fields: Any) -> Campaign:
    """A campaign in rehearsal with a theme, arguments and two asks."""
    given = {
        "title": "Time to talk",
        "subject": "Talks about talks",
        "tagline": "Talking helps.",
        "brief": "In short.",
        "own_words_minimum": 5,
        "prompts": "What made you care?\nWhat do you know?",
        "promoter_name": "Talk Group",
        "promoter_address": "1 High Street\nLeeds LS1 1AA",
    } | fields
    campaign = Campaign.objects.create(slug=slug, **given)
    theme = Theme.objects.create(campaign=campaign, key="first", title="First things")
    made = [
        Argument.objects.create(
            campaign=campaign,
            theme=theme,
            key=f"argument-{number}",
            title=f"Argument {number}",
            claim=f"Claim {number}.",
            as_of="2023-02-20",
            reviewed_on=timezone.localdate(),
            position=number,
        )
        for number in range(1, arguments + 1)
    ]
    Phrasing.objects.bulk_create(
        Phrasing(argument=argument, length=length, text=f"The {length} text of argument {argument.position}.")
        for argument in made
        for length in Phrasing.Length
    )
    Source.objects.bulk_create(
        Source(
            argument=argument,
            who="Jane Roe",
            publisher="The Paper",
            date="2023-02",
            title=f"Report {argument.position}",
        )
        for argument in made
    )
    Ask.objects.bulk_create(
        [
            Ask(campaign=campaign, key="say", label="Say so", text="I ask you to say so.", position=0),
            Ask(
                campaign=campaign,
                key="debate",
                label="Seek a debate",
                text="Please seek a debate.",
                in_chamber=True,
                position=1,
            ),
        ]
    )
    return campaign


def make_constituency(gss: str = GSS, name: str = "Cities of London and Westminster", **member: Any) -> Constituency:
    """A constituency with a sitting member."""
    constituency = Constituency.objects.create(gss=gss, name=name, nation=gss[0], as_of=dt.date(2024, 7, 4))
    given = {
        "name_display": "Ms Ann Example",
        "name_full_title": "Ms Ann Example MP",
        "party": "Independent",
        "email": "ann.example.mp@parliament.example",
    } | member
    Member.objects.create(constituency=constituency, as_of=dt.date(2026, 6, 27), **given)
    return constituency


def make_letter(campaign: Campaign | None = None, *, queued: bool = True, **fields: Any) -> Letter:
    """A letter by Jane Doe, confirmed and queued unless told otherwise."""
    campaign = campaign or Campaign.objects.first() or make_campaign()
    number = next(_numbers)
    letter = Letter(
        **{
            "campaign": campaign,
            "constituency_gss": GSS,
            "constituency_name": "Cities of London and Westminster",
            "member_name": "Ms Ann Example MP",
            "member_party": "Independent",
            "member_email": "ann.example.mp@parliament.example",
            "salutation": "Dear Ms Example",
            "sender_name": "Jane Doe",
            "sender_address": "1 Test Street\nLondon",
            "sender_postcode": "SW1A 1AA",
            "sender_email": f"jane.{number}@supporter.example",
            "subject": campaign.subject,
            "ask_text": "I ask you to say so.",
        }
        | fields
    )
    letter.confirm_token_hash = hash_token(make_token(letter.id, "confirm"))
    letter.letter_token_hash = hash_token(make_token(letter.id, "letter"))
    letter.save(force_insert=True)
    LetterParagraph.objects.create(letter=letter, position=0, text="I have thought about this for years.")
    LetterParagraph.objects.create(
        letter=letter,
        position=1,
        text="The full text of argument 1.",
        argument_key="argument-1",
        sources=["Jane Roe, Report 1."],
    )
    if queued:
        assert confirm(letter)
        assert letter.status == Status.QUEUED
    return letter


def submit_sample(
    *keys: str, edits: str = "", status: str = Status.QUEUED, length: str = Phrasing.Length.SHORT, **given: Any
) -> Letter:
    """A letter with these arguments, as the site stores one that was written on it, and brought to this status."""
    campaign = Campaign.objects.first() or make_campaign()
    if not Constituency.objects.exists():
        make_constituency()
    constituency = Constituency.objects.with_members().get(gss=given.pop("gss", GSS))
    given = {"own_words": "I have thought about this for years.", "source_style": SourceStyle.NOTES} | given
    draft = Draft(gss=constituency.gss, **given)
    draft.choose(keys or ["argument-1"])
    for piece in draft.pieces:
        piece.length = length
        piece.edits = {length: edits} if edits else {}
    arguments = {one.key: one for one in Argument.objects.with_facts().select_related("campaign")}
    sender = Sender("Jane Doe", ("1 Test Street", "London"), "SW1A 1AA", f"jane.{next(_numbers)}@supporter.example")
    assert constituency.member is not None
    assert submit_letter(
        campaign, draft, arguments, constituency, constituency.member, sender, news=False, count_mail=lambda: None
    )
    letter = Letter.objects.select_related("campaign").get(draft_id=draft.id)
    if status != Status.UNCONFIRMED:
        assert confirm(letter)
        bring(letter, status)
    return letter


def bring(letter: Letter, status: str) -> None:
    """Put the letter there, past its moves."""
    now = timezone.now()
    changes: dict[str, Any] = {"status": status, "next_attempt_at": now if status == Status.QUEUED else None}
    if status in LEASED:
        changes |= {"lease_token": uuid.uuid4(), "lease_until": now + dt.timedelta(hours=1)}
    if status in (Status.SENT, Status.BOUNCED):
        changes |= {"sent_at": now}
    Letter.objects.filter(pk=letter.pk).update(**changes)
    letter.refresh_from_db()


def write_paragraph(letter: Letter, text: str, position: int = 0) -> None:
    """Change a paragraph's text."""
    paragraph = letter.paragraphs.get(position=position)
    paragraph.text = text
    paragraph.save()
