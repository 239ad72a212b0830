"""Typed program to SSA, independent of the target."""
