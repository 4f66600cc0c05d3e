"""The organisers' pages for letters."""

from letters.admin import letters

__all__ = ["letters"]
