"""Forms of address, worked out from the names that Parliament publishes."""

import unicodedata


def fold_name(name: str) -> str:
    """Return the name in lower case without accents and punctuation, for searching."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
    return " ".join(
        "".join(c if c.isalnum() else " " for c in plain.replace("'", "").replace("’", "")).casefold().split()
    )


def address_envelope(name_full_title: str) -> str:
    """Return the envelope line for a full title."""
    raise NotImplementedError


def address_salutation(name_display: str, name_full_title: str, name_address_as: str) -> str:
    """Return the salutation without its comma."""
    raise NotImplementedError
