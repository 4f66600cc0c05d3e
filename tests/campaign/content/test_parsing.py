"""A broken pack is refused, with every fault and where it is; nothing else ever comes out (checking.py, yaml_nodes.py, pack.py)."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from campaign.content.loading import load_pack
from campaign.content.pack import MAX_FAULTS, Pack, PackRefusedError
from campaign.content.parsing import parse_bytes
from campaign.content.yaml_nodes import MAX_BYTES, read_file, read_nodes
from tests.campaign.content.samples import SAMPLE, read_sample, see_database, to_bytes

Change = Callable[[dict[str, Any]], Any]


def find_faults(data: bytes) -> list[tuple[str, str]]:
    with pytest.raises(PackRefusedError) as refused:
        parse_bytes(data)
    return [(fault.path, fault.reason) for fault in refused.value.faults]


def first(pack: dict[str, Any]) -> dict[str, Any]:
    argument: dict[str, Any] = pack["arguments"][0]
    return argument


FIRST = "arguments[0] (cold-kills)"
BLANK = "This field cannot be blank."
HIDDEN = "There is a hidden or control character (U+{}) in this text. Remove it."
FAULTS: list[tuple[str, Change, str, str]] = [
    ("unknown key", lambda p: p.update(tittle="x"), "tittle", "unknown key; did you mean “title”?"),
    ("mode", lambda p: p.update(mode="live"), "mode", "unknown key"),
    ("missing key", lambda p: p.pop("subject"), "subject", "is missing"),
    ("missing in argument", lambda p: first(p).pop("claim"), f"{FIRST}.claim", "is missing"),
    ("format", lambda p: p.update(format=3), "format", "has to be 2, the format that this version reads (or 1)"),
    ("slug", lambda p: p.update(slug="a b"), "slug", "Enter a valid “slug” consisting of letters"),
    ("reserved slug", lambda p: p.update(slug="admin"), "slug", "“admin” is used by the site itself"),
    ("empty", lambda p: p.update(brief=" \n "), "brief", BLANK),
    ("null", lambda p: p.update(title=None), "title", BLANK),
    ("number for text", lambda p: p.update(title=2022), "title", "has to be text: put it in quotation marks, '2022'"),
    ("list for text", lambda p: p.update(title=["a"]), "title", "has to be a single value"),
    ("text for list", lambda p: p.update(asks="a"), "asks", "has to be a list"),
    ("text for group", lambda p: p["asks"].append("a"), "asks[2]", "has to be a group of keys"),
    ("too long", lambda p: p.update(title="x" * 121), "title", "Ensure this value has at most 120 characters"),
    ("two lines", lambda p: p.update(subject="a\nBcc: b"), "subject", "This has to be one line."),
    ("code in subject", lambda p: p.update(subject="=?utf-8?q?x?="), "subject", "The text must not include “=?”"),
    ("code in title", lambda p: p.update(title="Peace =?utf-8?b?eA==?="), "title", "The text must not include “=?”"),
    ("address in title", lambda p: p.update(title="PM <pm@no10.gov.uk>"), "title", "The title must not include <"),
    ("mark in title", lambda p: p.update(title="@peace"), "title", "The title must not include @"),
    ("quotes in title", lambda p: p.update(title='The "Peace" Bill'), "title", "for quotation marks use “ and ”."),
    ("number", lambda p: p.update(own_words_minimum="many"), "own_words_minimum", "has to be a whole number"),
    ("large", lambda p: p.update(own_words_minimum=301), "own_words_minimum", "Ensure this value is less than or"),
    ("prompt", lambda p: p["prompts"].append("a\nb"), "prompts[2]", "has to be one line of text"),
    ("language", lambda p: p.update(language="English!"), "language", "Write the language as a short code"),
    ("email", lambda p: p.update(contact_email="nobody"), "contact_email", "Enter a valid email address."),
    ("no asks", lambda p: p.update(asks=[]), "asks", "is empty"),
    ("too many", lambda p: p.update(asks=[{}] * 501), "asks", "has more than 500 entries"),
    ("bool", lambda p: p["asks"][0].update(in_chamber="no"), "asks[0] (say-so).in_chamber", "has to be true or false"),
    ("same key", lambda p: p["asks"][1].update(key="say-so"), "asks[1].key", "“say-so” is the key of asks[0] too"),
    ("theme", lambda p: first(p).update(theme="costs"), f"{FIRST}.theme", "no theme “costs”; did you mean “cost”?"),
    ("date", lambda p: first(p).update(as_of="2023-02-30"), f"{FIRST}.as_of", "There is no such date"),
    ("month", lambda p: first(p).update(as_of="2023-13"), f"{FIRST}.as_of", "Write the date as 2022-11-09"),
    ("future", lambda p: first(p).update(as_of="2999-01-01"), f"{FIRST}.as_of", "This date is in the future."),
    ("interval", lambda p: first(p).update(review_every_days=0), f"{FIRST}.review_every_days", "greater than or equal"),
    ("no source", lambda p: first(p).update(sources=[]), f"{FIRST}.sources", "has no source"),
    ("no full", lambda p: first(p)["phrasings"].pop(), f"{FIRST}.phrasings", "has no full phrasing in “en”"),
    (
        "phrasing as text",
        lambda p: first(p)["phrasings"].insert(0, "words"),
        f"{FIRST}.phrasings[0]",
        "has to be a group of keys",
    ),
    (
        "length",
        lambda p: p["arguments"][1]["phrasings"][2].update(length="shrot"),
        "arguments[1] (it-pays).phrasings[2].length",
        "has to be short or full",
    ),
    (
        "second phrasing",
        lambda p: first(p)["phrasings"].append(first(p)["phrasings"][0]),
        f"{FIRST}.phrasings[2]",
        "the same short phrasing in “en” a second time",
    ),
    ("bidi", lambda p: first(p)["phrasings"][0].update(text="a\u202eb"), f"{FIRST}.phrasings[0].text", "U+202E"),
    ("control", lambda p: first(p)["sources"][0].update(who="a\x07b"), f"{FIRST}.sources[0].who", "U+0007"),
    ("source date", lambda p: first(p)["sources"][0].update(date="2022-13"), f"{FIRST}.sources[0].date", "Write the"),
    ("source day", lambda p: first(p)["sources"][0].update(date="2022-02-30"), f"{FIRST}.sources[0].date", "no such"),
    ("source later", lambda p: first(p)["sources"][0].update(date=2999), f"{FIRST}.sources[0].date", "in the future"),
    (
        "ftp",
        lambda p: first(p)["sources"][0].update(url="ftp://a.org/b"),
        f"{FIRST}.sources[0].url",
        "begin with",
    ),
    ("script", lambda p: first(p)["sources"][0].update(url="javascript:x"), f"{FIRST}.sources[0].url", "Enter a valid"),
]


@pytest.mark.parametrize(("change", "path", "reason"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_it_says_what_is_wrong_and_where(change: Change, path: str, reason: str) -> None:
    pack = read_sample()
    change(pack)
    assert [r for p, r in find_faults(to_bytes(pack)) if p == path and reason in r] != []


def test_it_lists_all_faults_at_once() -> None:
    pack = read_sample()
    for name, change, *_ in FAULTS:
        if name in ("unknown key", "format", "same key", "theme", "bidi", "ftp", "number"):
            change(pack)
    assert len(find_faults(to_bytes(pack))) == 7


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (b"", 1, "the file is empty"),
        (b"# nothing\n", 1, "the file is empty"),
        (b"format: 1\ntitle: \xff\n", 2, "not UTF-8: byte 18 cannot be read"),
        ("format: 1".encode("utf-16"), 1, "not UTF-8: byte 1 cannot be read"),
        (b"format: 1\ntitle: a\x00b\n", 2, "a control character, which YAML does not allow"),
        (b"format: 1\ntitle: [a\n", 3, "not YAML: while parsing a flow sequence"),
        (b"a: &x 1\nb: *x\n", 1, "&x: packs do not use anchors; write the text out"),
        (b"a: 1\nb: *x\n", 2, "*x: packs do not use aliases; write the text out"),
        (b"a: !!python/object/apply:os.system [ls]\n", 1, "packs do not use tags; remove it"),
        (b"a: !custom b\n", 1, "!custom: packs do not use tags; remove it"),
        (b"a: 1\n---\nb: 2\n", 3, "a second document (---): a pack has only one"),
        (b"[" * 5000, 1, "nested deeper than 12 levels"),
        (b"format: 1\ntitle: a\ntitle: b\n", 3, "is here twice (first in line 2)"),
        (b"- format\n", 1, "has to be a group of keys"),
        (b"just text\n", 1, "has to be a group of keys"),
        (b"? [a, b]\n: c\n", 1, "unknown key"),
        (b'title: "\\UFFFFFFFF"\n', 1, "not YAML"),
        (b"<<: {title: a}\n", 1, "unknown key"),
    ],
)
def test_it_reads_only_the_small_safe_part_of_yaml(text: bytes, line: int, reason: str) -> None:
    with pytest.raises(PackRefusedError) as refused:
        parse_bytes(text)
    assert any(fault.line == line and reason in fault.reason for fault in refused.value.faults), str(refused.value)


def test_a_billion_laughs_stay_small() -> None:
    laughs = b"a: &a [x, x]\n" + b"".join(b"k%d: [*a, *a, *a, *a]\n" % n for n in range(200))
    assert ("", "&a: packs do not use anchors; write the text out") in find_faults(laughs)


def test_a_file_of_more_than_two_megabytes_is_not_read(tmp_path: Any) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(PackRefusedError, match="larger than 2,000,000 bytes"):
        read_file(path)


def write_keys(count: int) -> str:
    return "".join(f"k{number}: \n" for number in range(count))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (write_keys(100_000), "more than 50,000 keys and values: too many for a pack"),
        (write_keys(20_000), "and perhaps more: correct these, then try again"),
        ("a: [" + "!x 1, " * 40_000 + "]", "and perhaps more: correct these, then try again"),
        ("--- a\n" * 40_000, "and perhaps more: correct these, then try again"),
        (
            "themes:\n" + "".join(f"- key: some-long-theme-name-{number}\n" for number in range(500))
            + "arguments:\n" + "".join(f"- theme: some-long-theme-nam-{number}\n" for number in range(500)),
            "and perhaps more: correct these, then try again",
        ),
    ],
    ids=["keys", "faults", "tags", "documents", "guesses"],
)  # fmt: skip
def test_what_is_no_pack_is_put_down_soon(text: str, reason: str) -> None:
    began = time.process_time()
    faults = find_faults(text.encode())
    assert time.process_time() - began < 2  # it was ten seconds and more
    assert len(faults) <= MAX_FAULTS
    assert faults[-1][1] == reason


def test_as_many_faults_as_people_mend_are_told_and_not_guessed_at_without_end() -> None:
    pack = read_sample()
    theme, argument = pack["themes"][0], first(pack)
    pack["themes"] += [theme | {"key": f"another-theme-{number}"} for number in range(490)]
    wrong = [argument | {"key": f"k-{number}", "theme": f"anothr-theme-{number}"} for number in range(490)]
    pack["arguments"] += wrong
    began = time.process_time()
    faults = find_faults(to_bytes(pack))
    assert time.process_time() - began < 4
    assert len(faults) == MAX_FAULTS
    assert faults[0][1] == "there is no theme “anothr-theme-0”; did you mean “another-theme-0”?"


def test_the_python_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = read_nodes(SAMPLE.read_bytes())
    monkeypatch.setattr("campaign.content.yaml_nodes.Loader", yaml.SafeLoader)
    assert read_nodes(SAMPLE.read_bytes()) == quick


def test_dates_are_read_whether_quoted_or_not() -> None:
    pack = parse_bytes(SAMPLE.read_bytes())
    assert [a.as_of for a in pack.arguments] == ["2023-02-28", "2023-01-31", "2023-01-31"]
    assert [s.date for a in pack.arguments for s in a.sources] == ["2022-11", "2022", "2021-05-04", "2021-05-04"]


def test_faults_show_nothing_that_a_terminal_would_act_on() -> None:
    with pytest.raises(PackRefusedError) as refused:
        parse_bytes(b'"\\e[2J": a\n')
    assert "\x1b" not in str(refused.value)


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.dates(),
    st.datetimes(),
    st.text(max_size=20),
    st.sampled_from(["", "en", "short", "cost", "2022-02-30", "0000", "9999-12-31", "https://", "=", "~", "\ud800"]),
    st.lists(st.text(max_size=3), max_size=3),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=3),
)


@st.composite
def mutated_packs(draw: st.DrawFn) -> bytes:
    """The sample with values swapped, dropped and added anywhere in it."""
    pack = copy.deepcopy(read_sample())
    for _ in range(draw(st.integers(1, 4))):
        here: Any = pack
        while True:
            keys = list(here) if isinstance(here, dict) else list(range(len(here)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(here[key], (dict, list)) and draw(st.booleans()):
                here = here[key]
                continue
            act = draw(st.sampled_from(["swap", "drop", "add"]))
            if act == "swap":
                here[key] = draw(VALUES)
            elif act == "drop":
                del here[key]
            elif isinstance(here, dict):
                here[draw(st.text(max_size=5))] = draw(VALUES)
            else:
                here.insert(key, draw(VALUES))
            break
    return yaml.safe_dump(pack, allow_unicode=draw(st.booleans())).encode("utf-8", "surrogatepass")


@st.composite
def spoiled_files(draw: st.DrawFn) -> bytes:
    """The sample's bytes with some overwritten."""
    data = bytearray(SAMPLE.read_bytes())
    for _ in range(draw(st.integers(1, 5))):
        at = draw(st.integers(0, len(data) - 1))
        data[at : at + draw(st.integers(0, 3))] = draw(
            st.one_of(st.binary(max_size=3), st.sampled_from([b"\n", b"  ", b": ", b"- ", b"&a ", b"*a", b"!x ", b'"']))
        )
    return bytes(data)


@pytest.mark.django_db
@given(data=st.one_of(mutated_packs(), spoiled_files(), st.binary(max_size=200)))
def test_a_pack_is_loaded_or_refused_and_nothing_else(data: bytes) -> None:
    before = see_database()
    try:
        pack = parse_bytes(data)
    except PackRefusedError:
        assert see_database() == before
    else:
        assert isinstance(pack, Pack)
        load_pack(pack, dry_run=True)
        assert see_database() == before
