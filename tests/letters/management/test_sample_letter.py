"""`manage.py sample_letter` prints a letter to any constituency, or says in a sentence why not (commands/sample_letter.py, letters/writing/sample.py)."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from campaign.content.models import Argument, Ask, Campaign, Phrasing, Source, Theme
from campaign.parliament.models import Constituency, Member
from tests.letters.pdf_tools import read_text

pytestmark = pytest.mark.django_db
GSS = "E14001064"


@pytest.fixture
def campaign() -> Campaign:
    """A campaign with three arguments and two asks."""
    made = Campaign.objects.create(slug="talks", title="Talks", subject="Talks now", tagline="t", brief="b")
    theme = Theme.objects.create(campaign=made, key="t", title="T")
    for number in range(3):
        argument = Argument.objects.create(
            campaign=made,
            theme=theme,
            key=f"a{number}",
            title="A",
            claim="c",
            as_of="2026-01-01",
            reviewed_on=timezone.localdate(),
            position=number,
        )
        Phrasing.objects.create(argument=argument, length="full", text=f"Paragraph {number}.")
        Source.objects.create(argument=argument, who=f"Witness {number}", publisher="P", date="2026", title="T")
    Ask.objects.create(
        campaign=made, key="debate", label="l", text="Please call a debate.", in_chamber=True, position=0
    )
    Ask.objects.create(campaign=made, key="write", label="l", text="Please write to the minister.", position=1)
    return made


@pytest.fixture
def constituency() -> Constituency:
    """A constituency without a member."""
    return Constituency.objects.create(gss=GSS, name="Sampleford", nation="E", as_of=dt.date(2026, 1, 1))


@pytest.fixture
def member(constituency: Constituency) -> Member:
    """Its member."""
    return Member.objects.create(
        constituency=constituency,
        name_display="Jane Roe",
        name_full_title="Jane Roe MP",
        party="Labour",
        as_of=constituency.as_of,
    )


def print_sample(*options: str) -> str:
    """Return the text of the PDF that the command writes."""
    out = io.TextIOWrapper(io.BytesIO())
    call_command("sample_letter", *options, stdout=out)
    return read_text(out.buffer.getvalue())


def test_it_prints_a_letter_marked_as_a_sample(campaign: Campaign, member: Member) -> None:
    text = print_sample("--gss", GSS)
    for words in (
        "SAMPLE",
        "Jane Roe MP",
        "Talks now",
        "Paragraph 0.",
        "Paragraph 1.",
        "call a debate",
        "A. Constituent",
    ):
        assert words in text
    assert "Paragraph 2." not in text


def test_it_asks_for_nothing_that_the_member_does_not_do(campaign: Campaign, member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(party="Sinn Féin")
    assert "write to the minister" in print_sample("--gss", GSS, "--campaign", "talks", "--large-print")


def test_unknown_constituency(campaign: Campaign) -> None:
    with pytest.raises(CommandError, match="no constituency E1"):
        print_sample("--gss", "E1")


def test_vacant_seat(campaign: Campaign, constituency: Constituency) -> None:
    with pytest.raises(CommandError, match="Sampleford has no sitting MP"):
        print_sample("--gss", GSS)


def test_no_campaign_an_unknown_one_or_several(member: Member, request: pytest.FixtureRequest) -> None:
    with pytest.raises(CommandError, match="no campaign yet"):
        print_sample("--gss", GSS)
    request.getfixturevalue("campaign")
    with pytest.raises(CommandError, match=r"no campaign “other”. Campaigns here: talks"):
        print_sample("--gss", GSS, "--campaign", "other")
    Campaign.objects.create(slug="second", title="S", subject="s", tagline="t", brief="b")
    with pytest.raises(CommandError, match=r"several campaigns.*second, talks"):
        print_sample("--gss", GSS)


def test_no_argument_on_offer(campaign: Campaign, member: Member) -> None:
    Argument.objects.update(published=False)
    with pytest.raises(CommandError, match="offers no argument"):
        print_sample("--gss", GSS)


def test_it_writes_no_pdf_to_a_terminal(campaign: Campaign, member: Member) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    with pytest.raises(CommandError, match=r"letter\.pdf"):
        call_command("sample_letter", "--gss", GSS, stdout=Terminal())
