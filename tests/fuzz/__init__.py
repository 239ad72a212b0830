"""Fuzzing: generated programs climb the ladder of oracles; failures are made small.

`python -m tests.fuzz --help`, or `make fuzz`.
"""
