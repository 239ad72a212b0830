"""The standard library, written in MLPL."""
