"""Benchmarks: ratios against peers, within one run."""
