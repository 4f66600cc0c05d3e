"""What may one save of the builder cost, whatever was typed? Run: python -m benchmarks.saves

Sends the builder's whole form with four arguments, as its page does after a pause in typing. The baseline is a letter
as people write it; every other text is made to cost as much as it can. The worst may cost MAX_RATIO times as much. A
letter from another constituency each time may cost hardly more than the baseline: nothing that is kept between requests
may be for one constituency alone.
"""

from __future__ import annotations

import os
import sys
import time

LENGTH = 3000  # characters: the longest that a text may be
MAX_RATIO = 8.0
MAX_ELSEWHERE = 1.4
CONSTITUENCIES = 40


def repeat(text: str) -> str:
    """Return the text as often as it fits."""
    return (text * (LENGTH // len(text) + 1))[:LENGTH].strip()


def count_up(pattern: str) -> str:
    """Return the pattern with 1, 2, 3 and so on in it, for as long as it fits."""
    return "".join(pattern.format(n=n) for n in range(1, LENGTH))[:LENGTH].strip()


OWN_WORDS = "I have thought about this for years."
WORST = {
    "amounts": repeat("£1"),
    "dates": repeat("1/1/2022 "),
    "numbers": count_up("{n} "),
    "numbers in one's own voice": "I " + count_up("{n} "),
    "short sentences": count_up("A {n}. "),
    "postcodes": repeat("M1 1AE "),
    "quotations": count_up('"a b {n}" '),
    "single marks": repeat("' ' '"),
    "open marks": repeat(" ‘a"),
    "one word": repeat("the "),
    "hyphens": repeat("twenty-one thousand "),
    "no spaces": repeat("a"),
}


def main() -> int:
    """Print each text's cost as a ratio to the ordinary letter's; return 1 if one costs too much."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.test import Client
    from django.test.utils import setup_databases, teardown_databases

    from benchmarks.likeness import set_stage
    from tests.letters.factories import GSS, make_constituency

    settings.ALLOWED_HOSTS.append("testserver")
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        campaign, arguments, _constituency = set_stage()
        for number in range(CONSTITUENCIES):
            make_constituency(GSS if number == 0 else f"E1400{number:04}", f"Place {number}")
        campaign.mode = "rehearsal"
        campaign.save()
        keys = sorted(arguments)[:4]
        client, base = Client(headers={"HX-Request": "true"}), f"/{campaign.slug}/write/"
        client.post(base, {"gss": GSS})
        client.post(f"{base}arguments/", {"arguments": keys})

        def save(own_words: str, texts: dict[str, str], number: int = 0) -> float:
            gss = GSS if number == 0 else f"E1400{number:04}"
            if number:
                client.post(base, {"gss": gss})
            form = {"action": "save", "version": 99999, "page": "x", "gss": gss, "source_style": "notes"}
            form |= {"order": " ".join(["~own", *keys]), "own_words": own_words}
            form |= {f"text-{key}": text for key, text in texts.items()}
            started = time.thread_time()
            assert client.post(f"{base}words/", form).status_code == 200
            return time.thread_time() - started

        ordinary = {key: f"{arguments[key].phrasings.all()[0].text} That is wrong." for key in keys}
        baseline = min(save(OWN_WORDS, ordinary) for _ in range(5))
        elsewhere = min(save(OWN_WORDS, ordinary, number) for number in range(1, CONSTITUENCIES)) / baseline
        ratios = {
            name: min(save(text, dict.fromkeys(keys, text)) for _ in range(3)) / baseline
            for name, text in WORST.items()
        }
    finally:
        teardown_databases(databases, verbosity=0)
    for name, ratio in sorted(ratios.items(), key=lambda item: -item[1]):
        print(f"{ratio:6.2f} × an ordinary letter ({baseline * 1000:.0f} ms)  {name}")
    worst = max(ratios.values())
    print(f"the worst: {worst:.2f}, at most {MAX_RATIO}")
    print(f"from another constituency each time: {elsewhere:.2f}, at most {MAX_ELSEWHERE}")
    return int(worst > MAX_RATIO or elsewhere > MAX_ELSEWHERE)


if __name__ == "__main__":
    sys.exit(main())
