"""Which letters a person has to read first, and why."""
