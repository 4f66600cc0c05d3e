"""gunicorn's settings, read by `gunicorn` in this folder; its command line and GUNICORN_CMD_ARGS come before them."""

wsgi_app = "campaign.wsgi"
bind = "127.0.0.1:8000"  # for a proxy on this machine: docs/operators.md, The proxy
worker_class = "campaign.core.deadlines.Worker"
workers = 2
threads = 8  # more than campaign/core/bulkhead.py lets at costly pages
preload_app = True  # what cannot start ends at once, with the reason; and both processes share its memory
control_socket_disable = True
