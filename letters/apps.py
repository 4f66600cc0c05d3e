"""Django's handle on letters."""

from django.apps import AppConfig


class LettersConfig(AppConfig):
    """The app's name and label."""

    name = "letters"

    def ready(self) -> None:
        """Register the checks."""
        from letters import checks  # noqa: F401
