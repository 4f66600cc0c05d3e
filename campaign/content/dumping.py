"""From the database to a Pack, and from a Pack to the YAML that people edit."""

from __future__ import annotations

import dataclasses
from typing import Any

import yaml
from django.db.models import Q

from campaign.content.loading import LINES
from campaign.content.models import Argument, Campaign
from campaign.content.models.campaign import split_lines
from campaign.content.pack import (
    PACK_FORMAT,
    Pack,
    PackArgument,
    PackAsk,
    PackNote,
    PackPerson,
    PackPhrasing,
    PackSource,
    PackTheme,
)
from campaign.content.pack_order import sort_arguments

WIDTH = 110
LONG = 100  # a text with a longer line is written as a folded block
LEFT_OUT_IF_EMPTY = {
    "promoter_name",
    "promoter_address",
    "contact_email",
    "complaints_contact",
    "send_from",
    "send_until",
    "send_days",
    "openings",
    "preface",
    "preface_signs",
    "preface_own_signs",
    "subjects",
}
# Keys of a pack's entries that format 1 lacks.
LEFT_OUT_IF_DEFAULT: dict[type, dict[str, Any]] = {
    PackAsk: {"wordings": (), "not_for": (), "only_for": ()},
    PackPhrasing: {"sources": (), "people": ()},
    PackSource: {"via": ""},
    PackNote: {"source": 0},
    PackArgument: {
        "question": "",
        "subjects": (),
        "order": 0,
        "first": False,
        "notes": (),
        "since": "",
        "since_date": "",
        "since_in_letter": False,
    },
}


def make_pack(campaign: Campaign) -> Pack:
    arguments = sort_arguments(campaign.arguments.with_facts().filter(published=True))
    themes = campaign.themes.filter(Q(arguments__isnull=True) | Q(arguments__in=arguments)).distinct()
    return Pack(
        format=PACK_FORMAT,
        prompts=tuple(campaign.prompt_list),
        openings=tuple(campaign.opening_list),
        preface=tuple(campaign.preface_list),
        preface_signs=tuple(campaign.preface_sign_list),
        preface_own_signs=tuple(campaign.preface_own_sign_list),
        subjects=tuple(split_lines(campaign.subjects)),
        themes=tuple(PackTheme(**_take(PackTheme, theme)) for theme in themes),
        asks=tuple(
            PackAsk(
                wordings=tuple(split_lines(ask.wordings)),
                not_for=tuple(ask.not_for),
                only_for=tuple(ask.only_for),
                **_take(PackAsk, ask, "wordings", "not_for", "only_for"),
            )
            for ask in campaign.asks.all()
        ),
        arguments=tuple(_make_argument(argument) for argument in arguments),
        **_take(Pack, campaign, "format", *LINES, "themes", "asks", "arguments"),
    )


def _make_argument(argument: Argument) -> PackArgument:
    sources = list(argument.sources.all())
    numbers = {source.pk: number for number, source in enumerate(sources, 1)}
    return PackArgument(
        theme=argument.theme.key,
        subjects=tuple(argument.subject_list),
        notes=tuple(
            PackNote(text=fact.text, source=numbers.get(fact.source_id or 0, 0)) for fact in argument.facts.all()
        ),
        phrasings=tuple(
            PackPhrasing(
                sources=tuple(sorted(numbers[source.pk] for source in one.sources.all() if source.pk in numbers)),
                people=tuple(PackPerson(**person) for person in one.people),
                **_take(PackPhrasing, one, "sources", "people"),
            )
            for one in argument.phrasings.all()
        ),
        sources=tuple(PackSource(**_take(PackSource, one)) for one in sources),
        **_take(PackArgument, argument, "theme", "subjects", "notes", "phrasings", "sources"),
    )


def write_pack(pack: Pack) -> str:
    values = {name: value for name, value in _list_values(pack).items() if value or name not in LEFT_OUT_IF_EMPTY}
    text: str = yaml.dump(
        values, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=WIDTH, default_flow_style=False
    )
    return text


def _list_values(one: Any) -> dict[str, Any]:
    defaults = LEFT_OUT_IF_DEFAULT.get(type(one), {})
    values = {}
    for field in dataclasses.fields(one):
        value = getattr(one, field.name)
        if field.name in defaults and value == defaults[field.name]:
            continue
        if isinstance(value, tuple):
            value = tuple(_list_values(item) if dataclasses.is_dataclass(item) else item for item in value)
        values[field.name] = value
    return values


def _take(wanted: type, one: Any, *without: str) -> dict[str, Any]:
    return {field.name: getattr(one, field.name) for field in dataclasses.fields(wanted) if field.name not in without}


class _Dumper(yaml.SafeDumper):
    """Indents lists, writes long texts as blocks, and uses no aliases."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> Any:
        return super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    long = any(len(line) > LONG for line in text.splitlines())
    style = ">" if long else "|" if "\n" in text else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Dumper.add_representer(str, _represent_text)
_Dumper.add_representer(tuple, lambda dumper, items: dumper.represent_list(items))
