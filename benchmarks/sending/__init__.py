"""What benchmarks/delivery.py runs: the contenders, and the servers they send through."""
