"""Copies a campaign."""

from __future__ import annotations

from typing import TypeVar

from django.db import models, transaction

from campaign.content.models import Argument, Campaign, CampaignPicture

NOT_COPIED = {"id", "slug", "title", "starts_on", "ends_on", "goal", "goal_occasion", "updated_at"}
NOT_COPIED |= {"mode", "pause_message", "paused_from", "closed_at"}

M = TypeVar("M", bound=models.Model)


@transaction.atomic
def copy_campaign(campaign: Campaign, *, slug: str, title: str) -> Campaign:
    """Make a draft with all the campaign's content, unpublished arguments included.

    Mode, dates, goal and letters are not copied. Raises IntegrityError if the slug is taken.
    """
    fields = {field.attname for field in Campaign._meta.concrete_fields} - NOT_COPIED
    values = {name: getattr(campaign, name) for name in fields}
    copy = Campaign.objects.create(slug=slug, title=title, mode=Campaign.Mode.DRAFT, **values)
    themes = {theme.pk: _copy_row(theme, campaign=copy) for theme in campaign.themes.all()}
    for picture in CampaignPicture.objects.filter(campaign=campaign):
        _copy_row(picture, campaign=copy)
    for ask in campaign.asks.all():
        _copy_row(ask, campaign=copy)
    for argument in Argument.objects.filter(campaign=campaign).with_facts():
        copied = _copy_row(argument, campaign=copy, theme=themes[argument.theme_id], reminded_days=None)
        sources = {source.pk: _copy_row(source, argument=copied) for source in argument.sources.all()}
        for fact in argument.facts.all():
            _copy_row(fact, argument=copied, source=sources.get(fact.source_id or 0))
        for phrasing in argument.phrasings.all():
            relied_on = [sources[source.pk] for source in phrasing.sources.all()]
            _copy_row(phrasing, argument=copied).sources.set(relied_on)
    return copy


def _copy_row(row: M, **changes: object) -> M:
    fields = {field.name for field in row._meta.concrete_fields if not field.primary_key} - set(changes)
    values = {name: getattr(row, name) for name in fields}
    return type(row)._default_manager.create(**values, **changes)
