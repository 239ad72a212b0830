"""Words, operators, source spans, diagnostics and traps: what every stage may import."""
