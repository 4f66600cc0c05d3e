"""How dates and times look, by language: Django looks here (FORMAT_MODULE_PATH)."""
