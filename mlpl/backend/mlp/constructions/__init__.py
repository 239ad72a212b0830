"""Descriptions of the machine as a network."""
