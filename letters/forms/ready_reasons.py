"""Reasons for a decision about a held letter that are often right; each can be changed before it is used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from letters.models import Rule

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

TO_RELEASE: dict[str, StrOrPromise] = {
    Rule.THREAT: _("Read in full: the words are no threat here."),
    Rule.LINK: _("Read in full: the link belongs to what they say."),
    Rule.POSTCODE: _("Read in full: the postcode is of a place that they write about."),
    Rule.MEMBER: _("Read in full: they only have the same name as the MP."),
    Rule.DISPOSABLE: _("Read in full: a real letter, whatever the email address."),
    Rule.NEAR_COPY: _("Read in full: people who live together wrote together."),
}
ALWAYS_TO_RELEASE = (_("Read in full: nothing is wrong with it."),)
TO_REFUSE: dict[str, StrOrPromise] = {
    Rule.THREAT: _("Some words in your letter read as a threat. Please say it without them and send it again."),
    Rule.LINK: _("MPs’ offices do not open links. Please say in your own words what is behind it and send it again."),
    Rule.POSTCODE: _("Your letter has a postcode in another constituency. Please write to the MP for where you live."),
    Rule.MEMBER: _("Your letter has the MP’s name as its sender. Please enter your own and send it again."),
    Rule.DISPOSABLE: _("Your MP could not answer to this email address. Please use one that you will keep."),
    Rule.NEAR_COPY: _("Your letter is nearly the same as another. Please say in your own words why it matters to you."),
}
ALWAYS_TO_REFUSE = (
    _("Your letter insults people. Please say what you think without that and send it again."),
    _("Your letter is not about this campaign. Please write about its subject and send it again."),
)


def list_ready(rules: Iterable[str], *, release: bool) -> list[str]:
    """Return the reasons that fit what rules have found, then those that may always fit."""
    by_rule, always = (TO_RELEASE, ALWAYS_TO_RELEASE) if release else (TO_REFUSE, ALWAYS_TO_REFUSE)
    fitting = [by_rule[rule] for rule in dict.fromkeys(rules) if rule in by_rule]
    return [str(reason) for reason in (*fitting, *always)]
