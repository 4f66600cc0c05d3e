"""Admin pages for letters."""

from letters.admin import letters, rules

__all__ = ["letters", "rules"]
