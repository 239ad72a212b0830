"""Wires, blocks of neurons, layering."""
