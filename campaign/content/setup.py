"""What the screens of a new campaign save: themes, claims and keys are made where nobody names them."""

from __future__ import annotations

import re
from typing import Any

from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from campaign.content.models import Argument, Ask, Campaign, Phrasing, Source, Theme
from campaign.content.setup_forms import ANYWHERE, CHAMBER

MAX_CLAIM = Argument._meta.get_field("claim").max_length or 0
Said = dict[str, Any]  # what a form says, by the names of its fields


def make_claim(text: str) -> str:
    """Return a paragraph's first sentence, which stands for it on a card."""
    first = re.split(r"(?<=[.!?…])\s", " ".join(text.split()), maxsplit=1)[0]
    if len(first) <= MAX_CLAIM:
        return first
    short = first[: MAX_CLAIM - 1]
    return f"{short.rpartition(' ')[0] or short}…"


def make_key(words: str, taken: set[str]) -> str:
    base = slugify(words)[:50].strip("-") or "one"
    return next(
        key for number in range(1, len(taken) + 3) if (key := base if number == 1 else f"{base}-{number}") not in taken
    )


def make_prompts() -> str:
    questions = (
        _("Why does this matter to you?"),
        _("What have you seen of it where you live?"),
        _("Whom do you know who is affected?"),
    )
    return "\n".join(questions)


def read_subject(campaign: Campaign) -> Said:
    return {"title": campaign.title, "tagline": campaign.tagline, "slug": campaign.slug}


def save_subject(campaign: Campaign, said: Said) -> None:
    """Save the subject; the letters' subject line is the title until somebody writes another."""
    if not campaign.pk:
        campaign.mode, campaign.prompts = Campaign.Mode.DRAFT, make_prompts()
    if campaign.subject in ("", campaign.title):
        campaign.subject = said["title"]
    campaign.title, campaign.tagline, campaign.slug = said["title"], said["tagline"], said["slug"]
    campaign.save()


def read_why(campaign: Campaign) -> Said:
    return {"brief": campaign.brief}


def save_why(campaign: Campaign, said: Said) -> None:
    campaign.brief = said["brief"]
    campaign.save(update_fields=["brief", "updated_at"])


def read_who(campaign: Campaign) -> Said:
    said = {name: getattr(campaign, name) for name in ("promoter_name", "promoter_address", "contact_email")}
    usual = say_complaints(said)
    return {**said, "complaints_contact": "" if campaign.complaints_contact == usual else campaign.complaints_contact}


def save_who(campaign: Campaign, said: Said) -> None:
    for name, value in {**said, "complaints_contact": said["complaints_contact"] or say_complaints(said)}.items():
        setattr(campaign, name, value)
    campaign.save(update_fields=[*said, "updated_at"])


def say_complaints(said: Said) -> str:
    return ", ".join(part for part in (said["promoter_name"][:90], said["contact_email"]) if part)[:200]


def read_argument(argument: Argument) -> Said:
    phrasing, source = argument.phrasings.first(), argument.sources.first()
    said = {"title": argument.title, "text": phrasing.text if phrasing else argument.claim}
    if source:
        said |= {"who": source.who, "what": source.title, "date": source.date, "url": source.url}
    if not source or argument.as_of != source.date:
        said["as_of"] = argument.as_of
    if argument.campaign.themes.count() > 1:
        said["theme"] = argument.theme.title
    return said


def save_argument(campaign: Campaign, argument: Argument | None, said: Said, by: Any = None) -> Argument:
    """Save the argument with its paragraph and its source, as checked today by whoever saves it."""
    phrasing = argument.phrasings.first() if argument else None
    if argument is None:
        keys = set(campaign.arguments.values_list("key", flat=True))
        argument = Argument(campaign=campaign, key=make_key(said["title"], keys), position=len(keys))
    if not argument.claim or (phrasing and argument.claim == make_claim(phrasing.text)):
        argument.claim = make_claim(said["text"])
    argument.title, argument.as_of = said["title"], said["as_of"] or said["date"]
    if said["theme"] or not argument.theme_id:
        argument.theme = find_theme(campaign, said["theme"])
    argument.note_review(by, _("Checked against its source when it was added."))
    argument.save()
    phrasing = phrasing or Phrasing(argument=argument, language=campaign.language, length=Phrasing.Length.SHORT)
    phrasing.text = said["text"]
    phrasing.save()
    source = argument.sources.first() or Source(argument=argument)
    source.who, source.title, source.date, source.url = said["who"], said["what"], said["date"], said["url"]
    source.save()
    return argument


def find_theme(campaign: Campaign, title: str) -> Theme:
    """Return the campaign's theme of that title, or a new one; without a title, the last one or the usual one."""
    themes = list(campaign.themes.all())
    if not title and themes:
        return themes[-1]
    title = title or _("Why it matters")
    found = next((theme for theme in themes if theme.title.casefold() == title.casefold()), None)
    key = make_key(title, {theme.key for theme in themes})
    return found or Theme.objects.create(campaign=campaign, title=title, key=key, position=len(themes))


def drop_empty_themes(campaign: Campaign) -> None:
    campaign.themes.filter(arguments=None).delete()


def read_ask(ask: Ask) -> Said:
    return {"label": ask.label, "text": ask.text, "kind": CHAMBER if ask.in_chamber else ANYWHERE}


def save_ask(campaign: Campaign, ask: Ask | None, said: Said, by: Any = None) -> Ask:
    if ask is None:
        keys = set(campaign.asks.values_list("key", flat=True))
        ask = Ask(campaign=campaign, key=make_key(said["label"], keys), position=len(keys))
    ask.label, ask.text, ask.in_chamber = said["label"], said["text"], said["kind"] == CHAMBER
    ask.save()
    return ask


def arrange(items: list[Any], moved: Any, by: int) -> None:
    """Move one of a campaign's arguments or asks up or down its list."""
    at = items.index(moved)
    to = min(max(at + by, 0), len(items) - 1)
    items.insert(to, items.pop(at))
    for position, item in enumerate(items):
        if item.position != position:
            type(item).objects.filter(pk=item.pk).update(position=position)


def fill_gaps(name: str, said: Said) -> Said:
    """Complete what somebody has typed so far, so that it can be shown."""
    gaps = {
        "subject": {"title": _("Your campaign’s name"), "tagline": _("What you want, in one sentence.")},
        "why": {"brief": _("Why it matters.")},
        "arguments": {"title": "…", "text": "…", "who": "…", "what": "…", "date": str(timezone.localdate().year)},
        "asks": {"label": "…", "text": "…", "kind": ANYWHERE},
        "who": {"promoter_name": "", "promoter_address": "", "contact_email": "", "complaints_contact": ""},
    }[name]
    others = {"arguments": {"url": "", "as_of": "", "theme": ""}}.get(name, {})
    return {**others, **said, **{key: said.get(key) or gap for key, gap in gaps.items()}}
