"""On the page behind the secret link a supporter sees old and new words, and chooses (choosing.py, corrections.py)."""

from __future__ import annotations

import email
import email.policy
import re

import pytest
from django.test import Client
from django.urls import reverse

from campaign.content.models import Ask, Phrasing, Source, TextVersion, saving_as
from letters.actions.outdate import owe_corrections
from letters.delivery.notices import send_notices
from letters.delivery.worker import drain_queue
from letters.models import Letter, Notice, Status
from letters.privacy.tokens import make_confirm_token, make_token
from tests.letters.factories import bring, submit_sample
from tests.letters.scripted_smtp import ScriptedServer

pytestmark = pytest.mark.django_db
OLD, NEW = "The short text of argument 1.", "The long text of argument 1."


def correct(text: str = NEW, note: str = "It is long.") -> None:
    with saving_as(TextVersion.Change.FACT, note=note):
        Phrasing.objects.filter(argument__key="argument-1", length="short").update(text=text)


def find_page(letter: Letter) -> str:
    return reverse("letter", args=[make_token(letter.pk, "letter")])


def choose(client: Client, letter: Letter, choice: str, place: str = "1") -> str:
    path = reverse("letter-choose", args=[make_token(letter.pk, "letter")])
    return client.post(path, {"place": place, "choice": choice}, follow=True).content.decode()


def test_old_and_new_stand_side_by_side_and_one_press_takes_the_new(client: Client, scripted: ScriptedServer) -> None:
    letter = submit_sample()
    correct()
    page = client.get(find_page(letter)).content.decode()
    assert "The <del>short</del> text of argument 1." in page
    assert "The <ins>long</ins> text of argument 1." in page
    assert "It is long." in page
    assert "on its way" not in page
    assert "Your letter is queued" not in page
    page = choose(client, letter, "take")
    assert "no longer has the old words" in page
    assert "Your letter is queued" in page
    assert drain_queue() == {"sent": 1}
    assert NEW in read_plain(scripted)


def read_plain(scripted: ScriptedServer) -> str:
    message = email.message_from_bytes(scripted.taken[0].content, policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body is not None
    return " ".join(body.get_content().split())


def test_a_paragraph_is_left_out_by_another_press(client: Client) -> None:
    letter = submit_sample("argument-1", "argument-2")
    correct()
    choose(client, letter, "leave")
    assert [part.text for part in letter.paragraphs.all()][1:] == ["The short text of argument 2."]


@pytest.mark.parametrize("sent", [{}, {"choice": "x", "place": "1"}, {"choice": "take", "place": "9"}])
def test_anything_else_changes_nothing(client: Client, sent: dict[str, str]) -> None:
    letter = submit_sample()
    correct()
    path = reverse("letter-choose", args=[make_token(letter.pk, "letter")])
    assert client.post(path, sent, follow=True).status_code == 200
    letter.refresh_from_db()
    assert letter.outdated_at is not None


def test_a_writer_who_has_not_confirmed_chooses_on_the_page_that_confirms(
    client: Client, scripted: ScriptedServer
) -> None:
    letter = submit_sample(status=Status.UNCONFIRMED)
    letter.notices.all().delete()
    correct()
    assert owe_corrections() == 1
    assert send_notices() == 1
    [taken] = scripted.taken
    text = taken.content.decode()
    assert "Jane" not in text.partition("\n\n")[2]  # nobody knows yet whose address it is
    path = re.search(r"/confirm/[\w-]+/", read_plain(scripted))
    assert path is not None
    assert "The campaign has corrected a fact in your letter" in client.get(path[0]).content.decode()
    sent = {"place": "1", "choice": "take"}
    page = client.post(reverse("confirm-choose", args=[make_confirm_token(letter)]), sent, follow=True).content.decode()
    assert "Send my letter now" in page
    assert "has corrected a fact" not in page
    client.post(path[0])
    letter.refresh_from_db()
    assert (letter.status, letter.outdated_at) == (Status.QUEUED, None)


def test_a_writers_own_words_are_shown_with_what_was_corrected(client: Client) -> None:
    letter = submit_sample(edits=f"As I see it: {OLD}")
    correct()
    page = client.get(find_page(letter)).content.decode()
    assert "Your own words" in page
    assert "As I see it: The short text of argument 1." in page
    assert "The <del>short</del> text" in page


def test_each_place_says_what_was_wrong_there(client: Client) -> None:
    letter = submit_sample()
    correct(note="It is long.")
    with saving_as(TextVersion.Change.FACT, note="Who is asked."):
        Ask.objects.filter(key="say").update(text="Please say so.")
    page = client.get(find_page(letter)).content.decode()
    paragraph, _asked, ask = page.partition("What you ask for")
    assert ("It is long." in paragraph, "Who is asked." in paragraph) == (True, False)
    assert ("It is long." in ask, "Who is asked." in ask) == (False, True)


def test_corrected_sources_are_shown_alone(client: Client) -> None:
    letter = submit_sample()
    with saving_as(TextVersion.Change.FACT):
        Source.objects.filter(argument__key="argument-1").update(title="Report 9")
    page = client.get(find_page(letter)).content.decode()
    assert "<del>Jane Roe, Report 1, The Paper, February 2023.</del>" in page
    assert "<ins>Jane Roe, Report 9, The Paper, February 2023.</ins>" in page
    choose(client, letter, "take")
    assert letter.paragraphs.get(position=1).text == OLD


@pytest.mark.parametrize("status", [Status.SENT, Status.BOUNCED])
def test_a_letter_that_has_gone_says_what_was_wrong(client: Client, status: Status) -> None:
    letter = submit_sample(status=status)
    correct()
    page = client.get(find_page(letter)).content.decode()
    assert "The campaign has since corrected a fact in your letter" in page
    assert OLD in page
    assert NEW in page
    assert "Use the corrected words" not in page


def test_a_failed_letter_is_corrected_before_it_is_posted(client: Client) -> None:
    letter = submit_sample(status=Status.FAILED)
    correct()
    page = client.get(find_page(letter)).content.decode()
    assert "before you print and post it" in page
    assert "Please print and post your letter." in choose(client, letter, "take")


def test_a_letter_without_a_correction_says_nothing_of_it(client: Client) -> None:
    letter = submit_sample()
    assert "corrected" not in client.get(find_page(letter)).content.decode().casefold().replace("correct your", "")


def test_the_mail_about_a_correction_leaves_when_there_is_nothing_to_choose(scripted: ScriptedServer) -> None:
    letter = submit_sample()
    correct()
    owe_corrections()
    bring(letter, Status.QUEUED)
    Letter.objects.update(outdated_at=None)
    assert send_notices() == 0
    assert Notice.objects.get(kind=Notice.Kind.OUTDATED).due_at is None
