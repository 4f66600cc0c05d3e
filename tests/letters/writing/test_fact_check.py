"""An edit that changes a claim is noticed; typography, moving and dropping are the supporter's business (letters/writing/facts.py)."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from letters.writing import fact_check
from letters.writing.fact_check import ALIKE, MAX_CHANGES, check_edit
from letters.writing.facts import find_facts, find_quotations, make_plain
from tests.letters.steps import COSTLY, LONG, count_steps, make_costly

PACK = Path(__file__).parents[3] / "campaign/content/packs/time-to-negotiate.yaml"
TEXTS = [
    phrasing["text"] for argument in yaml.safe_load(PACK.read_text())["arguments"] for phrasing in argument["phrasings"]
]
BANK = st.sampled_from(TEXTS)
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.text("‘’“”'\"0123456789,. aAtmk%£-–IMayè١\n")


def tell(original: str, edited: str) -> list[tuple[str, str, str | None]]:
    return [(change.kind, change.before, change.after) for change in check_edit(original, edited)]


def test_the_pack_is_worth_trying() -> None:
    assert len(TEXTS) == 162
    assert sum(len(find_quotations(make_plain(text))[0]) for text in TEXTS) > 40
    assert sum(len(find_facts(text)) for text in TEXTS) > 90


@given(ANY_TEXT | BANK, ANY_TEXT)
def test_no_text_is_too_odd(original: str, edited: str) -> None:
    check_edit(original, edited)
    assert check_edit(edited, edited) == []
    assert all(change.text for change in check_edit(original, original + edited))


def test_a_changed_digit_is_noticed_in_every_paragraph() -> None:
    unseen = [
        (text, place)
        for text in TEXTS
        for place, digit in enumerate(text)
        if digit.isdigit() and not check_edit(text, f"{text[:place]}{(int(digit) + 3) % 10}{text[place + 1 :]}")
    ]
    assert unseen == []


def test_a_lost_quotation_mark_is_noticed_in_every_paragraph() -> None:
    unseen = [
        (text, place)
        for text in TEXTS
        for quotation in find_quotations(make_plain(text))[0]
        for place in (quotation.start, quotation.end - 1)
        if not check_edit(text, text[:place] + text[place + 1 :])
    ]
    assert unseen == []


def test_quotation_marks_taken_away_and_words_changed_inside_are_noticed_in_every_paragraph() -> None:
    for text in TEXTS:
        for quotation in find_quotations(make_plain(text))[0]:
            inside = text[quotation.start + 1 : quotation.end - 1]
            bare = text[: quotation.start] + inside + text[quotation.end :]
            assert check_edit(text, bare), inside
            word = max(re.findall(r"\w+", inside), key=len)
            changed = inside.replace(word, "otherwise", 1)
            assert check_edit(text, text.replace(f"{inside}", changed)), inside


def double_marks(text: str) -> str:
    plain = list(text)
    for quotation in find_quotations(make_plain(text))[0]:
        plain[quotation.start], plain[quotation.end - 1] = "“", "”"
    return "".join(plain)


@pytest.mark.parametrize(
    "typeset",
    [
        lambda text: text.translate(str.maketrans("‘’“”", "''\"\"")),
        lambda text: text.replace("’", "'"),
        lambda text: text.replace("–", "-").replace("-", "–"),
        lambda text: text.replace(" ", "\u00a0"),
        lambda text: text.replace(". ", ".\n\n"),
        lambda text: text.replace(" per cent", "%").replace("  ", " "),
        lambda text: f"  {text} \n",
    ],
)
def test_typography_is_no_change(typeset: object) -> None:
    assert callable(typeset)
    assert [tell(text, typeset(text)) for text in TEXTS] == [[]] * len(TEXTS)


def test_double_marks_are_as_good_as_single_ones() -> None:
    flat = [text for text in TEXTS if "“" not in text]
    assert [tell(text, double_marks(text)) for text in flat] == [[]] * len(flat)


SENTENCES = [
    "On 24 February 2022 Russia invaded its neighbour.",
    "By then 1.2 million people had fled, and it cost £3bn.",
    "The general called it ‘a window of opportunity’ for both sides.",
]


@given(st.permutations(SENTENCES), st.integers(1, 3))
def test_sentences_may_move_and_be_dropped_whole(order: list[str], kept: int) -> None:
    assert tell(" ".join(SENTENCES), " ".join(order[:kept])) == []


def test_a_new_sentence_about_oneself_may_have_numbers() -> None:
    text = " ".join(SENTENCES)
    assert tell(text, f"{text} My 2 sons were born in 2015.") == []
    assert tell(text, f"{text} Nobody counted the 9,000 dead.") == [("number", "", "9,000")]


@pytest.mark.parametrize(
    ("original", "edited", "changes"),
    [
        ("In all 1.2 million people fled.", "In all 2 million people fled.", [("number", "1.2 million", "2 million")]),
        ("In all 1.2 million people fled.", "In all 1,200,000 people fled.", []),
        ("In all 50,000 people fled.", "In all 50\u202f000 people fled.", []),
        ("In all 50,000 people fled.", "In all people fled.", [("number", "50,000", None)]),
        ("It cost Britain £3bn.", "It cost Britain 3 billion pounds.", []),
        ("It cost Britain £3bn.", "It cost Britain £3m.", [("number", "£3bn", "£3m")]),
        ("It cost Britain £3bn.", "It cost Britain $3bn.", [("number", "£3bn", "$3bn")]),
        ("The odds were 50 per cent.", "The odds were 50%.", []),
        ("The odds were 50 per cent.", "The odds were 50 to one.", [("number", "50 per cent", "50")]),
        ("It went on for 15 years.", "It went on for fifteen years.", []),
        ("It went on for two years.", "It went on for three years.", [("number", "two", "three")]),
        ("It went on for years there.", "It went on for years there, in two towns.", []),
        ("It was the 10th plan.", "It was the 11th plan.", [("number", "10th", "11th")]),
        ("Between 10–15 towns were lost.", "Between 10-15 towns were lost.", []),
        ("Between 10–15 towns were lost.", "Between 10–25 towns were lost.", [("number", "15", "25")]),
        ("War came on 24 February 2022 at dawn.", "War came on February 24th, 2022 at dawn.", []),
        ("War came on 24 February 2022 at dawn.", "War came in February 2022 at dawn.", []),
        ("War came on 24 February 2022 at dawn.", "War came in 2022 at dawn.", []),
        ("War came in February 2022.", "War came on 3 February 2022.", [("date", "February 2022", "3 February 2022")]),
        ("It lasted 2019–2021 there.", "It lasted 2019-2022 there.", [("date", "2021", "2022")]),
        ("He said ‘it’s the soldiers’ choice’ to us.", "He said 'it's the soldiers' choice' to us.", []),
        ("He spoke of ‘blunt terms’ then.", "He spoke of blunt terms then.", [("quotation", "blunt terms", None)]),
        (
            "He said: ‘Talks are the only way.’",
            "He said: ‘Talks are the best way.’",
            [("quoted words", "Talks are the only way.", "Talks are the best way.")],
        ),
        (
            "He called on both sides to talk.",
            "He called on ‘both sides to talk’.",
            [("quotation", "", "both sides to talk")],
        ),
        ("The plan had ten points.", 'The plan had "ten points.', [("quotation", "", None)]),
    ],
)
def test_what_is_changed_is_named(original: str, edited: str, changes: list[tuple[str, str, str | None]]) -> None:
    assert tell(original, edited) == changes


def test_the_message_says_what_was_changed_and_what_the_source_says() -> None:
    (change,) = check_edit("In all 1.2 million people fled.", "In all 2 million people fled.")
    assert change.text == "You changed “1.2 million” to “2 million”. The source says 1.2 million."


LONGEST = max(TEXTS, key=len)


@pytest.mark.parametrize("kind", COSTLY)
def test_a_text_twice_as_long_takes_twice_the_work_whatever_it_is(kind: str) -> None:
    start = LONGEST[: len(LONGEST) // 2]  # so that quotations and numbers have to be compared, too
    half, whole = (f"{start}\n{make_costly(COSTLY[kind], length)}" for length in (LONG // 2, LONG))
    check_edit(LONGEST, half)  # whatever is made at first use
    short, long = (count_steps(partial(check_edit, LONGEST, text)) for text in (half, whole))
    assert long < 2.2 * short
    assert long < 1_000_000, "some 20 ms"


class Costly:
    """Stands for a SequenceMatcher, whose `ratio` takes quadratic time: says which of its ways were taken."""

    ways: list[str]

    def __init__(self, *_texts: object, **_options: object) -> None:
        self.ways.append("made")

    def quick_ratio(self) -> float:
        self.ways.append("quick_ratio")
        return ALIKE - 0.01

    def ratio(self) -> float:
        self.ways.append("ratio")
        return 1.0


@pytest.mark.parametrize(
    ("one", "other", "ways"),
    [
        (3, 100, []),  # lengths so far apart are never alike
        (100, 3, []),
        (100, 100, ["made", "quick_ratio"]),
    ],
)
def test_long_quotations_are_compared_in_full_only_if_they_may_be_alike(
    one: int, other: int, ways: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fact_check, "SequenceMatcher", Costly)
    monkeypatch.setattr(Costly, "ways", [], raising=False)
    assert fact_check._compare_words(("war",) * one, ("war",) * other) == 0
    assert Costly.ways == ways


def test_no_more_is_said_of_a_paragraph_than_anybody_reads() -> None:
    changes = check_edit(LONGEST, f"{LONGEST} " + " ".join(f"£{number}" for number in range(200, 400)))
    assert [change.after for change in changes] == [f"£{number}" for number in range(200, 200 + MAX_CHANGES)]


def test_what_is_said_is_short_and_said_once() -> None:
    changes = check_edit(LONGEST, f"{LONGEST} A {'1' * 900}, £5, £5 and 5 pounds, ‘{'never ' * 300}’.")
    assert [change.after for change in changes][-1] == "£5"
    assert len({change.text for change in changes}) == len(changes)
    assert max(len(change.text) for change in changes) < 300
