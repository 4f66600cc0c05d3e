"""What a campaign shows to others agrees with its letters, names nobody, and fits its sheet or picture (report_files.py, letters/admin/report.py)."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader
from pytest_django import Settings

from campaign.content.models import Campaign
from letters.models import DownloadCount, Letter, Status
from letters.statistics.report import EMPTY, SHADES, Report, choose_colours, read_report
from letters.statistics.report_files import SHAPES, draw_report, print_poster, print_report
from letters.statistics.rollup import roll_up_all
from tests.letters.factories import GSS, make_campaign, make_letter
from tests.otp import otp_login

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=250)


def send(campaign: Campaign, **fields: object) -> Letter:
    letter = make_letter(campaign)
    sent = {"rehearsal": False, "status": Status.SENT, "sent_at": timezone.now()}
    Letter.objects.filter(pk=letter.pk).update(**sent | fields)
    return letter


@pytest.fixture
def report(db: None, settings: Settings) -> Report:
    settings.SITE_URL = "https://letters.example"
    campaign = make_campaign(mode="live", promoter_name="Talk Group")
    for number in range(3):
        send(campaign, answered_at=timezone.now() if number else None)
    back = send(campaign, status=Status.BOUNCED)
    back.paragraphs.filter(argument_key="argument-1").update(argument_key="argument-2")
    send(campaign, rehearsal=True)
    make_letter(campaign)
    DownloadCount.objects.create(campaign=campaign, constituency_gss=GSS, count=5, posted=2)
    roll_up_all()
    return read_report(campaign, rehearsal=False)


def test_it_counts_what_is_with_mps(report: Report) -> None:
    assert (report.sent, report.constituencies, report.all_constituencies) == (3, 1, 650)
    assert (report.posted, report.answered) == (2, 2)
    assert report.arguments == [("Argument 1", 4, 100.0), ("Argument 2", 1, 25.0)]
    assert (sum(count for _region, count in report.regions), len(report.regions)) == (3, 12)
    assert sorted({hexagon.colour for hexagon in report.hexagons}) == sorted([EMPTY, SHADES[-1]])
    assert [step.words for step in report.steps] == ["0", "1 to 2", "3 or more"]
    assert report.address == "letters.example/peace"


@given(st.integers(1, 6))
def test_the_most_letters_are_always_the_darkest(steps: int) -> None:
    colours = choose_colours(steps)
    assert len(set(colours)) == len(colours) == steps
    assert colours[0] == EMPTY
    assert [SHADES.index(colour) for colour in colours[1:]] == sorted(SHADES.index(colour) for colour in colours[1:])
    assert steps == 1 or colours[-1] == SHADES[-1]


def read_pdf(pdf: bytes) -> str:
    [page] = PdfReader(io.BytesIO(pdf)).pages  # one sheet
    return " ".join(page.extract_text().split())


def test_the_report_and_the_poster_are_one_sheet_each(report: Report) -> None:
    text = read_pdf(print_report(report))
    for words in (
        "Time to talk",
        "letters sent to MPs, from 1 of 650 constituencies",
        "2 more were posted on paper. Supporters say that their MP has answered 2.",
        "Argument 1 4",
        "letters.example/peace Run by Talk Group",
    ):
        assert words in text
    assert "Rehearsal" not in text
    assert "Rehearsal: these letters went to no MP." in read_pdf(print_report(replace(report, rehearsal=True)))
    poster = read_pdf(print_poster(report))
    assert "Write to your MP in five minutes" in poster
    assert "letters.example/peace" in poster
    assert "3 letters" not in poster


def test_the_longest_words_stay_on_the_sheet(report: Report) -> None:
    long = [(("An argument with many words " * 6)[:120], 1_000_000 - number, 100.0) for number in range(5)]
    most = replace(
        report, title=("Words " * 20)[:120], tagline=("Many words " * 23)[:250], sent=1_234_567, arguments=long
    )
    assert "1234567" in read_pdf(print_report(most))
    assert "letters.example/peace" in read_pdf(print_poster(most))


@pytest.mark.parametrize("shape", SHAPES)
def test_a_picture_has_its_size_whatever_is_written(shape: str, report: Report) -> None:
    @hypothesis_settings(max_examples=5)
    @given(TEXT, st.integers(0, 10_000_000), st.integers(0, 1000))
    def draw(title: str, sent: int, answered: int) -> None:
        picture = draw_report(replace(report, title=title, sent=sent, answered=answered), SHAPES[shape])
        assert Image.open(io.BytesIO(picture)).size == (SHAPES[shape].width, SHAPES[shape].height)
        assert len(picture) < 100_000

    draw()


def test_the_page_offers_all_of_it_and_the_files_come(client: Client, report: Report) -> None:
    user = User.objects.create_user("mo", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_tally"))
    otp_login(client, user)
    page = client.get(reverse("admin:letters_report", args=["peace"])).content.decode()
    assert "3 letters sent to MPs, from 1 of 650 constituencies" in page
    assert "3 letters have been sent so far." in page
    for name, kind in (
        ("report.pdf", "application/pdf"),
        ("poster.pdf", "application/pdf"),
        ("square.png", "image/png"),
        ("wide.png", "image/png"),
    ):
        address = f"/admin/letters/letter/dashboard/peace/report/{name}"
        assert f'href="{address}"' in page
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, kind)
    assert client.get("/admin/letters/letter/dashboard/peace/report/round.png").status_code == 404
