"""From SSA to SUBLEQ, and from SUBLEQ to a network."""
