"""Reports in prose, in any language: the SMTP reply code (RFC 5321, 4.2; RFC 3463) that nearly all of them quote.

It says why a letter came back, and in languages that flufl.bounce does not know also that it did. Only what stands
before the returned letter counts.
"""

from __future__ import annotations

import re

LONGEST = 400

# From here on a report quotes the letter, whose own words must not be taken for the server's.
QUOTED_LETTER = re.compile(
    r"^[> \t-]{0,20}(return-path|received|message-id|x-parley-reference|mime-version)\s*:"
    r"|^[^\w\n]{0,40}(below this line is a copy|this is a copy of|original message|message text follows|"
    r"unsent message below|ursprüngliche nachricht|originalnachricht|message d'origine|neges wreiddiol)",
    re.IGNORECASE | re.MULTILINE,
)
STILL_TRYING = re.compile(
    r"will (be retried|keep trying|continue|try again)|not yet been delivered|still (being |trying|in the queue)"
    r"|delivery attempts will|has been delayed|is delayed|delayed \d+ hours|do not need to resend|temporarily"
    r"|verzögert|weiterhin versucht|noch nicht zugestellt|retardé|\boedi\b|ohirio",
    re.IGNORECASE,
)
FAILURE_CODE = re.compile(
    r"(?<![\d.])5[0-5]\d[ -]{1,3}#?5\.\d{1,3}\.\d{1,3}(?![\d.])"  # 550 5.1.1
    r"|(?<![\d.])#5\.\d{1,3}\.\d{1,3}(?![\d.])"  # qmail, Exchange: #5.1.1
    r"|(?:^|[:<>(\"'])[ \t]{0,8}(?=5)5[0-5]\d[ -](?=[^\s\d])",  # said: 550 no such user
    re.MULTILINE,
)


def tidy_words(words: str) -> str:
    """Return a server's words as one printable line of at most 400 characters."""
    words = words[: 5 * LONGEST]
    return " ".join("".join(c if c.isprintable() else " " for c in words).split())[:LONGEST]


def judge_text(text: str) -> tuple[str, str]:
    """Return "failed", "delayed", "contradictory" or "" (nothing known), and the server's words.

    A report that names a permanent code, or a permanent error, and also says that the server goes on trying
    contradicts itself.
    """
    said = cut_letter(text)
    code, trying = FAILURE_CODE.search(said), STILL_TRYING.search(said)
    if code and not trying:
        return "failed", quote_reason(text)
    return ("contradictory" if code else "delayed" if trying else ""), ""


def quote_reason(text: str) -> str:
    """Return what the server says from its reply code on; nothing if it names none."""
    said = cut_letter(text)
    code = FAILURE_CODE.search(said)
    return tidy_words(said[code.start() :].lstrip(" \t:<>(\"'#").split("\n\n")[0][:200].rstrip(") ")) if code else ""


def cut_letter(text: str) -> str:
    """Return the report without the letter that it returns."""
    text = text.replace("\r\n", "\n")
    quoted = QUOTED_LETTER.search(text)
    return text[: quoted.start()] if quoted else text
