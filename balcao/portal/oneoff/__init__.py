"""One-offs (chamados avulsos) for their holders, signed in or by number and code (S23-S43, R26)."""
