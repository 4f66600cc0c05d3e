"""Which letters a person must read before they are sent, and why."""
