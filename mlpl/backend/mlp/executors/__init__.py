"""Executors: all make the same states of a network."""
