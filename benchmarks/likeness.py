"""Does the score rank letters as a reader would, and quickly? Run: python -m benchmarks.likeness [--letters N]

Makes letters by a seed: copied (the bank's paragraphs alone, or another supporter's words), lightly edited (the same
with an eighth of the words changed) and own ones, all to one MP with 5,000 letters. The bank's paragraphs come in all
their wordings. A third of the own letters say an argument in the supporter's own words, not the box; of those that
copy, some do so there, another supporter's words or the argument's own facts. They share their clauses more than
people's letters do, so it is the harder task. Exits 1 if a gate is missed: of all pairs of a copied and a lightly
edited letter, and of a lightly edited and an own one, 95% rank the right way round (the area under the ROC curve); one
judgement takes at most a tenth of the time of comparing with 5,000 stored texts.
"""

from __future__ import annotations

import argparse
import bisect
import io
import itertools
import os
import random
import re
import statistics
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from campaign.content.models import Argument, Campaign
    from campaign.parliament.models import Constituency
    from letters.writing.draft import Draft

GATE_AUC = 0.95
GATE_RATIO = 0.1
COMPARED = 5000
LIGHTLY = 1 / 8  # of the words
OWN_WAY_SHARE = 1 / 3  # of the letters say an argument in their own words
KINDS = ("copied", "lightly edited", "own")

# Sentences as people write them: three clauses, with what differs from person to person left open.
SLOTS = {
    "who": "my mother|my neighbour|a friend from work|my daughter|our vicar|the man at the garage|my old teacher|"
    "a nurse I know|my brother-in-law|the woman next door|a pupil of mine|my grandfather|our postman|my niece",
    "name": "Olena|Margaret|Tom|Aisha|Piotr|Gwen|Callum|Iryna|Joan|Samir|Beth|Hamish|Taras|Ruth|Delroy|Nia|Owen|Sofia",
    "town": "Hexham|Whitby|Stroud|Paisley|Llanelli|Grimsby|Ludlow|Oban|Margate|Kettering|Bude|Rochdale|Derry|Wick|Ely|"
    "Penrith|Cromer|Barry|Nelson|Frome|Thurso|Larne|Goole|Diss|Rhyl|Selby|Stoke|Luton|Poole|Bangor",
    "place": "at the market|on the bus|in our kitchen|at the food bank|after church|at the school gate|by the harbour|"
    "in the waiting room|at choir|on the allotment|in the library|outside the mill|at the surgery|in the queue",
    "did": "took in a family|collected blankets and torches|drove a van to the border|learnt to cook borscht|"
    "put up two students|started a language class|packed medicines all night|knitted hats|sold cakes|wrote to cousins",
    "job": "teacher|driver|baker|beekeeper|night nurse|plumber|sheep farmer|carer|student|sailor|florist|joiner|cook",
    "cost": "the heating bill|the price of bread|what feed costs|our gas meter|the diesel|what fertiliser costs",
    "number": "two|three|four|five|six|seven|nine|eleven|twelve|fifteen|twenty|thirty|forty|sixty",
}
FIRST = (
    "{number} winters ago {who} {did} in {town}",
    "as a {job} in {town} I meet people who know what it is to leave home",
    "{name}, who is {who}, stood {place} with {number} bags and could not speak",
    "we {did} with {name} from {town}",
    "when I was {number} years a {job}, {name} from {town} showed me a photograph",
    "{who} rang from {town} to say that {name} had been called up",
    "nobody {place} in {town} talks of anything but {cost}",
    "the {number} of us who {did} in {town} still meet",
)
SECOND = (
    "and {name} asked me {place} how long it will last",
    "but {cost} is the least of what {name} lost",
    "while {who} went on being a {job} as though nothing had happened",
    "so that {number} children slept in the hall in {town}",
    "though {name} never once complained to {who}",
    "and I have not slept a whole night for {number} weeks since {name} went",
    "because {name} had a brother who was a {job} near the front",
    "and it took {number} months until {who} laughed again",
)
THIRD = (
    "I told {name} that I would write to somebody.",
    "that is why a {job} from {town} bothers you with this.",
    "I should like to look {name} in the eye {place}.",
    "{who} thinks the same, and so do {number} others I could name in {town}.",
    "it cannot be beyond us to try, as {name} said {place}.",
    "there were {number} of us {place} in {town} who cried.",
    "please think of {name} when you go into the lobby.",
    "I would give my wages as a {job} for {number} months to see it end.",
)
OTHER_WORDS = (
    "truly",
    "often",
    "quietly",
    "perhaps",
    "nearby",
    "later",
    "gladly",
    "simply",
    "rather",
    "almost",
    "still",
)


def write_own_words(chance: random.Random) -> str:
    """Return two to four sentences of somebody's own."""
    count = chance.randint(2, 4)
    clauses = zip(*(chance.sample(part, count) for part in (FIRST, SECOND, THIRD)), strict=True)
    sentences = (f"{first}, {second}; {third}" for first, second, third in clauses)
    return " ".join(re.sub(r"{(\w+)}", lambda slot: chance.choice(SLOTS[slot[1]].split("|")), one) for one in sentences)


def edit_lightly(text: str, chance: random.Random) -> str:
    """Return the text with an eighth of its words replaced, left out or followed by another."""
    words = text.split()
    for at in sorted(chance.sample(range(len(words)), max(1, round(len(words) * LIGHTLY))), reverse=True):
        other = chance.choice(OTHER_WORDS)
        words[at : at + 1] = chance.choice(([other], [], [words[at], other]))
    return " ".join(words)


def write_letter(kind: str, arguments: dict[str, Argument], others: list[str], chance: random.Random) -> Draft:
    """Return a draft of this kind: copied and edited ones are the bank's or one of the others', half each."""
    from letters.writing.draft import OWN_WAY, Draft, read_piece

    draft = Draft()
    draft.choose(chance.sample(sorted(arguments), chance.randint(1, 3)))
    for piece in draft.pieces:
        piece.variant = chance.choice(arguments[piece.key].list_variants(piece.length) or [0])
    if chance.random() < OWN_WAY_SHARE:
        last = draft.pieces[-1]
        last.length, last.edits = OWN_WAY, {OWN_WAY: write_own_way(kind, arguments[last.key], others, chance)}
        return draft
    from_bank = chance.random() < 0.5
    if kind == "own":
        draft.own_words = write_own_words(chance)
    elif not from_bank:
        draft.own_words = chance.choice(others)
        if kind == "lightly edited":
            draft.own_words = edit_lightly(draft.own_words, chance)
    elif kind == "lightly edited":
        for piece in draft.pieces:
            piece.edits[piece.length] = edit_lightly(read_piece(piece, arguments[piece.key]), chance)
    return draft


def write_own_way(kind: str, argument: Argument, others: list[str], chance: random.Random) -> str:
    """Return what somebody makes of an argument's facts: words of their own, or the facts or another's words copied."""
    if kind == "own":
        return write_own_words(chance)
    facts = " ".join(fact.text for fact in argument.facts.all())
    copied = facts if chance.random() < 0.5 else chance.choice(others)
    return edit_lightly(copied, chance) if kind == "lightly edited" else copied


def fill_mailbag(
    campaign: Campaign, arguments: dict[str, Argument], constituency: Constituency, count: int, chance: random.Random
) -> list[str]:
    """Store the fingerprints of so many letters to the constituency's MP, and return their own words."""
    from letters.models import Fingerprint, Letter
    from letters.writing.originality import compare_with_bank, measure_paragraphs

    find = compare_with_bank(campaign, constituency)
    texts = [write_own_words(chance) for _number in range(count)]
    common = {"campaign": campaign, "constituency_gss": constituency.gss}
    letters = [
        Letter(**common, confirm_token_hash=f"c{number}", letter_token_hash=f"l{number}") for number in range(count)
    ]
    Letter.objects.bulk_create(letters, batch_size=500)
    prints = []
    for letter, text in zip(letters, texts, strict=True):
        keys = " ".join(chance.sample(sorted(arguments), chance.randint(1, 3)))
        own = measure_paragraphs([(text, None)], find).take_fingerprint()
        prints.append(Fingerprint(letter=letter, own=own, argument_keys=keys, **common))
    Fingerprint.objects.bulk_create(prints, batch_size=500)
    return texts


def set_stage() -> tuple[Campaign, dict[str, Argument], Constituency]:
    """Load the real campaign and make a constituency."""
    from django.core.management import call_command

    from campaign.content.models import Argument, Campaign
    from campaign.parliament.models import Constituency

    call_command("load_campaign", "campaign/content/packs/time-to-negotiate.yaml", verbosity=0, stdout=io.StringIO())
    campaign = Campaign.objects.prefetch_related("asks").get()
    arguments = {argument.key: argument for argument in Argument.objects.offered().with_facts()}
    for argument in arguments.values():
        argument.campaign = campaign
    return campaign, arguments, Constituency(gss="E14001172", name="Cities of London and Westminster")


def count_auc(lower: list[float], higher: list[float]) -> float:
    """Return the share of pairs in which the second is above the first; a tie counts half."""
    ordered = sorted(lower)
    found = sum(bisect.bisect_left(ordered, one) + bisect.bisect_right(ordered, one) for one in higher)
    return found / 2 / (len(lower) * len(higher))


def rank_letters(
    each: int, compared: int, seed: int = 1
) -> tuple[dict[str, list[float]], Callable[[], object], list[str]]:
    """Return the scores of so many letters of each kind, a judgement to time, and the stored letters' words."""
    from letters.writing.originality import compare_with_bank, score_draft

    chance = random.Random(seed)
    campaign, arguments, constituency = set_stage()
    texts = fill_mailbag(campaign, arguments, constituency, compared, chance)
    scores: dict[str, list[float]] = {}
    find = compare_with_bank(campaign, constituency)
    for kind in KINDS:
        drafts = [write_letter(kind, arguments, texts, chance) for _number in range(each)]
        scores[kind] = [score_draft(draft, campaign, arguments, constituency, find).score for draft in drafts]
    fresh = write_letter("own", arguments, texts, chance)

    def judge() -> object:
        return score_draft(fresh, campaign, arguments, constituency, compare_with_bank(campaign, constituency))

    return scores, judge, texts


def compare_texts(mine: str, texts: list[str]) -> float:
    """Compare with texts that were stored instead: the baseline, in which every letter is kept readable."""
    from letters.writing.own_words import list_runs, split_words

    own = set(list_runs(split_words(mine), 3))
    return max(len(own & set(list_runs(split_words(text), 3))) / len(own) for text in texts)


def measure(action: Callable[[], object], rounds: int) -> float:
    """Return the median seconds of a call."""
    times = []
    for _round in range(rounds):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> int:
    """Rank, measure, print; return 1 if a gate is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--letters", type=int, default=150, help="of each kind")
    each = parser.parse_args().letters
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    from letters.models import Fingerprint
    from letters.writing.minhash import compare

    databases = setup_databases(verbosity=0, interactive=False)
    try:
        scores, judge, texts = rank_letters(each, COMPARED)
        prints = [bytes(own) for own in Fingerprint.objects.values_list("own", flat=True)]
        judging, comparing = measure(judge, 15), measure(lambda: compare(prints[0], prints), 15)
        storing = measure(lambda: compare_texts(texts[0], texts), 3)
    finally:
        teardown_databases(databases, verbosity=0)
    for kind, values in scores.items():
        low, *_deciles, high = statistics.quantiles(values, n=10)
        print(f"{kind}: median score {statistics.median(values):.2f}, most between {low:.2f} and {high:.2f}")
    missed = False
    for lower, higher in itertools.pairwise(KINDS):
        auc = count_auc(scores[lower], scores[higher])
        missed |= auc < GATE_AUC
        print(f"{lower} < {higher}: AUC {auc:.4f} (gate {GATE_AUC})" + (" MISSED" if auc < GATE_AUC else ""))
    ratio = judging / storing
    missed |= ratio > GATE_RATIO
    size = statistics.mean(map(len, prints))
    print(
        f"{COMPARED:,} letters: a judgement {judging * 1e3:.1f} ms, of it comparing {comparing * 1e3:.1f} ms; ", end=""
    )
    print(f"comparing with stored texts {storing * 1e3:.0f} ms; a fingerprint has {size:.0f} bytes")
    print(f"judgement : stored texts {ratio:.3f} (gate {GATE_RATIO})" + (" MISSED" if ratio > GATE_RATIO else ""))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
