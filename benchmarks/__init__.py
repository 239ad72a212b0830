"""Benchmarks; each runs with `python -m benchmarks.NAME`."""
