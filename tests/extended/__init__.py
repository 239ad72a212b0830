"""Longer tests, for `make test-all`."""
