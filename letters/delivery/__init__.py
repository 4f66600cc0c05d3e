"""The queue: who sends which letter when, and what became of it."""
