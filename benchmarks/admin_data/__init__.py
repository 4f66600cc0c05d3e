"""What benchmarks/admin.py looks at: two databases, one with a thousand letters and one with a million."""
