"""Runtime routines: SUBLEQ of the back end's own for what has no instruction."""
