#!/usr/bin/env python
"""Django's command line for Parley."""

import os
import sys


def main() -> None:
    """Run the command given on the command line with Parley's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
