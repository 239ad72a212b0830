"""Passes: each takes a valid module and returns a valid one that does the same."""
