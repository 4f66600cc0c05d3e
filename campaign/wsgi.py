"""The WSGI entry point for gunicorn and waitress."""

import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "campaign.settings")

application = get_wsgi_application()

from campaign.core.startup import refuse_to_start_on_errors  # noqa: E402 Django has to be set up

refuse_to_start_on_errors()
connections.close_all()  # gunicorn's children must not share what the checks have opened
