"""How members are addressed: cases worked out by hand, and what holds for every name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaign.parliament.address import address_envelope, address_salutation, fold_name
from campaign.parliament.member_file import SHIPPED, read_member_file

# full title, display name, how to address → envelope, salutation
CASES = [
    ("Mr Alex Barros-Curtis MP", "Mr Alex Barros-Curtis", "", "Mr Alex Barros-Curtis MP", "Dear Mr Barros-Curtis"),
    ("Dr Rupa Huq MP", "Dr Rupa Huq", "", "Dr Rupa Huq MP", "Dear Dr Huq"),
    ("Ms Abena Oppong-Asare MP", "Ms Abena Oppong-Asare", "", "Ms Abena Oppong-Asare MP", "Dear Ms Oppong-Asare"),
    (
        "Rt Hon Sir Iain Duncan Smith MP",
        "Sir Iain Duncan Smith",
        "",
        "The Rt Hon Sir Iain Duncan Smith MP",
        "Dear Sir Iain",
    ),
    ("Vacant", "Vacant", "", "", ""),
    ("Rebecca Long Bailey MP", "Rebecca Long Bailey", "", "Rebecca Long Bailey MP", "Dear Rebecca Long Bailey"),
    ("Mrs Elsie Blundell MP", "Mrs Elsie Blundell", "", "Mrs Elsie Blundell MP", "Dear Mrs Blundell"),
    ("Dame Caroline Dinenage MP", "Dame Caroline Dinenage", "", "Dame Caroline Dinenage MP", "Dear Dame Caroline"),
    ("Dr Caroline Johnson MP", "Dr Caroline Johnson", "", "Dr Caroline Johnson MP", "Dear Dr Johnson"),
    ("Siân Berry MP", "Siân Berry", "", "Siân Berry MP", "Dear Siân Berry"),
    ("Nigel Farage MP", "Nigel Farage", "", "Nigel Farage MP", "Dear Nigel Farage"),
    ("Ms Nusrat Ghani MP", "Ms Nusrat Ghani", "", "Ms Nusrat Ghani MP", "Dear Ms Ghani"),
    ("Rt Hon Sir Lindsay Hoyle MP", "Sir Lindsay Hoyle", "", "The Rt Hon Sir Lindsay Hoyle MP", "Dear Sir Lindsay"),
    ("Rt Hon Diane Abbott MP", "Ms Diane Abbott", "", "The Rt Hon Diane Abbott MP", "Dear Ms Abbott"),
    ("Mr Gregory Campbell MP", "Mr Gregory Campbell", "", "Mr Gregory Campbell MP", "Dear Mr Campbell"),
    ("Dáire Hughes MP", "Dáire Hughes", "", "Dáire Hughes MP", "Dear Dáire Hughes"),
    ("Rt Hon Dr Andrew Murrison MP", "Dr Andrew Murrison", "", "The Rt Hon Dr Andrew Murrison MP", "Dear Dr Murrison"),
    ("Zöe Franklin MP", "Zöe Franklin", "", "Zöe Franklin MP", "Dear Zöe Franklin"),
    ("Jim Allister KC MP", "Jim Allister", "", "Jim Allister KC MP", "Dear Jim Allister"),
    (
        "Rt Hon Alistair Carmichael MP",
        "Mr Alistair Carmichael",
        "",
        "The Rt Hon Alistair Carmichael MP",
        "Dear Mr Carmichael",
    ),
    ("Rt Hon David Lammy MP", "Mr David Lammy", "", "The Rt Hon David Lammy MP", "Dear Mr Lammy"),
    ("Rt Hon Priti Patel MP", "Priti Patel", "", "The Rt Hon Priti Patel MP", "Dear Priti Patel"),
    ("Dame Siobhain McDonagh MP", "Dame Siobhain McDonagh", "", "Dame Siobhain McDonagh MP", "Dear Dame Siobhain"),
    ("Dame Meg Hillier MP", "Dame Meg Hillier", "", "Dame Meg Hillier MP", "Dear Dame Meg"),
    (
        "Rt Hon Sir Jeremy Wright KC MP",
        "Sir Jeremy Wright",
        "",
        "The Rt Hon Sir Jeremy Wright KC MP",
        "Dear Sir Jeremy",
    ),
    ("Ben Lake MP", "Ben Lake", "", "Ben Lake MP", "Dear Ben Lake"),
    ("Hannah Spencer MP", "Hannah Spencer", "", "Hannah Spencer MP", "Dear Hannah Spencer"),
    ("Alex Baker MP", "Alex Baker", "", "Alex Baker MP", "Dear Alex Baker"),
    ("Rt Hon Jeremy Corbyn MP", "Jeremy Corbyn", "", "The Rt Hon Jeremy Corbyn MP", "Dear Jeremy Corbyn"),
    ("Rt Hon Sir Jacob Rees-Mogg MP", "Sir Jacob Rees-Mogg", "", "The Rt Hon Sir Jacob Rees-Mogg MP", "Dear Sir Jacob"),
    ("Sarah Pochin MP", "Sarah Pochin", "", "Sarah Pochin MP", "Dear Sarah Pochin"),
    ("Sir Nicholas Dakin MP", "Sir Nicholas Dakin", "", "Sir Nicholas Dakin MP", "Dear Sir Nicholas"),
    ("Dr Ellie Chowns MP", "Dr Ellie Chowns", "", "Dr Ellie Chowns MP", "Dear Dr Chowns"),
    ("Rt Hon Sir Keir Starmer MP", "Keir Starmer", "", "The Rt Hon Sir Keir Starmer MP", "Dear Sir Keir"),
    ("Rt Hon Diane Abbott MP", "Ms Diane Abbott", "Ms Abbott", "The Rt Hon Diane Abbott MP", "Dear Ms Abbott"),
    ("Rt Hon Ellie Reeves KC MP", "Ellie Reeves", "", "The Rt Hon Ellie Reeves KC MP", "Dear Ellie Reeves"),
    ("Rt Hon Sir Mel Stride MP", "Sir Mel Stride", "", "The Rt Hon Sir Mel Stride MP", "Dear Sir Mel"),
    ("Warinder Juss", "Warinder Juss", "", "Warinder Juss MP", "Dear Warinder Juss"),
    (
        "The Rt Hon Sir Keir Starmer KCB KC MP",
        "Keir Starmer",
        "",
        "The Rt Hon Sir Keir Starmer KCB KC MP",
        "Dear Sir Keir",
    ),
    ("Llinos Medi MP", "Llinos Medi", "", "Llinos Medi MP", "Dear Llinos Medi"),
    ("Rt Hon Dame Priti Patel MP", "Dame Priti Patel", "", "The Rt Hon Dame Priti Patel MP", "Dear Dame Priti"),
    ("Dame Chi Onwurah MP", "Dame Chi Onwurah", "", "Dame Chi Onwurah MP", "Dear Dame Chi"),
    ("Sir John Example Bt MP", "Sir John Example", "", "Sir John Example Bt MP", "Dear Sir John"),
    ("Mr Angus MacDonald MP", "Mr Angus MacDonald", "", "Mr Angus MacDonald MP", "Dear Mr MacDonald"),
    ("Torcuil Crichton MP", "Torcuil Crichton", "", "Torcuil Crichton MP", "Dear Torcuil Crichton"),
]
BEYOND = [
    # A title that only the full title has; a baronet's letters first; MP last, once, and added where missing.
    ("Ms Jane Smith MP", "Jane Smith", "", "Ms Jane Smith MP", "Dear Ms Smith"),
    ("Sir John Smith CBE Bt MP", "Sir John Smith", "", "Sir John Smith Bt CBE MP", "Dear Sir John"),
    ("Sir John Smith, Bt, MP", "Sir John Smith", "", "Sir John Smith Bt MP", "Dear Sir John"),
    ("Jane Smith MP OBE", "Jane Smith", "", "Jane Smith OBE MP", "Dear Jane Smith"),
    ("Mr John Smith VC DL TD", "Mr John Smith", "", "Mr John Smith VC DL TD MP", "Dear Mr Smith"),
    ("The Right Honourable Mrs Jane Smith", "Jane Smith", "", "The Rt Hon Mrs Jane Smith MP", "Dear Mrs Smith"),
    ("Rt. Hon. Jane Smith MP", "Jane Smith", "", "The Rt Hon Jane Smith MP", "Dear Jane Smith"),
    ("Hon Jane Smith MP", "Jane Smith", "", "The Hon Jane Smith MP", "Dear Jane Smith"),
    # Several titles.
    ("Professor Sir John Smith MP", "Professor Sir John Smith", "", "Professor Sir John Smith MP", "Dear Sir John"),
    ("Revd Dr Jane Jones MP", "Revd Dr Jane Jones", "", "Revd Dr Jane Jones MP", "Dear Dr Jones"),
    ("Lieutenant Colonel Bob Smith MP", "Bob Smith", "", "Lieutenant Colonel Bob Smith MP", "Dear Colonel Smith"),
    ("Wing Commander Bob Smith MP", "Bob Smith", "", "Wing Commander Bob Smith MP", "Dear Wing Commander Smith"),
    ("Captain Bob Smith MP", "Captain Bob Smith", "", "Captain Bob Smith MP", "Dear Captain Smith"),
    # Peers' titles.
    ("Lady Hermon MP", "Lady Hermon", "", "Lady Hermon MP", "Dear Lady Hermon"),
    ("Viscount Thurso MP", "Viscount Thurso", "", "Viscount Thurso MP", "Dear Lord Thurso"),
    (
        "Baroness Smith of Malvern",
        "Baroness Smith of Malvern",
        "",
        "Baroness Smith of Malvern MP",
        "Dear Baroness Smith",
    ),
    ("Earl of Ancram MP", "Earl of Ancram", "", "Earl of Ancram MP", "Dear Lord Ancram"),
    ("Earl Smith MP", "Earl Smith", "", "Earl Smith MP", "Dear Earl Smith"),
    # Surnames of several words: known by their particle; where the words do not tell, the full name.
    ("Mrs Anna van der Berg MP", "Mrs Anna van der Berg", "", "Mrs Anna van der Berg MP", "Dear Mrs van der Berg"),
    ("Mx Sam Ó Murchú MP", "Mx Sam Ó Murchú", "", "Mx Sam Ó Murchú MP", "Dear Mx Ó Murchú"),
    ("Mr John P. Smith MP", "Mr John P. Smith", "", "Mr John P. Smith MP", "Dear Mr Smith"),
    ("Mr Tan Singh Dhesi MP", "Mr Tan Singh Dhesi", "", "Mr Tan Singh Dhesi MP", "Dear Mr Dhesi"),
    ("Mr Iain Duncan Smith MP", "Mr Iain Duncan Smith", "", "Mr Iain Duncan Smith MP", "Dear Mr Iain Duncan Smith"),
    # What Parliament says wins, with or without its own "Dear" and comma.
    ("Sir John Smith MP", "Sir John Smith", "Dear Mr Smith,", "Sir John Smith MP", "Dear Mr Smith"),
    ("", "", "", "", ""),
]


@pytest.mark.parametrize(("full", "display", "address_as", "envelope", "salutation"), CASES + BEYOND)
def test_a_member_is_addressed_as_etiquette_has_it(
    full: str, display: str, address_as: str, envelope: str, salutation: str
) -> None:
    assert (address_envelope(full), address_salutation(display, full, address_as)) == (envelope, salutation)


def test_every_member_that_ships_has_a_surname_or_full_name_in_the_salutation() -> None:
    for row in read_member_file(SHIPPED):
        assert row.member
        member = row.member
        envelope = address_envelope(member.name_full_title)
        salutation = address_salutation(member.name_display, member.name_full_title, member.name_address_as)
        assert envelope.endswith(" MP")
        assert envelope.count(" MP") == 1
        assert salutation.startswith("Dear ")
        assert set(salutation.split()[1:]) <= set(f"{member.name_display} {member.name_full_title}".split())


@given(st.text(), st.text(), st.text())
def test_any_name_makes_one_line(display: str, full: str, address_as: str) -> None:
    for line in (address_envelope(full), address_salutation(display, full, address_as)):
        assert len(line.splitlines()) <= 1


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Ynys Môn", "ynys mon"),
        ("O’Hara", "ohara"),
        ("Weston-super-Mare", "weston super mare"),
        ("Órfhlaith", "orfhlaith"),
    ],
)
def test_names_are_folded_to_what_people_type(name: str, folded: str) -> None:
    assert fold_name(name) == folded
