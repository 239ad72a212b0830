"""Random programs: well-typed, terminating, printing what they did (see `tests.generator`)."""
