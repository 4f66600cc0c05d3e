"""What may one save of the builder cost, whatever was typed? Run: python -m benchmarks.saves

Sends the builder's whole form with four arguments, as its page does after a pause in typing.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable

MOST = 3000


def repeat(text: str, length: int = MOST) -> str:
    return (text * (length // len(text) + 1))[:length].strip()


def numbered(pattern: str, length: int = MOST) -> str:
    text, n = "", 0
    while len(text) < length:
        n += 1
        text += pattern.format(
            n=n,
            d=n % 28 + 1,
            m=n % 12 + 1,
            y=1900 + n % 120,
            l=chr(97 + n % 26),
            w=chr(97 + n % 26) + chr(97 + n // 26 % 26) + chr(97 + n // 676 % 26),
        )
    return text[:length].strip()


def texts(original: str) -> dict[str, str]:
    words = original.split()
    return {
        "£1": repeat("£1"),
        "dates same": repeat("1/1/2022 "),
        "dates diff": numbered("{d}/{m}/{y} "),
        "numbers diff": numbered("{n} "),
        "numbers diff I": "I " + numbered("{n} "),
        "£ diff": numbered("£{n}"),
        "sentences": numbered("A {n}. "),
        "sentences I": numbered("I {n}. "),
        "sentences w": numbered("A{w} {n}. "),
        "postcodes": repeat("M1 1AE "),
        "quoted same": repeat('"a" "b" '),
        "quoted 3 same": repeat('"a b c" '),
        "quoted 3 diff": numbered('"a b {n}" '),
        "quoted 3 words": numbered('"a b {w}" '),
        "quoted nested": "'" * 1 + repeat("'a "),
        "singles": repeat("' ' '"),
        "singles2": repeat("'a' "),
        "curly": repeat("‘a’ "),
        "open": repeat(" ‘a"),
        "word": repeat("a "),
        "the": repeat("the "),
        "words": numbered("{w} "),
        "same sentence": repeat(original.split(". ")[0] + ". "),
        "orig words": repeat(words[0] + " " + words[1] + " "),
        "original + £": original[:2000] + numbered("£{n}", 900),
        "original + £ x": original[:1500] + " " + numbered("{n} ", 1400),
        "original + quotes": original[:1500] + numbered(' "a b {w}"', 1400),
        "half quote": repeat('"' + original[:500].replace('"', "") + '" '),
        "dots": repeat(". A"),
        "newlines": repeat("a\n"),
        "spelled": repeat("two "),
        "spelled hyphen": repeat("twenty-one thousand "),
        "digits": repeat("1"),
        "digits space": repeat("1 000 "),
        "spaces": "a" + " " * 2990 + "b",
        "fine": original,
        "long word": repeat("a"),
        "hyphens": repeat("a-"),
        "apostrophes": repeat("a'"),
        "urls": repeat("www.a.co "),
        "cjk": repeat("漢字"),
        "emoji": repeat("👍 "),
    }


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases, setup_test_environment
    from django.test import Client
    from letters.faithful import check_edit
    from django.conf import settings

    settings.ALLOWED_HOSTS.append("testserver")
    databases = setup_databases(verbosity=0, interactive=False)
    import logging

    try:
        from benchmarks.likeness import set_stage
        from tests.letters.factories import make_seat

        campaign, arguments, _seat = set_stage()
        make_seat()
        campaign.mode = "rehearsal"
        campaign.save()
        keys = sorted(arguments, key=lambda key: -max(len(p.text) for p in arguments[key].phrasings.all()))[:4]
        longest = {key: max(arguments[key].phrasings.all(), key=lambda p: len(p.text)) for key in keys}
        print({k: (p.length, len(p.text)) for k, p in longest.items()})
        client = Client(headers={"HX-Request": "true"})
        base = f"/{campaign.slug}/write/"

        def path(step):
            return base + step

        r = client.post(base, {"gss": "E14001172"})
        assert client.session.get("drafts"), r
        client.post(path("arguments/"), {"arguments": keys})
        page = client.get(path("words/"))
        assert page.status_code == 200, page
        turn = 0

        def save(made):
            nonlocal turn
            turn += 1
            form = {
                "action": "save",
                "turn": turn,
                "version": 99999,
                "page": "x",
                "order": "~own " + " ".join(keys),
                "gss": "E14001172",
                "with_sources": "on",
            }
            form |= {"own_words": made.get("own", "")}
            for key in keys:
                form |= {
                    f"text-{key}": made[key],
                    f"length-{key}": longest[key].length,
                    f"shown-{key}": longest[key].length,
                }
            import cProfile, pstats

            prof = cProfile.Profile() if os.environ.get("PROF") else None
            if prof:
                prof.enable()
            start = time.thread_time()
            r = client.post(path("words/"), form, headers={"HX-Request": "true"})
            if prof:
                prof.disable()
                pstats.Stats(prof).sort_stats(os.environ["PROF"]).print_stats(30)
            assert r.status_code == 200, r
            return (time.thread_time() - start), r

        only = sys.argv[1:]
        rows = []
        for name in texts("x y. z"):
            if only and name not in only:
                continue
            made = {key: texts(longest[key].text)[name] for key in keys}
            made["own"] = texts(longest[keys[0]].text)[name] if name != "fine" else "I care."
            t = [save(made) for _ in range(3 if not only else 1)]
            ce = time.thread_time()
            for key in keys:
                check_edit(longest[key].text, made[key])
            ce = time.thread_time() - ce
            rows.append((min(x[0] for x in t), name, ce, t[-1][1].headers.get("HX-Trigger", "")[:60]))
        for t, name, ce, st in sorted(rows, reverse=True):
            print(f"{t * 1000:8.0f} ms  check x4 {ce * 1000:6.1f}  {name:20s} {st}")
    finally:
        teardown_databases(databases, verbosity=0)
    return 0


if __name__ == "__main__":
    sys.exit(main())
