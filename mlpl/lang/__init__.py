"""Text to typed program: grammar, syntax, checker, reference interpreter."""
