"""Proofs, with z3, that a network's step is the machine's."""
