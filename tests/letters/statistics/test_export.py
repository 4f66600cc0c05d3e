"""Exports leave out personal data, or ask for permission, password and reason first; never as a formula, never all in memory (letters/admin/exports.py, letters/forms/exports.py)."""

from __future__ import annotations

import csv
import io
import tracemalloc
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from letters.models import Letter, Status
from letters.statistics import export
from letters.statistics.export import escape_cell, list_columns, make_pseudonym, make_rows, walk_letters, write_csv
from tests.letters.factories import make_campaign, make_constituency, make_letter, submit_sample, write_paragraph
from tests.letters.many import write_many
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
EXPORT = "/admin/letters/letter/export/"
PERSONAL = f"{EXPORT}personal/"
SECRETS = ["Jane", "Test Street", "SW1A 1AA", "supporter.example", "thought about this", "I ask you"]


def read(answer: Any) -> tuple[str, list[dict[str, str]]]:
    """The file, as text and as rows."""
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return text, list(csv.DictReader(io.StringIO(text, newline="")))


def take(client: Client, path: str = EXPORT, **data: str) -> Any:
    return client.post(path, {"kind": "csv"} | data)


def test_the_usual_export_says_nothing_of_a_supporter(admin_client: Client) -> None:
    letter = make_letter(own_share=0.123456)
    text, [row] = read(take(admin_client))
    assert not [secret for secret in [*SECRETS, letter.reference, str(letter.pk)] if secret in text]
    assert (row["pseudonym"], row["arguments"], row["status"], row["own_share"], row["rehearsal"]) == (
        make_pseudonym(letter),
        "argument-1",
        "queued",
        "0.12",
        "yes",
    )
    assert (row["created_on"], row["sent_on"]) == (f"{letter.created_at:%Y-%m-%d}", "")
    assert list_columns(with_person=False)[0] == "pseudonym"


def test_an_export_names_region_member_and_arguments(admin_client: Client) -> None:
    make_campaign()
    make_constituency("W07000112", "Ynys Môn", party="Plaid Cymru")
    submit_sample("argument-1", "argument-2", gss="W07000112")
    _text, [row] = read(take(admin_client))
    assert (row["region"], row["member_name"], row["member_party"]) == ("Wales", "Ms Ann Example MP", "Plaid Cymru")
    assert (row["arguments"], row["argument_titles"]) == ("argument-1 argument-2", "Argument 1; Argument 2")


def test_the_personal_export_says_all_and_what_for_is_kept(admin_client: Client) -> None:
    letter = make_letter()
    page = take(admin_client, PERSONAL, reason=" ").content.decode()
    assert "Say why" in page
    assert not LogEntry.objects.exists()
    text, [row] = read(take(admin_client, f"{PERSONAL}?status__exact=queued", reason="Asked by the supporter"))
    assert not [secret for secret in SECRETS if secret not in text]
    assert row["reference"] == letter.reference
    assert "pseudonym" not in row
    entry = LogEntry.objects.get()
    assert (entry.user.username, entry.object_repr) == ("admin", "1 letter")
    said = "Exported with personal data as CSV (status: Queued): Asked by the supporter"
    assert entry.change_message == said
    assert said in admin_client.get(PERSONAL).content.decode()


def test_what_was_searched_for_is_not_written_down(admin_client: Client) -> None:
    make_constituency()
    letter = make_letter()
    take(admin_client, f"{EXPORT}?q={letter.reference}")
    assert LogEntry.objects.get().change_message == "Exported without personal data as CSV (a search)."


def test_filters_and_search_of_the_list_apply(admin_client: Client) -> None:
    campaign = make_campaign()
    held, queued = make_letter(campaign), make_letter(campaign)
    held.transition_to(Status.HELD)
    for query, found in (("", {held, queued}), ("?status__exact=held", {held}), (f"?q={queued.reference}", {queued})):
        _text, rows = read(take(admin_client, EXPORT + query))
        assert {row["pseudonym"] for row in rows} == {make_pseudonym(one) for one in found}
    assert admin_client.get(f"{EXPORT}?sender_name=Jane").status_code == 400
    listed = admin_client.get(f"{reverse('admin:letters_letter_changelist')}?status__exact=held").content.decode()
    assert f"{EXPORT}?status__exact=held" in listed


def test_personal_data_take_a_fresh_proof(client: Client) -> None:
    otp_login(client, User.objects.create_superuser("chief"), seconds_ago=11 * 60)
    make_letter()
    assert client.get(PERSONAL)["Location"].startswith(reverse("admin:again"))
    assert "Confirm that it is you" in take(client, PERSONAL, reason="x").content.decode()
    assert not LogEntry.objects.exists()
    assert take(client).status_code == 200


@pytest.mark.parametrize("missing", ["export_personal_data", "see_personal_data", "view_letter"])
def test_each_permission_is_needed_for_personal_data(client: Client, missing: str) -> None:
    user = User.objects.create_user("officer", is_staff=True)
    codes = {"view_letter", "see_personal_data", "export_letter", "export_personal_data"}
    user.user_permissions.set(Permission.objects.filter(codename__in=codes - {missing}))
    otp_login(client, user)
    assert (client.get(PERSONAL).status_code, take(client, PERSONAL, reason="x").status_code) == (403, 403)


@pytest.mark.parametrize("text", ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "＠x"])
def test_no_cell_is_a_formula(text: str) -> None:
    assert escape_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    ("value", "cell"), [("Jane", "Jane"), ("", ""), (None, ""), (0, "0"), ("a=b", "a=b"), (" ", " ")]
)
def test_other_cells_stay_as_they_are(value: object, cell: str) -> None:
    assert escape_cell(value) == cell


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_formulas_in_letters_are_text_in_either_file(admin_client: Client, kind: str) -> None:
    letter = make_letter(sender_name='=HYPERLINK("//x.example")', sender_address="@here\x0b\n+1")
    write_paragraph(letter, "-2+3 “Ünï”, quoted\nand on a line of its own")
    answer = take(admin_client, PERSONAL, kind=kind, reason="x")
    assert answer["Content-Disposition"].startswith('attachment; filename="letters-with-personal-data-')
    assert "no-store" in answer["Cache-Control"]
    if kind == "csv":
        [row] = read(answer)[1]
    else:
        sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content)))["Letters"]
        heading, cells = sheet.iter_rows()
        assert "f" not in {cell.data_type for cell in cells}  # a formula
        row = {str(name.value): str(cell.value or "") for name, cell in zip(heading, cells, strict=True)}
    assert row["sender_name"] == '\'=HYPERLINK("//x.example")'
    assert row["sender_address"] == ("'@here\x0b\n+1" if kind == "csv" else "'@here\n+1")
    assert row["text"].startswith("'-2+3 “Ünï”, quoted\nand on")


def test_xlsx_has_a_limit_and_says_what_to_do(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("letters.admin.exports.MAX_IN_XLSX", 0)
    make_letter()
    assert "choose CSV" in take(admin_client, kind="xlsx").content.decode()
    assert not LogEntry.objects.exists()


def test_every_letter_is_there_once_whatever_the_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "BATCH", 3)
    campaign = make_campaign()
    letters = [make_letter(campaign, queued=False) for _ in range(7)]
    Letter.objects.filter(pk__in=[one.pk for one in letters[:5]]).update(created_at=letters[0].created_at)
    walked = [one.pk for one in walk_letters(Letter.objects.all(), with_person=False)]
    assert sorted(walked) == sorted(one.pk for one in letters)


def measure(count: int) -> tuple[int, int]:
    """The most bytes held while so many letters go through, and how many of the file."""
    letters = Letter.objects.filter(pk__in=Letter.objects.order_by("pk").values("pk")[:count])
    sum(map(len, write_csv(make_rows(letters.none(), with_person=False))))  # what is made once
    tracemalloc.start()
    size = sum(map(len, write_csv(make_rows(letters, with_person=False))))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most, size


def test_memory_and_queries_do_not_grow_with_the_letters(
    monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    monkeypatch.setattr(export, "BATCH", 25)
    monkeypatch.setattr(export, "LINES", 10)
    make_constituency()
    write_many(make_campaign(), 400)
    few, many = measure(50), measure(400)
    assert many[1] > 6 * few[1]
    assert many[0] < 1.3 * few[0]
    with django_assert_num_queries(2 * 16 + 1):  # letters and paragraphs of each batch, and one that is empty
        sum(1 for _ in make_rows(Letter.objects.all(), with_person=False))
