"""Balcão: a technical-support desk that enforces a support policy."""
