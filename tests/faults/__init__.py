"""Never lost, never sent twice: real workers, Redis and PostgreSQL, a mail server that misbehaves, and kills.

`python -m tests.faults run` is the long run of `make faults`; `python -m tests.faults scenarios` are single faults,
each at a chosen moment. Both bring their own servers in a temporary folder.
"""
