"""Letters to try things on."""

from __future__ import annotations

import datetime as dt
from typing import Any

from letters.writing.compose import LetterText, Paragraph

BODY = (
    "I am writing as your constituent about the war in Ukraine, because I believe that the United Kingdom has more to "
    "offer than weapons alone, and that the time to use its voice is now, while talking can still save lives.",
    "In November 2022 the chairman of the American joint chiefs of staff said that there was a window of opportunity "
    "for negotiation. He was not a dove, and he was not alone: senior officers in several countries have since said "
    "the same. Each month that has passed has moved the front by a few kilometres and cost tens of thousands of "
    "families a son, a brother or a father, on both sides of the line.",
    "I do not ask that anybody surrender. I ask that our government do what governments have done before: speak with "
    "an adversary it does not trust, because the alternative is worse. The Good Friday Agreement was not signed "
    "between friends. It was signed by people who had every reason to hate one another and who had understood that "
    "neither side would win.",
    "My own grandfather served on the Arctic convoys. He used to say that the men who shouted loudest for the war were "
    "never on the boats. He would have been ashamed of a country that pays for shells and will not pay for a train "
    "ticket to a conference. I teach history at a school in our town, and my pupils ask me what is being done to end "
    "it. I should like to have an answer for them.",
    "Negotiation is not a reward for aggression; it is how nearly every war of the past century has ended, and the "
    "terms have seldom improved for those who waited. A ceasefire monitored by third countries would at least stop "
    "the dying while the rest is argued over.",
)
SOURCES = (
    "Mark Milley, Remarks at the Economic Club of New York, The New York Times, 9 November 2022, "
    "https://www.nytimes.example/2022/11/10/us/politics/biden-ukraine-russia-negotiations.html.",
    "House of Commons Library, The Belfast Agreement: an overview, April 2023.",
    "Office of the High Commissioner for Human Rights, Protection of civilians in armed conflict, 2026.",
)


def make_letter(**changes: Any) -> LetterText:
    """Return a typical letter of about 330 words with three sources, with these fields changed."""
    fields: dict[str, Any] = {
        "language": "en",
        "sender_name": "Margaret Ann Whitfield",
        "sender_lines": ("14 Station Road", "Thornbury", "Bristol", "BS35 2AB"),
        "recipient_lines": ("The Rt Hon Sir Iain Duncan Smith MP", "House of Commons", "London", "SW1A 0AA"),
        "dated": dt.date(2026, 11, 2),
        "salutation": "Dear Sir Iain",
        "subject": "Time to negotiate: an end to the war in Ukraine",
        "paragraphs": tuple(Paragraph(text, {1: (1,), 2: (2, 3)}.get(n, ())) for n, text in enumerate(BODY)),
        "ask": "Will you ask the Foreign Secretary, in writing, what is being done to bring about talks?",
        "sources": SOURCES,
        "credit": (
            "Written with the help of Time to negotiate, a campaign run by Jane Doe, 12 Example Street, London N1 9AA."
        ),
        "reference": "C7QK-4MHW",
    }
    return LetterText(**(fields | changes))


def make_short_letter(**changes: Any) -> LetterText:
    """Return a letter of one sentence without sources, with these fields changed."""
    return make_letter(**({"paragraphs": (Paragraph("Please work for talks."),), "sources": ()} | changes))
