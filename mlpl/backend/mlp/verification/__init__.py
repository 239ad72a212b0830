"""Whether a network is the machine that it claims to be."""
