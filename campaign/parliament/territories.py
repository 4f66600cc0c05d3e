"""Postcodes without an MP, and what to tell people who live there."""

import re

UK_VOTER = "If you are registered to vote at an address in the UK, enter the postcode of that address."
OVERSEAS_VOTER = (
    "If you are registered as an overseas voter, enter the postcode of the UK address that you are registered for."
)
ADDRESS = "Enter the postcode of the address where you are registered to vote."

_ISLANDS = {
    "JE": "Jersey, which has a parliament of its own, the States Assembly",
    "GY": "the Bailiwick of Guernsey, which has parliaments of its own (in Guernsey, Alderney and Sark)",
    "IM": "the Isle of Man, which has a parliament of its own, Tynwald",
}
_TERRITORIES = {
    "ASCN": "Ascension Island, which has a council of its own",
    "BBND": "the British Indian Ocean Territory",
    "BIQQ": "the British Antarctic Territory",
    "FIQQ": "the Falkland Islands, which have a Legislative Assembly of their own",
    "PCRN": "the Pitcairn Islands, which have a council of their own",
    "SIQQ": "South Georgia and the South Sandwich Islands",
    "STHL": "St Helena, which has a Legislative Council of its own",
    "TDCU": "Tristan da Cunha, which has a council of its own",
    "TKCA": "the Turks and Caicos Islands, which have a parliament of their own",
}
# Territories with codes of another form, matched without spaces and dashes: AI-2640, VG1110, KY1-1001, MSR1110, HM 12.
# Bermuda shares DD, SN and CR with Dundee, Swindon and Croydon, where no district begins with 0.
_OTHER_FORMS = (
    (re.compile(r"GX11[0-9][A-Z]{2}"), "Gibraltar, which has a parliament of its own"),
    (re.compile(r"AI2640"), "Anguilla, which has a House of Assembly of its own"),
    (re.compile(r"VG11[1-6]0"), "the British Virgin Islands, which have a House of Assembly of their own"),
    (re.compile(r"KY[1-3][0-9]{4}"), "the Cayman Islands, which have a parliament of their own"),
    (re.compile(r"MSR1[1-3][0-9]{2}"), "Montserrat, which has a Legislative Assembly of its own"),
    (
        re.compile(r"(?:(?:DV|FL|GE|HM|MA|PG|SB|WK)(?:[0-9]{2}|[A-Z]X)|(?:CR|DD|HS|SN)0[1-9])"),
        "Bermuda, which has a parliament of its own",
    ),
)
_EIRCODE = re.compile(r"[AC-FHKNPRTV-Y](?:[0-9]{2}|6W)[0-9AC-FHKNPRTV-Y]{4}")
_NOT_A_PLACE = (
    (re.compile(r"GIR0AA"), "GIR 0AA belonged to a bank, the National Girobank, not to a place."),
    (re.compile(r"BX[0-9].*"), "Postcodes that begin with BX belong to banks and tax offices, not to a place."),
    (re.compile(r"XX[0-9].*"), "Postcodes that begin with XX are for parcels sent back to shops, not for a place."),
    (re.compile(r"ZZ99.*"), "Postcodes that begin with ZZ99 are used in health records for unknown addresses."),
    (re.compile(r"XM45HQ|SANTA1"), "This is Father Christmas’s postcode, and he has no MP."),
)


def describe_territory(squeezed: str) -> tuple[str, str] | None:
    """Return (the formatted code, sentences that say what to do) for a postcode without an MP, or None.

    `squeezed` is in upper case without separators. Sources: the Crown dependencies' and overseas territories' own
    postcodes as Royal Mail lists them, BFPO, and ONS on pseudo-postcodes (ZZ99).
    """
    if re.fullmatch(r"(JE|GY|IM)[0-9].*", squeezed) and len(squeezed) <= 7:
        area = _ISLANDS[squeezed[:2]]
        return _write(squeezed), f"{_write(squeezed)} is in {area}: it elects no MP to Westminster. {UK_VOTER}"
    if re.fullmatch(r"BFPO(?:C/?O)?[0-9]{0,4}|BF1[0-9A-Z]{0,3}", squeezed):
        code = f"BFPO {squeezed.removeprefix('BFPO')}".strip() if squeezed.startswith("BFPO") else _write(squeezed)
        return code, (
            f"{code} is a forces address, which belongs to no constituency. Enter the postcode of the UK address where "
            "you are registered to vote; members of the forces often stay registered at home or at their UK base."
        )
    if re.fullmatch(r"[A-Z]{4}(?:1ZZ)?", squeezed) and (territory := _TERRITORIES.get(squeezed[:4])):
        code = f"{squeezed[:4]} 1ZZ"
        return code, f"{code} is in {territory}: it elects no MP to Westminster. {OVERSEAS_VOTER}"
    for pattern, territory in _OTHER_FORMS:
        if pattern.fullmatch(squeezed):
            code = _write_other(squeezed)
            return code, f"{code} is in {territory}: it elects no MP to Westminster. {OVERSEAS_VOTER}"
    if _EIRCODE.fullmatch(squeezed):
        code = f"{squeezed[:3]} {squeezed[3:]}"
        return code, (
            f"{code} is an Eircode. Ireland elects its own parliament, the Oireachtas, and no MP to Westminster. "
            f"{OVERSEAS_VOTER}"
        )
    for pattern, sentence in _NOT_A_PLACE:
        if pattern.fullmatch(squeezed):
            return _write(squeezed), f"{sentence} {ADDRESS}"
    return None


def _write(squeezed: str) -> str:
    return f"{squeezed[:-3]} {squeezed[-3:]}" if len(squeezed) > 4 else squeezed


def _write_other(squeezed: str) -> str:
    if squeezed.startswith("AI"):
        return f"AI-{squeezed[2:]}"
    if squeezed.startswith("GX"):
        return _write(squeezed)
    if len(squeezed) == 7:
        return f"{squeezed[:3]}-{squeezed[3:]}"  # KY1-1001
    if len(squeezed) == 4:
        return f"{squeezed[:2]} {squeezed[2:]}"  # HM 12
    return squeezed
