"""Portraits, loaded from a folder or uploaded one by one (campaign/parliament/views.py, campaign/parliament/urls.py, portrait_page.py, management/commands/load_portraits.py)."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaign.core.pictures import MAX_BYTES
from campaign.parliament.models import Constituency, Member, Portrait
from campaign.parliament.portraits import COLUMNS, PortraitsError, load_portraits
from tests.campaign.core.test_pictures import draw
from tests.letters.factories import make_campaign, make_constituency

pytestmark = pytest.mark.django_db
CREDIT = "UK Parliament, CC BY 3.0"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a picture of the MP with the number 4638."""
    make_constituency(parliament_id=4638)
    (tmp_path / "ann.jpg").write_bytes(draw(400, 500))
    write(tmp_path, f'4638,ann.jpg,"{CREDIT}"')
    return tmp_path


def write(folder: Path, *lines: str, header: str = ",".join(COLUMNS)) -> None:
    (folder / "portraits.csv").write_text("\n".join([header, *lines]), encoding="utf-8-sig")


def test_a_portrait_is_on_the_mps_card_with_its_licence(client: Client, folder: Path) -> None:
    make_campaign()
    out = StringIO()
    call_command("load_portraits", folder, stdout=out)
    assert out.getvalue().startswith("added: Ms Ann Example (")
    portrait = Portrait.objects.get()
    client.post("/peace/write/", {"postcode": "SW1A 1AA"})
    page = client.get("/peace/write/arguments/").content.decode()
    path = f"/portraits/{portrait.digest}.webp"
    assert f'<img src="{path}" width="96" height="96" alt="Portrait of Ms Ann Example">' in page
    assert f"<figcaption>{CREDIT}</figcaption>" in page
    response = client.get(path)
    assert response.content == bytes(portrait.content)
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert client.get("/portraits/0000000000000000.webp").status_code == 404


def upload(client: Client, data: bytes | None = None, **fields: str) -> str:
    file = {} if data is None else {"file": SimpleUploadedFile("ann.jpg", data, "image/jpeg")}
    path = reverse("admin:parliament_member_portrait", args=[Member.objects.get().pk])
    return client.post(path, {"credit": CREDIT, **fields, **file}, follow=True).content.decode()


def test_an_organiser_uploads_one_with_its_licence_changes_that_and_removes_it(admin_client: Client) -> None:
    make_constituency()
    make_campaign()
    member = Member.objects.get()
    page = admin_client.get(reverse("admin:parliament_member_change", args=[member.pk])).content.decode()
    assert f'href="{reverse("admin:parliament_member_portrait", args=[member.pk])}"' in page
    assert "This is what supporters see now." in upload(admin_client, draw(400, 500))
    portrait = Portrait.objects.get()
    assert (portrait.member, portrait.credit) == (member, CREDIT)
    assert portrait.width == portrait.height <= 240
    assert len(portrait.content) <= MAX_BYTES
    client = Client()
    client.post("/peace/write/", {"postcode": "SW1A 1AA"})
    page = client.get("/peace/write/arguments/").content.decode()
    assert f'<img src="/portraits/{portrait.digest}.webp" width="96" height="96" alt="Portrait of' in page
    upload(admin_client, credit="Photo: Jane Roe, CC0")
    assert (Portrait.objects.get().digest, Portrait.objects.get().credit) == (portrait.digest, "Photo: Jane Roe, CC0")
    assert "without a portrait" in upload(admin_client, remove="yes")
    assert not Portrait.objects.exists()
    assert [entry.change_message for entry in LogEntry.objects.order_by("pk")] == [
        "Changed the portrait.",
        "Changed the portrait.",
        "Removed the portrait.",
    ]


@pytest.mark.parametrize(
    ("data", "credit", "says"),
    [
        (b"no picture", CREDIT, "This is not a picture that we can read."),
        (None, CREDIT, "This field is required."),
        (draw(), "", "Say who made it and the licence"),
    ],
    ids=["not a picture", "no file", "no licence"],
)
def test_an_upload_that_is_not_shown_says_why(admin_client: Client, data: bytes | None, credit: str, says: str) -> None:
    make_constituency()
    page = upload(admin_client, data, credit=credit)
    assert says in page
    assert f'value="{credit}"' in page or not credit
    assert not Portrait.objects.exists()


def test_nobody_has_one_unless_it_was_loaded(client: Client) -> None:
    make_constituency()
    make_campaign()
    client.post("/peace/write/", {"postcode": "SW1A 1AA"})
    assert "mp-portrait" not in client.get("/peace/write/arguments/").content.decode()


def test_loading_again_changes_nothing_and_what_is_gone_is_removed(folder: Path) -> None:
    load_portraits(folder)
    assert load_portraits(folder) == []
    write(folder, "4638,ann.jpg,Jane Roe")
    assert load_portraits(folder)[0].startswith("changed: Ms Ann Example (")
    write(folder)
    assert load_portraits(folder) == ["removed: Ms Ann Example"]
    assert not Portrait.objects.exists()


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Ann,ann.jpg,C", "portraits.csv, line 3: member_id has to be the MP’s number at Parliament, such as 4638"),
        ("1,ann.jpg,C", "portraits.csv, line 3: no MP here has the number 1"),
        ("4638,ann.jpg,C", "portraits.csv, line 3: 4638 is here twice (first in line 2)"),
        ("1,,C", "portraits.csv, line 3: file is missing"),
        (
            "1,ann.jpg,",
            "portraits.csv, line 3: credit has to name who made it and the licence, in at most 200 characters",
        ),
    ],
)
def test_a_fault_is_told_with_its_line_and_changes_nothing(folder: Path, line: str, fault: str) -> None:
    write(folder, f"4638,ann.jpg,{CREDIT.replace(',', '')}", line)
    with pytest.raises(PortraitsError, match=r".") as refused:
        load_portraits(folder)
    assert str(refused.value) == fault
    assert not Portrait.objects.exists()


@pytest.mark.parametrize("name", ["nobody.jpg", "../outside.jpg", "portraits.csv", "."])
def test_a_file_that_is_missing_outside_or_no_picture_is_refused(folder: Path, name: str) -> None:
    (folder.parent / "outside.jpg").write_bytes(draw(400, 400))
    write(folder, f"4638,{name},C")
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("load_portraits", folder)
    assert not Portrait.objects.exists()


def test_a_folder_without_its_list_says_so(tmp_path: Path) -> None:
    with pytest.raises(PortraitsError, match="The folder needs this file"):
        load_portraits(tmp_path)
    write(tmp_path, "1", header="member_id")
    with pytest.raises(PortraitsError, match="these columns are missing: file, credit"):
        load_portraits(tmp_path)


def test_a_list_of_constituencies_takes_no_query_more_for_portraits(folder: Path) -> None:
    load_portraits(folder)
    make_constituency("E14001173", "Clapham and Brixton Hill")
    with CaptureQueriesContext(connection) as queries:
        shown = [constituency.member for constituency in Constituency.objects.with_members()]
        assert [bool(getattr(member, "portrait", None)) for member in shown] == [True, False]
    assert len(queries) == 2
