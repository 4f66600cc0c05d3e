"""Rules hold a letter until a person has read it; what a person refuses is never sent, and the supporter learns why (letters/admin/moderation.py, letters/admin/rules.py, letters/forms/ready_reasons.py, letters/models/fingerprint.py, letters/models/moderation.py, letters/models/validators.py)."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from campaign.content.models import Argument, Campaign
from letters.actions.correct import correct_letter
from letters.actions.decide import DECISIONS, decide, refuse
from letters.actions.erase import scrub_letter
from letters.actions.purge import purge_data
from letters.delivery.health import measure_health
from letters.mail.messages import build_notice_mail
from letters.models import Finding, Fingerprint, HoldRules, Letter, Notice, Part, Refusal, Rule, Status
from letters.moderation.rules import find_reasons
from letters.privacy.tokens import make_confirm_token, make_token
from letters.statistics.rollup import roll_up_all
from letters.views.privacy import tell_everything
from letters.writing.originality import record_fingerprint
from tests.letters.factories import make_campaign, make_constituency, make_letter, write_paragraph
from tests.letters.views.test_journey import DETAILS, come_to_details, go
from tests.otp import otp_login

pytestmark = pytest.mark.django_db
LIST = "/admin/letters/letter/"
QUEUE = f"{LIST}moderation/"
THREAT = "I know where you live & <b>I will kill you</b>."


def write(campaign: Campaign | None = None, own: str = "I care.", **fields: Any) -> Letter:
    """An unconfirmed letter with these own words, and an argument of the bank as it stands."""
    letter = make_letter(campaign, queued=False, **fields)
    write_paragraph(letter, own)
    argument = Argument.objects.filter(campaign=letter.campaign, key="argument-1").first()
    letter.paragraphs.filter(position=1).update(argument=argument)
    return letter


def find(letter: Letter) -> list[tuple[str, str, int | None]]:
    return [(one.rule, one.part, one.paragraph) for one in find_reasons(letter)]


def confirm_by_press(client: Client, letter: Letter) -> Letter:
    client.post(reverse("confirm", args=[make_confirm_token(letter)]))
    letter.refresh_from_db()
    return letter


def hold(campaign: Campaign | None = None, own: str = THREAT, client: Client | None = None) -> Letter:
    return confirm_by_press(client or Client(), write(campaign, own))


@pytest.fixture(autouse=True)
def _constituency() -> None:
    make_constituency()


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"own": THREAT}, [("threat", "text", 0), ("threat", "text", 0)]),
        ({"own": "See www.spam.example."}, [("link", "text", 0)]),
        ({"own": "I live in LS1 4AP."}, [("postcode", "text", 0)]),
        ({"sender_address": "1 Test Street\nLeeds LS1 4AP"}, [("postcode", "address", None)]),
        ({"sender_name": "Ann Example"}, [("member", "name", None)]),
        ({"sender_name": "Ann Exаmple"}, [("member", "name", None)]),  # a Cyrillic а
        ({"sender_name": "Ann Example MP Office"}, [("member", "name", None)]),
        ({"sender_name": "Go to www.spam.example"}, [("link", "name", None)]),
        ({"sender_email": "x@sub.mailinator.com"}, [("disposable", "email", None)]),
    ],
)
def test_each_rule_says_what_it_found_where(changes: dict[str, Any], found: list[Any]) -> None:
    assert find(write(**changes)) == found


def test_rules_that_are_off_hold_nothing() -> None:
    campaign = make_campaign()
    HoldRules.objects.create(
        campaign=campaign, threats="", links=False, postcodes=False, members=False, disposable="", near_copies=False
    )
    own = f"{THREAT} www.spam.example LS1 4AP"
    assert find(write(campaign, own, sender_name="Ann Example", sender_email="x@mailinator.com")) == []


def test_only_what_the_supporter_has_written_is_held() -> None:
    campaign = make_campaign()
    HoldRules.objects.create(campaign=campaign, threats="text of\nplease")
    letter = write(campaign)
    assert find(letter) == [], "the campaign's own words hold no letter"
    write_paragraph(letter, "The full text of argument 1, please.", 1)
    assert find(letter) == [("threat", "text", 1)]


def test_a_near_copy_is_held_if_the_campaign_wants_it() -> None:
    campaign = make_campaign()
    own = "My grandmother came here from Kharkiv in nineteen ninety three and she still calls her sister every week."
    first = write(campaign, own)
    HoldRules.objects.create(campaign=campaign, near_copies=True)
    assert find(first) == []
    record_fingerprint(first)
    assert find(write(campaign, own.replace("sister", "brother"))) == [("near-copy", "whole", None)]


def test_a_near_copy_stands_beside_the_letter_that_it_is_near_to(
    admin_client: Client, django_assert_max_num_queries: Any
) -> None:
    campaign = make_campaign()
    HoldRules.objects.create(campaign=campaign, near_copies=True)
    own = "My grandmother came here from Kharkiv in nineteen ninety three and she still calls her sister every week."
    first, other = (confirm_by_press(Client(), write(campaign, text)) for text in (own, "Cold rooms. " * 10))
    record_fingerprint(first)
    record_fingerprint(other)
    letter = confirm_by_press(Client(), write(campaign, own.replace("sister", "brother")))
    assert (first.status, letter.status) == (Status.QUEUED, Status.HELD)
    page = admin_client.get(f"{LIST}{letter.pk}/review/").content.decode()
    assert f'<a href="{LIST}{first.pk}/change/">{first.reference}</a>' in page
    assert other.reference not in page
    assert "still calls her <del>sister</del> every week" in page
    assert "still calls her <ins>brother</ins> every week" in page
    with django_assert_max_num_queries(20):
        admin_client.get(f"{LIST}{letter.pk}/review/")
    assert first.transition_to(Status.WITHDRAWN)
    scrub_letter(first)
    page = admin_client.get(f"{LIST}{letter.pk}/review/").content.decode()
    assert first.reference not in page
    assert "The letters it was close to are no longer here" in page


def test_the_rules_cost_four_queries(django_assert_num_queries: Any) -> None:
    letter = write(own="Something of my own. " * 100)
    letter = Letter.objects.select_related("campaign").get(pk=letter.pk)
    with django_assert_num_queries(4):
        assert find_reasons(letter) == []


def test_a_letter_is_held_at_confirmation_and_its_page_says_so_without_the_rule(client: Client) -> None:
    letter = hold(client=client)
    assert letter.status == Status.HELD
    event = letter.events.get(type=Status.HELD)
    assert event.note == "Held by a rule: Threatening words (paragraph 1)."
    assert [(one.rule, one.paragraph) for one in letter.findings.all()] == [("threat", 0), ("threat", 0)]
    page = client.get(reverse("letter", args=[make_token(letter.id, "letter")])).content.decode()
    assert "Your letter is on hold." in page
    assert "hreat" not in page
    assert tell_everything(letter)["held_for"][0] == {
        "rule": "threat", "part": "text", "paragraph": 0, "start": 2, "end": 21,
    }  # fmt: skip


def test_another_letter_is_queued_as_before(client: Client) -> None:
    letter = confirm_by_press(client, write())
    assert (letter.status, letter.findings.count()) == (Status.QUEUED, 0)


@pytest.mark.parametrize(("name", "status"), [("Janet Doe", Status.QUEUED), ("Ann Example", Status.HELD)])
def test_a_correction_is_looked_at_again(name: str, status: Status) -> None:
    letter = make_letter()
    correct_letter(letter.pk, {"sender_name": name})
    letter.refresh_from_db()
    assert letter.status == status
    assert letter.findings.count() == (status == Status.HELD)


def test_the_queue_shows_held_letters_by_rule_and_nothing_of_their_supporters(admin_client: Client) -> None:
    campaign = make_campaign()
    threat, link = hold(campaign), hold(campaign, "www.spam.example")
    by_hand = make_letter(campaign)
    by_hand.transition_to(Status.HELD)
    page = admin_client.get(QUEUE).content.decode()
    assert [one.reference in page for one in (threat, link, by_hand)] == [True, True, True]
    assert "Jane" not in page
    for rule, only in (("threat", threat), ("link", link), ("other", by_hand)):
        page = admin_client.get(f"{QUEUE}?rule={rule}").content.decode()
        assert [one.reference in page for one in (threat, link, by_hand)] == [
            one is only for one in (threat, link, by_hand)
        ]


def test_the_queue_costs_a_constant_number_of_queries(admin_client: Client, django_assert_max_num_queries: Any) -> None:
    campaign = make_campaign()
    for _ in range(8):
        hold(campaign)
    with django_assert_max_num_queries(12):
        admin_client.get(QUEUE)


def test_a_held_letter_stands_beside_the_campaigns_text_with_what_was_found_marked(admin_client: Client) -> None:
    letter = hold()
    write_paragraph(letter, "The full text of my argument 1.", 1)
    page = admin_client.get(f"{LIST}{letter.pk}/review/").content.decode()
    assert "<mark>know where you live</mark>" in page
    assert "&lt;b&gt;I will <mark>kill you</mark>&lt;/b&gt;" in page
    assert "The full text of <ins>my</ins> argument 1." in page
    assert "Jane Doe" in page


def test_a_person_who_has_read_it_releases_a_letter(admin_client: Client) -> None:
    letter = hold()
    path = f"{LIST}{letter.pk}/review/"
    assert "Say why" in admin_client.post(path, {"decision": "release"}).content.decode()
    letter.refresh_from_db()
    assert letter.status == Status.HELD
    answer = admin_client.post(path, {"decision": "release", "release-reason": "A quotation"})
    assert answer["Location"] == QUEUE
    letter.refresh_from_db()
    assert letter.status == Status.QUEUED
    assert letter.events.filter(note="Released: A quotation", actor__username="admin").exists()


def test_a_refused_letter_is_never_sent_and_its_supporter_learns_why(admin_client: Client) -> None:
    campaign = make_campaign()
    letter, following = hold(campaign), hold(campaign)
    path = f"{LIST}{letter.pk}/review/"
    answer = admin_client.post(path, {"decision": "refuse", "refuse-reason": "Please write without threats."})
    assert answer["Location"] == f"{LIST}{following.pk}/review/"
    letter.refresh_from_db()
    assert letter.status == Status.FAILED
    assert list(letter.notices.exclude(kind="confirm").values_list("kind", flat=True)) == [Notice.Kind.REFUSED]
    assert not Fingerprint.objects.filter(letter=letter).exists()
    content = build_notice_mail(letter, Notice.Kind.REFUSED).content.decode()
    assert "Please write without threats." in content
    page = admin_client.get(reverse("letter", args=[make_token(letter.id, "letter")])).content.decode()
    assert "The reason: Please write without threats." in page
    assert "did not arrive by email" not in page
    retry = {"action": "retry_failed", "_selected_action": [letter.pk], "reason": "Again"}
    assert (
        "1 letter is kept back: it was refused, and is never sent."
        in admin_client.post(LIST, retry, follow=True).content.decode()
    )
    letter.refresh_from_db()
    assert letter.status == Status.FAILED
    assert measure_health().failed == 0  # it is decided: it needs nobody any more
    roll_up_all()
    for page in ("/admin/", f"{LIST}dashboard/{campaign.slug}/?of=rehearsal"):
        assert "that failed" not in admin_client.get(page).content.decode()
    assert "Failed: refused" in admin_client.get(LIST).content.decode()
    page = admin_client.get(f"{LIST}{letter.pk}/change/").content.decode()
    assert "retry_failed" not in page
    assert "/history/" not in page  # of the account's own changes; what happened stands in the timeline
    assert admin_client.get(path)["Location"] == reverse("admin:letters_letter_change", args=[letter.pk])
    assert mail.outbox == []


def test_many_are_refused_at_once_with_one_reason(admin_client: Client) -> None:
    campaign = make_campaign()
    letters = [hold(campaign, "www.spam.example") for _ in range(2)]
    chosen = {"action": "refuse", "_selected_action": [one.pk for one in letters]}
    assert "email each supporter your reason" in admin_client.post(LIST, chosen).content.decode()
    admin_client.post(LIST, chosen | {"reason": "No advertisements."})
    assert set(Refusal.objects.values_list("reason", flat=True)) == {"No advertisements."}
    assert set(Letter.objects.values_list("status", flat=True)) == {"failed"}


@pytest.mark.parametrize(
    ("own", "may_moderate", "moved"),
    [(THREAT, True, 0), (THREAT, False, 0), ("www.spam.example", True, 1), ("www.spam.example", False, 0)],
)
def test_what_a_rule_holds_is_released_by_moderators_and_threats_one_by_one(
    own: str, may_moderate: bool, moved: int, django_user_model: type[User]
) -> None:
    letter = hold(own=own)
    release = next(one for one in DECISIONS if one.name == "release")
    actor = django_user_model.objects.create(username="a")
    assert decide(release, [letter], reason="x", actor=actor, may_moderate=may_moderate) == moved


def test_who_may_only_decide_cannot_read_or_refuse(client: Client) -> None:
    user = User.objects.create_user("decider", is_staff=True)
    codes = ("view_letter", "decide_letter", "moderate_letter")  # but not: see_personal_data
    user.user_permissions.set(Permission.objects.filter(codename__in=codes))
    otp_login(client, user)
    letter = hold(own="www.spam.example")
    assert client.get(QUEUE).status_code == 403
    assert client.post(f"{LIST}{letter.pk}/review/", {"decision": "release", "release-reason": "x"}).status_code == 403
    client.post(LIST, {"action": "refuse", "_selected_action": [letter.pk], "reason": "x"})
    client.post(LIST, {"action": "release", "_selected_action": [letter.pk], "reason": "x"})
    letter.refresh_from_db()
    assert letter.status == Status.HELD


def test_what_was_found_goes_with_the_text_and_the_reason_with_the_name() -> None:
    letter = hold()
    actor = User.objects.create(username="a")
    assert refuse(letter, reason="Jane, no.", actor=actor)
    assert not refuse(letter, reason="Again", actor=actor)
    assert scrub_letter(letter)
    assert not Finding.objects.exists()
    assert Refusal.objects.get().reason == ""


def test_a_threat_that_waits_too_long_is_given_up_not_sent(settings: Any) -> None:
    letter = hold()
    settings.LETTER_DAYS = 0
    purge_data()
    letter.refresh_from_db()
    assert letter.status == Status.FAILED
    retry = next(one for one in DECISIONS if one.name == "retry_failed")
    assert decide(retry, [letter], reason="x", actor=User.objects.create(username="a"), may_moderate=True) == 0


def test_a_campaigns_rules_are_there_from_the_start_and_refuse_what_holds_everything(admin_client: Client) -> None:
    campaign = make_campaign()
    page = admin_client.get("/admin/letters/holdrules/").content.decode()
    assert "Time to talk" in page
    rules = HoldRules.objects.get(campaign=campaign)
    path = reverse("admin:letters_holdrules_change", args=[rules.pk])
    for given, said in (
        ({"threats": "* *"}, "at least three letters"),
        ({"threats": "a*b*c*d*e"}, "too many *"),
        ({"threats": "x" * 61}, "The most is 60 characters"),
        ({"threats": "abc\n" * 201}, "The most is 200"),
        ({"disposable": "not a domain"}, "is not a domain"),
    ):
        assert said in admin_client.post(path, given).content.decode()
    admin_client.post(path, {"threats": "boo to you", "disposable": ""})
    rules.refresh_from_db()
    assert (rules.threats, rules.links, rules.disposable) == ("boo to you", False, "")


def test_the_usual_rules_are_valid() -> None:
    try:
        HoldRules(campaign=make_campaign()).full_clean()
    except ValidationError as error:  # pragma: no cover
        pytest.fail(str(error))


def test_places_are_told_in_words() -> None:
    assert str(Finding(rule=Rule.LINK, part=Part.TEXT, paragraph=1)) == "A link (paragraph 2)"
    assert str(Finding(rule=Rule.MEMBER, part=Part.NAME)) == "The MP as sender (name)"


def test_a_refused_letter_can_be_changed_and_sent_again(client: Client) -> None:
    make_campaign()
    come_to_details(client, "Please read www.spam.example and act on it.")
    asked = DETAILS | {"consent": "on"}
    go(client, "write-send", asked)
    letter = confirm_by_press(client, Letter.objects.get())
    assert refuse(letter, reason="No links.", actor=User.objects.create(username="a"))
    go(client, "write-send", asked)
    assert Letter.objects.count() == 1, "the same letter again is not another one"
    come_to_details(client, "Please read the report and act on it.")
    go(client, "write-send", asked)
    again = Letter.objects.get(status=Status.UNCONFIRMED)
    assert confirm_by_press(client, again).status == Status.QUEUED
    assert Letter.objects.get(pk=letter.pk).status == Status.FAILED
