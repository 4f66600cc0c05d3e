"""`make packaged`: the image's services as compose.yaml describes them, without a container engine.

Each service of ours is a process in the image's files, read-only, as the image's user. Redis, PostgreSQL and Caddy are
Debian's. All have one network of their own, without a way out.
"""
