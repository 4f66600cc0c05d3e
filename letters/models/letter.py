"""One supporter's letter, and its transitions."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass, field
from itertools import compress
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.content.models import Campaign
from campaign.core.encrypted import BlindIndexField, EncryptedTextField
from letters.models.carried import CarriedText
from letters.models.event import LetterEvent
from letters.models.notice import Notice
from letters.models.queries import LetterQuerySet
from letters.models.status import LEASED, NOTICE_FOR_STATUS, TRANSITIONS, EventCode, EventType, Status

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.contrib.auth.models import User


# No vowels (they make words), no characters that look alike (0/O, 1/I/L, 2/Z, 5/S, 8/B).
REFERENCE_ALPHABET = "3467CDFGHJKMNPQRTVWXY"


def make_reference() -> str:
    letters = "".join(secrets.choice(REFERENCE_ALPHABET) for _ in range(8))
    return f"{letters[:4]}-{letters[4:]}"


class ReplyBy(models.TextChoices):
    """How a supporter would like their MP to reply."""

    EMAIL = "email", _("By email")
    POST = "post", _("By post")


class SourceStyle(models.TextChoices):
    """How a letter shows where its facts come from."""

    NONE = "none", _("Not in the letter: its sentences say who said it, and when")
    LINE = "line", _("In a line at the end")
    NOTES = "notes", _("In a list at the end, with numbers in the text")


class Letter(models.Model):
    """A letter that the supporter has asked the site to send.

    Constituency and member are kept by value, as they were when the supporter saw the letter. The row is the queue:
    its status changes only through `transition_to`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(max_length=9, unique=True, default=make_reference, editable=False)
    # One draft makes one letter, however often the button is pressed.
    draft_id = models.UUIDField(unique=True, null=True, editable=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="letters")
    language = models.CharField(max_length=10, default="en")
    rehearsal = models.BooleanField(default=True, help_text=_("Confirmed in rehearsal: never goes to an MP."))

    constituency_gss = models.CharField(_("GSS code"), max_length=9)
    constituency_name = models.CharField(_("constituency"), max_length=100)
    member_name = models.CharField(_("MP"), max_length=200, help_text=_("As on the envelope."))
    member_party = models.CharField(_("party"), max_length=80)
    member_email = models.EmailField(_("MP's address"))
    salutation = models.CharField(max_length=150)

    # Personal data, encrypted; deleted by actions.erase.scrub_letter.
    sender_name = EncryptedTextField(_("name"), max_length=100, blank=True)
    sender_address = EncryptedTextField(_("address"), max_length=500, blank=True)
    sender_postcode = EncryptedTextField(_("postcode"), max_length=8, blank=True)
    sender_email = EncryptedTextField(_("email"), max_length=254, blank=True)
    sender_phone = EncryptedTextField(_("phone"), max_length=40, blank=True)
    on_behalf_of = EncryptedTextField(_("on behalf of"), max_length=100, blank=True)
    sender_email_index = BlindIndexField(source="sender_email")  # its index is in Meta

    subject = models.CharField(max_length=150)
    reply_by = models.CharField(_("reply"), max_length=5, blank=True, choices=ReplyBy.choices)
    own_case = models.BooleanField(_("also about the supporter's own case"), default=False)
    ask_text = EncryptedTextField(blank=True)
    source_style = models.CharField(_("sources"), max_length=5, choices=SourceStyle.choices, default=SourceStyle.NOTES)
    # How much was the supporter's own on confirmation (docs/distinctiveness.md). Not personal data, so these are kept.
    own_word_count = models.PositiveSmallIntegerField(_("words of their own"), null=True, editable=False)
    own_share = models.FloatField(_("share of their own"), null=True, editable=False)
    own_score = models.FloatField(_("distinctiveness"), null=True, editable=False)
    dated = models.DateField(default=timezone.localdate, help_text=_("The date on the letter."))

    status = models.CharField(max_length=11, choices=Status.choices, default=Status.UNCONFIRMED)
    # The status under which it was last counted; an unconfirmed letter is in no tally.
    tallied_status = models.CharField(max_length=11, default=Status.UNCONFIRMED, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    posted_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    scrubbed_at = models.DateTimeField(null=True, blank=True)

    next_attempt_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_answer = models.CharField(max_length=500, blank=True, help_text=_("What the mail server said last."))
    lease_token = models.UUIDField(null=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    message_id = models.CharField(max_length=200, null=True, editable=False)  # noqa: DJ001 NULLs are not equal
    envelope_sender = models.CharField(max_length=200, blank=True, editable=False)
    pdf_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    given_up_at = models.DateTimeField(null=True, blank=True, editable=False)  # by a person; cleared by a retry
    confirm_token_hash = models.CharField(max_length=64, editable=False)
    # Counts the addresses that the confirmation went to: each gets its own link, and only the latest works.
    confirm_generation = models.PositiveSmallIntegerField(default=0, editable=False)
    confirm_repeats = models.PositiveSmallIntegerField(
        default=0, editable=False
    )  # how often the supporter asked for it again
    letter_token_hash = models.CharField(max_length=64, editable=False)

    # Since when it carries words that were corrected: until the supporter has chosen, no sender takes it.
    outdated_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Text and address go first, name and email later (actions.purge); `scrubbed_at` is when the last of them went.
    text_erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Erasure requested while the letter was being sent: done once that has ended.
    erase_requested_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Texts, sources and ages of the body's paragraphs, where they were read for many letters at once (delivery.leases).
    parts: list[tuple[str, list[str], str]] | None = None

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        permissions = [
            ("see_personal_data", _("Can see supporters' names, addresses, emails and words")),
            ("find_by_email", _("Can find letters by a supporter's email")),
            ("decide_letter", _("Can hold, release, retry and give up letters")),
            ("moderate_letter", _("Can release or refuse letters that a rule holds")),
            ("export_letter", _("Can export letters without personal data")),
            ("export_personal_data", _("Can export letters with personal data")),
        ]
        indexes = [
            # The only index of queued letters: with one by time alone a planner may walk a whole flood to find a few.
            models.Index(
                fields=["campaign", "rehearsal", "constituency_gss", "next_attempt_at"],
                condition=Q(status="queued", outdated_at__isnull=True),
                name="letter_turn",
            ),
            models.Index(fields=["lease_until"], condition=Q(status__in=["claimed", "sending"]), name="letter_leased"),
            models.Index(fields=["status", "-created_at"], name="letter_status_newest"),
            models.Index(fields=["constituency_gss", "-created_at"], name="letter_seat_newest"),
            models.Index(fields=["member_party"], name="letter_party"),
            models.Index(fields=["-created_at"], condition=Q(rehearsal=True), name="letter_rehearsal_newest"),
            models.Index(fields=["-created_at"], name="letter_newest"),
            models.Index(fields=["-sent_at"], condition=Q(sent_at__isnull=False), name="letter_last_sent"),
            models.Index(fields=["campaign"], condition=~Q(status=F("tallied_status")), name="letter_uncounted"),
            models.Index(fields=["id"], condition=Q(erase_requested_at__isnull=False), name="letter_to_be_erased"),
            models.Index(fields=["sender_email_index"], name="letter_of_email"),
            models.Index(fields=["campaign"], condition=Q(given_up_at__isnull=False), name="letter_given_up"),
            models.Index(fields=["campaign"], condition=Q(outdated_at__isnull=False), name="letter_outdated"),
            models.Index(
                fields=["campaign", "rehearsal", "answered_at"],
                condition=Q(answered_at__isnull=False),
                name="letter_answered",
            ),
        ]
        # Every transition writes to every index. So these are constraints: with `unique` or `db_index` a column gets
        # a second index, for LIKE, which nobody needs for a hash.
        constraints = [
            models.UniqueConstraint(fields=["message_id"], name="letter_message_id_unique"),
            models.UniqueConstraint(fields=["confirm_token_hash"], name="letter_confirm_token_unique"),
            models.UniqueConstraint(fields=["letter_token_hash"], name="letter_token_unique"),
            models.CheckConstraint(
                name="letter_sent_has_sent_at",
                condition=~Q(status__in=["sent", "bounced"]) | Q(sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="letter_queued_has_next_attempt",
                condition=~Q(status="queued") | Q(next_attempt_at__isnull=False),
            ),
            models.CheckConstraint(
                name="letter_leased_only_while_claimed_or_sending",
                condition=Q(status__in=["claimed", "sending"], lease_token__isnull=False, lease_until__isnull=False)
                | (~Q(status__in=["claimed", "sending"]) & Q(lease_token__isnull=True, lease_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="letter_confirmed_before_anything_else",
                condition=Q(status__in=["unconfirmed", "withdrawn"])
                | Q(confirmed_at__isnull=False, message_id__isnull=False),
            ),
            models.CheckConstraint(
                name="letter_on_its_way_has_its_text",
                condition=~Q(status__in=["queued", "claimed", "sending"]) | Q(text_erased_at__isnull=True),
            ),
            models.CheckConstraint(
                name="letter_without_text_has_no_address",
                condition=Q(text_erased_at__isnull=True)
                | Q(sender_address="", sender_postcode="", sender_phone="", on_behalf_of="", ask_text=""),
            ),
            models.CheckConstraint(
                name="letter_given_up_has_failed", condition=Q(given_up_at__isnull=True) | Q(status="failed")
            ),
            models.CheckConstraint(
                name="letter_scrubbed_has_no_sender",
                condition=Q(scrubbed_at__isnull=True)
                | Q(sender_name="", sender_address="", sender_postcode="", sender_email="", sender_email_index="")
                & Q(text_erased_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def transition_to(
        self,
        status: Status,
        *,
        note: str = "",
        actor: User | None = None,
        lease: uuid.UUID | None = None,
        told_as: str = "",
        code: EventCode | None = None,
        **changes: Any,
    ) -> bool:
        """Change the status by one conditional UPDATE and write the event, both or neither.

        `code` gives the reason for programs, `note` for people. With `lease` the letter must still be under that lease;
        `changes` are further fields to set. `told_as` is the kind of mail owed to the supporter, if not the usual one.
        Returns False, having changed nothing, if another process was first. Raises ValueError for a transition that
        TRANSITIONS does not allow.
        """
        return apply_transitions(Transition(self, status, note, actor, lease, changes, told_as, code or "")) == [True]

    @property
    def recipient(self) -> str:
        if self.rehearsal:
            return self.campaign.test_address
        return self.member_email

    def would_rehearse(self) -> bool:
        """Whether it would be a rehearsal if confirmed now. During a pause it stays what the supporter was shown."""
        mode = self.campaign.mode
        return self.rehearsal if mode == Campaign.Mode.PAUSED else mode != Campaign.Mode.LIVE

    def log_event(
        self, event_type: EventType, *, note: str = "", actor: User | None = None, code: EventCode | None = None
    ) -> LetterEvent:
        """Write an event that is not a transition. The note must hold no personal data."""
        return self.events.create(type=event_type, note=note, actor=actor, code=code or "")


@dataclass(frozen=True)
class Transition:
    """A change of a letter's status; see `Letter.transition_to` for the fields."""

    letter: Letter
    status: Status
    note: str = ""
    actor: User | None = None
    lease: uuid.UUID | None = None
    changes: dict[str, Any] = field(default_factory=dict)
    told_as: str = ""
    code: str = ""

    @property
    def notice(self) -> str:
        """The kind of mail owed to the supporter; empty if none."""
        return "" if self.letter.text_erased_at else str(self.told_as or NOTICE_FOR_STATUS.get(self.status, ""))

    def update(self) -> bool:
        """Update the row if its status is still the expected one; return whether it was."""
        mine = Letter.objects.filter(pk=self.letter.pk, **self._get_conditions())
        return bool(mine.update(status=self.status, **self._get_changes()))

    def update_alike(self, moves: Sequence[Transition]) -> list[bool]:
        """Update the rows of moves that differ in their letters only, at once, and return which were as expected."""
        mine = Letter.objects.filter(pk__in=[move.letter.pk for move in moves], **self._get_conditions())
        locked = set(mine.order_by("pk").select_for_update().values_list("pk", flat=True))
        Letter.objects.filter(pk__in=locked).update(status=self.status, **self._get_changes())
        return [move.letter.pk in locked for move in moves]

    def is_like(self, other: Transition) -> bool:
        mine, others = ((one.letter.status, one.status, one.lease, one.changes) for one in (self, other))
        return mine == others

    def is_written(self) -> bool:
        return Letter.objects.filter(pk=self.letter.pk, status=self.status, **self.changes).exists()

    def write_event(self) -> LetterEvent:
        return LetterEvent(letter=self.letter, type=self.status, code=self.code, note=self.note, actor=self.actor)

    def show(self) -> None:
        self.letter.status = self.status
        for name, value in self._get_changes().items():
            if not isinstance(value, models.expressions.Combinable):
                setattr(self.letter, name, value)

    def _get_conditions(self) -> dict[str, Any]:
        conditions: dict[str, Any] = {"status": self.letter.status}
        if self.lease is not None:
            conditions["lease_token"] = self.lease
        if self.status in LEASED:
            conditions["outdated_at"] = None
        return conditions

    def _get_changes(self) -> dict[str, Any]:
        unleased = {} if self.status in LEASED else {"lease_token": None, "lease_until": None}
        return self.changes | unleased | ({"outdated_at": find_outdated()} if self.status == Status.QUEUED else {})


def find_outdated() -> Case:
    """Return what marks a letter that carries words that were corrected, and changes nothing in one that is marked.

    So no way into the queue goes past a correction. It never unmarks: of one that is just being made it may not know.
    """
    corrected = CarriedText.objects.corrected().filter(letter=OuterRef("pk"))
    return Case(When(Q(Exists(corrected), outdated_at=None), then=Value(timezone.now())), default=F("outdated_at"))


def apply_transitions(*moves: Transition) -> list[bool]:
    """Apply the transitions that are still possible, with their events, in one transaction; return which were.

    Raises ValueError, having applied none, if TRANSITIONS does not allow one.
    """
    for move in moves:
        if move.status not in TRANSITIONS[move.letter.status]:
            raise ValueError(f"a letter cannot move from {move.letter.status} to {move.status}")
    with transaction.atomic():
        if len(moves) > 1 and all(move.is_like(moves[0]) for move in moves[1:]):
            made = moves[0].update_alike(moves)  # a lease takes ten letters in the time of two
        else:
            made = [move.update() for move in moves]
        done = [*compress(moves, made)]
        LetterEvent.objects.bulk_create(move.write_event() for move in done)
        # Each kind once per letter, even if it fails, is retried and fails again.
        owed = [Notice(letter=move.letter, kind=move.notice) for move in done if move.notice]
        Notice.objects.bulk_create(owed, ignore_conflicts=True)
    for move in done:
        move.show()
    return made
