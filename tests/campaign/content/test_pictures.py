"""A campaign's picture, from the admin to its page (campaign/content/models/picture.py, campaign/content/admin/pictures.py, campaign/core/picture_form.py)."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from campaign.content.copying import copy_campaign
from campaign.content.models import Campaign, CampaignPicture
from tests.campaign.core.test_pictures import draw
from tests.letters.factories import make_campaign

pytestmark = pytest.mark.django_db


@pytest.fixture
def campaign() -> Campaign:
    return make_campaign()


def upload(client: Client, campaign: Campaign, data: bytes | None = None, **fields: str) -> str:
    file = {} if data is None else {"file": SimpleUploadedFile("bridge.jpg", data, "image/jpeg")}
    path = reverse("admin:content_campaign_picture", args=[campaign.pk])
    given = {"description": "Twelve people on a bridge", "credit": "Photo: Jane Doe, CC BY 4.0"} | fields
    return client.post(path, {**given, **file}, follow=True).content.decode()


def test_an_upload_is_on_the_page_described_sized_and_credited(admin_client: Client, campaign: Campaign) -> None:
    page = admin_client.get("/peace/").content.decode()
    assert "case-picture" not in page
    assert "This is what supporters see now." in upload(admin_client, campaign, draw())
    picture = CampaignPicture.objects.get()
    page = Client().get("/peace/").content.decode()
    path = f"/peace/picture/{picture.digest}.webp"
    size = f'width="{picture.width}" height="{picture.height}"'
    assert f'<img src="{path}" fetchpriority="high" {size} alt="Twelve people on a bridge">' in page
    assert "<figcaption>Photo: Jane Doe, CC BY 4.0</figcaption>" in page
    response = Client().get(path)
    assert response.content == bytes(picture.content)
    assert response["Content-Type"] == "image/webp"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert Client().get("/peace/picture/0000000000000000.webp").status_code == 404
    assert LogEntry.objects.get().change_message == "Changed the picture."


def test_its_words_change_without_a_new_file_and_it_is_removed_at_a_press(
    admin_client: Client, campaign: Campaign
) -> None:
    upload(admin_client, campaign, draw())
    before = CampaignPicture.objects.get()
    upload(admin_client, campaign, description="Thirteen people")
    after = CampaignPicture.objects.get()
    assert (after.digest, after.description) == (before.digest, "Thirteen people")
    assert "no longer has a picture" in upload(admin_client, campaign, remove="yes")
    assert not CampaignPicture.objects.exists()


@pytest.mark.parametrize(
    ("data", "description", "says"),
    [
        (b"no picture", "A bridge", "This is not a picture that we can read."),
        (None, "A bridge", "This field is required."),
        (draw(), "", "This field is required."),
    ],
    ids=["not a picture", "no file", "not described"],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    admin_client: Client, campaign: Campaign, data: bytes | None, description: str, says: str
) -> None:
    page = upload(admin_client, campaign, data, description=description)
    assert says in page
    assert 'value="Photo: Jane Doe, CC BY 4.0"' in page
    assert not CampaignPicture.objects.exists()


def test_a_drafts_picture_is_only_for_organisers(admin_client: Client, campaign: Campaign) -> None:
    upload(admin_client, campaign, draw())
    Campaign.objects.update(mode=Campaign.Mode.DRAFT)
    path = f"/peace/picture/{CampaignPicture.objects.get().digest}.webp"
    assert Client().get(path).status_code == 404
    assert admin_client.get(path)["Cache-Control"] == "private, no-store"


def test_a_copy_of_the_campaign_has_it(admin_client: Client, campaign: Campaign) -> None:
    upload(admin_client, campaign, draw())
    copy = copy_campaign(campaign, slug="other", title="Other")
    assert CampaignPicture.objects.get(campaign=copy).digest == campaign.picture.digest
