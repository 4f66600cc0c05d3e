"""Reads what a mail server says of a failure in its own words, without the letter that it quotes."""

from __future__ import annotations

import re

from letters.writing.text import make_printable

MAX_LENGTH = 400

# Where a report begins to quote the letter, whose words must not be taken for the server's.
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
    words = words[: 5 * MAX_LENGTH]
    return make_printable(words)[:MAX_LENGTH]


def judge_text(text: str) -> tuple[str, str]:
    """Return "failed", "delayed", "contradictory" or "" (unknown), and the server's words.

    A report with a permanent error that also says that the server keeps trying contradicts itself.
    """
    said = drop_quoted_letter(text)
    code, trying = FAILURE_CODE.search(said), STILL_TRYING.search(said)
    if code and not trying:
        return "failed", quote_reason(text)
    return ("contradictory" if code else "delayed" if trying else ""), ""


def quote_reason(text: str) -> str:
    """Return the server's words from its reply code on; empty if there is none."""
    said = drop_quoted_letter(text)
    code = FAILURE_CODE.search(said)
    return tidy_words(said[code.start() :].lstrip(" \t:<>(\"'#").split("\n\n")[0][:200].rstrip(") ")) if code else ""


def drop_quoted_letter(text: str) -> str:
    text = text.replace("\r\n", "\n")
    quoted = QUOTED_LETTER.search(text)
    return text[: quoted.start()] if quoted else text
