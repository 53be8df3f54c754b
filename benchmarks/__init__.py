"""What is measured, one command: python -m benchmarks (make bench). Ratios of one run, since machines are noisy."""
