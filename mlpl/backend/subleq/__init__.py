"""SSA to a SUBLEQ image, and the reference machine."""
