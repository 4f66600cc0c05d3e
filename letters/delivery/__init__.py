"""The queue: which letters are sent when, by which worker, with what result."""
