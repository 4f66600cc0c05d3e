"""Fingerprints tell how near texts are, and cost nothing before they are needed."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from typing import Any

import pytest

from letters.writing.minhash import WIDTH, Nearness, compare, compare_each, take_fingerprint
from letters.writing.own_words import split_words

TEXT = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"


def fingerprint(*paragraphs: str) -> bytes:
    return take_fingerprint([split_words(text)] for text in paragraphs)


def test_numpy_is_not_loaded_when_the_site_starts() -> None:
    program = (
        "import sys, django; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns;"
        "import campaign.wsgi, campaign.celery, letters.writing.originality, letters.delivery.worker, letters.tasks;"
        "print('numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.parametrize("texts", [(), ("",), ("Too short to say.",), ("a b", "c d")])
def test_very_short_texts_have_no_fingerprint_and_are_near_nothing(texts: tuple[str, ...]) -> None:
    assert fingerprint(*texts) == b""
    assert compare(b"", [fingerprint(TEXT)]) == compare(fingerprint(TEXT), [b""]) == Nearness(0.0, copied=False)


def test_a_fingerprint_is_the_same_in_every_process_and_every_version(settings: Any) -> None:
    """The rows of letters already confirmed are compared with new ones."""
    settings.SECRET_KEY = "a key for this test"
    assert (
        hashlib.sha256(fingerprint(TEXT)).hexdigest()
        == "9be9266495b2531c84df228a8b2dcdb307973df4c809550f3480199f8cce5281"
    )


def test_each_of_many_is_compared_as_if_it_were_alone() -> None:
    half = " ".join([*TEXT.split()[:8], *(f"other{number}" for number in range(8))])
    theirs = [fingerprint(half, TEXT), b"", fingerprint("nothing of it stands in this one, however long it may be")]
    theirs += [fingerprint(TEXT), fingerprint(half)]
    for mine in (fingerprint(TEXT), fingerprint(TEXT, half), b""):
        assert compare_each(mine, theirs) == [compare(mine, [one]) for one in theirs]
    assert compare_each(fingerprint(TEXT), []) == []


def test_a_fingerprint_has_a_record_for_each_paragraph_and_none_of_its_words() -> None:
    assert len(fingerprint(TEXT, TEXT.upper(), "a few more")) == 2 * 2 * WIDTH
    assert compare(fingerprint(TEXT), [fingerprint(TEXT.upper())]) == Nearness(1.0, copied=True)
    assert b"three" not in fingerprint(TEXT)


def test_what_a_text_contains_is_estimated_well_enough() -> None:
    words = [f"word{number}" for number in range(300)]
    other = [f"other{number}" for number in range(300)]
    for part in (30, 100, 200):
        mixed = fingerprint(" ".join(words[:part] + other[part:]))
        near = compare(mixed, [fingerprint(" ".join(words)), fingerprint(TEXT)])
        assert near.share == pytest.approx(part / 300, abs=0.1)
