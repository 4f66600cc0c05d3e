"""Loads a Pack into the database, in one transaction, and reports what changed.

The pack decides the content: title, texts, themes, asks, arguments and their order. It never decides how the campaign
runs: it has no mode, dates or rehearsal address, and promoter, contact and sending hours are taken from it only while
they are empty here. What has happened since the date of the facts is taken only from a pack that says so. Loading
reviews nothing. An argument that the pack no longer has is unpublished, not deleted; if it returns it is published
again, unless an organiser had unpublished it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any, TypeVar

from django.db import models, transaction

from campaign.content.changes import Change, What, make_fingerprint
from campaign.content.models import Argument, Ask, Campaign, Fact, Phrasing, Source, Theme
from campaign.content.pack import (
    Pack,
    PackArgument,
    PackAsk,
    PackNote,
    PackPhrasing,
    PackSource,
    PackTheme,
    shorten_text,
)
from campaign.content.pack_order import sort_arguments

FILLED_IF_EMPTY = ("promoter_name", "promoter_address", "contact_email", "complaints_contact")
HOURS = ("send_from", "send_until", "send_days")  # filled only together
TAKEN = ("title", "language", "subject", "tagline", "brief", "credit", "own_words_minimum", "preface_by_default")
LINES = (
    "prompts",
    "openings",
    "preface",
    "preface_signs",
    "preface_own_signs",
    "subjects",
)  # each a list in the pack and lines of one text here
UNTOLD = {"position", "dropped_by_pack"}  # reported in other words
CONTENT = {"title", "claim", "as_of", "since"}  # what a review covers, with phrasings and sources

SAID = ("title", "claim", "as_of", "review_every_days", "question", "order", "first")
SINCE = ("since", "since_date", "since_in_letter")

M = TypeVar("M", bound=models.Model)
R = TypeVar("R", Source, Fact)


def load_pack(pack: Pack, *, dry_run: bool = False) -> list[str]:
    """Make the database match the pack; return what changed, a line each.

    With `dry_run` everything is done and then rolled back, so that the lines are the same.
    """
    return [str(change) for change in make_changes(pack, dry_run=dry_run) if change.what != What.KEPT]


class ChangedMeanwhileError(Exception):
    """The pack would now make other changes than those shown. Nothing was changed; `changes` lists them."""

    def __init__(self, changes: list[Change]) -> None:
        super().__init__("The campaign has changed since the changes were shown.")
        self.changes = changes


def make_changes(pack: Pack, *, dry_run: bool = False, seen: str | None = None) -> list[Change]:
    """Load the pack; return what changed, and what was kept although the pack says otherwise.

    `seen` is the fingerprint of the changes that somebody agreed to. Raises ChangedMeanwhileError if they are no longer
    the same.
    """
    with transaction.atomic():
        changes = _Loading(pack).run()
        if seen is not None and make_fingerprint(changes) != seen:
            transaction.set_rollback(True)
            raise ChangedMeanwhileError(changes)
        if dry_run:
            transaction.set_rollback(True)
    return changes


class _Loading:
    """Loads one pack."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.changes: list[Change] = []
        self.moved: set[str] = set()

    def run(self) -> list[Change]:
        self.load_campaign()
        themes = {theme.key: theme for theme in self.campaign.themes.all()}
        asks = {ask.key: ask for ask in self.campaign.asks.all()}
        self.load_entries(Theme, themes, self.pack.themes)
        self.load_arguments(themes)
        self.load_entries(Ask, asks, self.pack.asks)
        # Themes last: those that an argument still stands under are kept.
        needed = set(self.campaign.arguments.values_list("theme_id", flat=True))
        self.delete_gone([theme for theme in themes.values() if theme.pk not in needed], self.pack.themes)
        self.delete_gone(asks.values(), self.pack.asks)
        return [*self.changes, *(Change(What.MOVED, kind) for kind in sorted(self.moved))]

    def load_campaign(self) -> None:
        wanted = {name: getattr(self.pack, name) for name in TAKEN} | {
            name: "\n".join(getattr(self.pack, name)) for name in LINES
        }
        campaign = Campaign.objects.select_for_update().filter(slug=self.pack.slug).first()
        self.campaign = campaign or Campaign(slug=self.pack.slug)
        given = {name: value for name in (*FILLED_IF_EMPTY, *HOURS) if (value := getattr(self.pack, name))}
        kept = {name for name in FILLED_IF_EMPTY if getattr(self.campaign, name)}
        if any(getattr(self.campaign, name) for name in HOURS):
            kept |= {*HOURS}
        wanted |= {name: value for name, value in given.items() if name not in kept}
        name = f"campaign {self.pack.slug}"
        self.save(self.campaign, wanted, name)
        for field in given:
            if field in kept and (old := getattr(self.campaign, field)) != given[field]:
                self.changes.append(Change(What.KEPT, name, field, old, given[field]))

    def load_entries(self, model: type[M], here: dict[str, M], entries: Sequence[PackTheme | PackAsk]) -> None:
        keys = [entry.key for entry in entries]
        in_order = [key for key in here if key in keys] == keys
        for position, entry in enumerate(entries):
            one = here.setdefault(entry.key, model(campaign=self.campaign, key=entry.key))
            wanted = _make_values(asdict(entry)) | ({} if in_order else {"position": position})
            self.save(one, wanted, f"{model._meta.verbose_name} {entry.key}")

    def load_arguments(self, themes: dict[str, Theme]) -> None:
        here = {argument.key: argument for argument in self.campaign.arguments.with_facts()}
        keys = [entry.key for entry in self.pack.arguments]
        in_order = [one.key for one in sort_arguments(one for one in here.values() if one.key in keys)] == keys
        for position, entry in enumerate(self.pack.arguments):
            argument = here.get(entry.key) or Argument(campaign=self.campaign, key=entry.key)
            wanted: dict[str, Any] = {} if in_order else {"position": position}
            if argument.dropped_by_pack:
                wanted |= {"dropped_by_pack": False, "published": True}
            elif not argument.published:
                self.changes.append(Change(What.KEPT, f"argument {entry.key}", "published", "no", "yes"))
            self.load_argument(argument, entry, themes[entry.theme], wanted)
        for argument in here.values():
            if argument.key not in keys and argument.published:
                Argument.objects.filter(pk=argument.pk).update(published=False, dropped_by_pack=True)
                self.changes.append(Change(What.UNPUBLISHED, f"argument {argument.key}", old=argument.title))

    def load_argument(self, argument: Argument, entry: PackArgument, theme: Theme, wanted: dict[str, Any]) -> None:
        is_new, name = argument.pk is None, f"argument {entry.key}"
        told_of = SAID + (SINCE if entry.since else ())
        wanted |= {field: getattr(entry, field) for field in told_of} | {"subjects": "\n".join(entry.subjects)}
        changed = self.save(argument, wanted | {"theme": theme}, name)
        told = len(self.changes)
        texts_changed = self.load_texts(argument, entry, name)
        if is_new:
            # A new argument is reported as a whole, texts and sources included.
            texts = [change.new for change in self.changes[told - 1 :]]
            self.changes[told - 1 :] = [Change(What.ADDED, name, new="\n\n".join(texts))]
        elif texts_changed or changed & CONTENT:
            # What was reviewed is no longer what it says.
            argument.forget_review()
            argument.save(update_fields=["reviewed_on", "reviewed_by", "review_note"])

    def load_texts(self, argument: Argument, entry: PackArgument, name: str) -> bool:
        """Make phrasings and sources match the pack; return whether any changed."""
        sources, spare_sources, changed = self.load_rows(argument, Source, entry.sources, name)
        phrasings = {(one.language, one.length, one.variant): one for one in argument.phrasings.all()}
        counted: dict[tuple[str, str], int] = {}
        for phrasing in entry.phrasings:
            pair = (phrasing.language, phrasing.length)
            variant = counted[pair] = counted.get(pair, -1) + 1
            one = phrasings.pop((*pair, variant), None) or Phrasing(argument=argument)
            number = f" {variant + 1}" if variant else ""
            changed |= self.load_phrasing(one, phrasing, variant, sources, f"{name}: {' '.join(pair)} phrasing{number}")
        _facts, spare_facts, others = self.load_rows(argument, Fact, entry.notes, name, sources)
        for gone in [*phrasings.values(), *spare_facts, *spare_sources]:
            others = True
            gone_name = f"{name}: {gone._meta.verbose_name} {shorten_text(str(gone))}"
            said = gone.text if isinstance(gone, Phrasing) else str(gone)
            self.changes.append(Change(What.REMOVED, gone_name, old=said))
            gone.delete()
        return changed | others

    def load_phrasing(self, one: Phrasing, entry: PackPhrasing, variant: int, sources: list[Source], name: str) -> bool:
        """Make one wording match the pack; return whether it changed."""
        wanted = {"language": entry.language, "length": entry.length, "variant": variant, "text": entry.text}
        people = [asdict(person) for person in entry.people]
        changed = bool(self.save(one, wanted | {"people": people}, name))
        relied_on = [sources[number - 1] for number in entry.sources]
        before = set(one.sources.all())
        if before != set(relied_on):
            one.sources.set(relied_on)
            if not changed:
                notes = ("; ".join(map(str, ones)) for ones in (before, relied_on))
                self.changes.append(Change(What.CHANGED, name, "sources", *notes))
            changed = True
        return changed

    def load_rows(
        self,
        argument: Argument,
        model: type[R],
        entries: Sequence[PackSource | PackNote],
        name: str,
        sources: Sequence[Source] = (),
    ) -> tuple[list[R], list[R], bool]:
        """Make rows without keys match the pack by position.

        Return the rows as they are now, those that the pack no longer has, and whether any changed.
        """
        here = list(model.objects.filter(argument=argument))
        end = max((one.position for one in here), default=-1)
        now, changed = [], False
        for number, entry in enumerate(entries, 1):
            mine = here.pop(0) if here else model(argument=argument, position=end + number)
            wanted: dict[str, Any] = asdict(entry)
            if isinstance(entry, PackNote):
                wanted["source"] = sources[entry.source - 1] if entry.source else None
            changed |= bool(self.save(mine, wanted, f"{name}: {model._meta.verbose_name} {number}"))
            now.append(mine)
        return now, here, changed

    def save(self, one: models.Model, wanted: dict[str, Any], name: str) -> set[str]:
        old = {field: getattr(one, field, None) for field in wanted}
        changed = {field for field, value in wanted.items() if one.pk is None or old[field] != value}
        if not changed:
            return changed
        for field in changed:
            setattr(one, field, wanted[field])
        if one.pk is None:
            one.save()
            self.changes.append(Change(What.ADDED, name, new=_list_texts(wanted)))
            return changed
        # Only changed fields, so that a mode set meanwhile stays.
        one.save(update_fields=[*changed, *(["updated_at"] if isinstance(one, Campaign) else [])])
        self.changes += [
            Change(What.CHANGED, name, field, str(old[field]), str(wanted[field]))
            for field in wanted
            if field in changed - UNTOLD
        ]
        if "position" in changed:
            self.moved.add(str(one._meta.verbose_name_plural))
        return changed

    def delete_gone(self, here: Iterable[Theme] | Iterable[Ask], entries: Sequence[PackTheme | PackAsk]) -> None:
        keys = {entry.key for entry in entries}
        for one in here:
            if one.key not in keys:
                one.delete()
                self.changes.append(Change(What.REMOVED, f"{one._meta.verbose_name} {one.key}", old=str(one)))


def _make_values(values: dict[str, Any]) -> dict[str, Any]:
    """Return the fields' values: lists, and lines of a text."""
    made = {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return made | {name: "\n".join(made[name]) for name in ("wordings",) if name in made}


def _list_texts(wanted: dict[str, Any]) -> str:
    said = [value for name, value in wanted.items() if name != "key" and isinstance(value, str)]
    return "\n".join(str(value) for value in said if value)
